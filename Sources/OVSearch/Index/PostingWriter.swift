// SPDX-License-Identifier: Apache-2.0

/// Where a term stands: its entry in a segment's dictionary.
struct TermEntry: Hashable, Sendable {
    /// In how many sections.
    var sections = 0
    /// Where its list lies among the postings.
    var list = 0..<0
    /// Where its positions lie; empty for stems.
    var positions = 0..<0
    /// The highest impact in the list.
    var maximumImpact: UInt8 = 0
}

/// Writes lists of sections, and where in them a term stands. FORMAT.md §3.
struct PostingWriter {
    static let blockLength = 128

    private(set) var postings: [UInt8] = []
    private(set) var positions: [UInt8] = []
    private let impacts: ImpactScale

    private var blockSections: [Int] = []
    private var blockImpacts: [UInt8] = []
    private var blockMasks: [UInt8] = []

    init(impacts: ImpactScale) { self.impacts = impacts }

    /// - Parameters:
    ///   - sections: of each occurrence, rising.
    ///   - places: the position of each; rising within a section.
    mutating func append(
        sections: ArraySlice<UInt32>, places: ArraySlice<UInt32>, withPositions: Bool
    ) -> TermEntry {
        var entry = TermEntry()
        let (start, positionsStart) = (postings.count, positions.count)
        var (blocks, skips): ([UInt8], [UInt8]) = ([], [])
        var (previousLast, blockPositions, index) = (-1, positions.count, sections.startIndex)
        while index < sections.endIndex {
            let section = sections[index]
            var end = index
            // Nearly all stand in the body, so these are counted apart.
            var (counts, inBody) = (SIMD4<Float>(), 0)
            while end < sections.endIndex, sections[end] == section {
                let field = SearchField.of(position: Int(places[end]))
                if field == .body { inBody += 1 } else { counts[field.rawValue] += 1 }
                end += 1
            }
            counts[SearchField.body.rawValue] = Float(inBody)
            if withPositions { append(places[index..<end]) }
            note(Int(section), counts)
            entry.sections += 1
            if blockSections.count == Self.blockLength || end == sections.endIndex {
                let length = blocks.count
                let highest = blockImpacts.max() ?? 0
                entry.maximumImpact = max(entry.maximumImpact, highest)
                appendBlock(to: &blocks, after: previousLast)
                skips.append(varint: Int(section) - previousLast)
                skips.append(varint: blocks.count - length)
                skips.append(varint: positions.count - blockPositions)
                skips.append(highest)
                (previousLast, blockPositions) = (Int(section), positions.count)
            }
            index = end
        }
        if entry.sections > Self.blockLength {
            postings.append(varint: skips.count)
            postings.append(contentsOf: skips)
        }
        postings.append(contentsOf: blocks)
        entry.list = start..<postings.count
        entry.positions = positionsStart..<positions.count
        return entry
    }

    private mutating func append(_ places: ArraySlice<UInt32>) {
        positions.append(varint: places.count)
        var previous = 0
        for place in places {
            positions.append(varint: Int(place) - previous)
            previous = Int(place)
        }
    }

    private mutating func note(_ section: Int, _ counts: SIMD4<Float>) {
        blockSections.append(section)
        blockImpacts.append(impacts.impact(of: counts, in: section))
        var mask: UInt8 = 0
        for field in SearchField.allCases where counts[field.rawValue] > 0 { mask |= field.bit }
        blockMasks.append(mask)
    }

    private mutating func appendBlock(to bytes: inout [UInt8], after last: Int) {
        var previous = last
        for section in blockSections {
            bytes.append(varint: section - previous)
            previous = section
        }
        bytes.append(contentsOf: blockImpacts)
        if blockMasks.allSatisfy({ $0 == SearchField.body.bit }) {
            bytes.append(0)
        } else {
            bytes.append(1)
            bytes.append(contentsOf: blockMasks)
        }
        blockSections.removeAll(keepingCapacity: true)
        blockImpacts.removeAll(keepingCapacity: true)
        blockMasks.removeAll(keepingCapacity: true)
    }
}
