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

    init(impacts: ImpactScale) { self.impacts = impacts }

    /// - Parameter occurrences: of one term, in their order.
    mutating func append(_ occurrences: ArraySlice<Occurrence>, withPositions: Bool) -> TermEntry {
        var entry = TermEntry()
        let (start, positionsStart) = (postings.count, positions.count)
        if occurrences.count <= Self.blockLength {
            // One block, to which no skips lead.
            let block = Self.appendBlock(of: occurrences, after: -1, impacts, to: &postings)
            (entry.sections, entry.maximumImpact) = (block.sections, block.highestImpact)
            if withPositions { appendPositions(of: occurrences) }
        } else {
            appendBlocks(of: occurrences, withPositions, &entry)
        }
        entry.list = start..<postings.count
        entry.positions = positionsStart..<positions.count
        return entry
    }

    private mutating func appendBlocks(
        of occurrences: ArraySlice<Occurrence>, _ withPositions: Bool, _ entry: inout TermEntry
    ) {
        var (blocks, skips): ([UInt8], [UInt8]) = ([], [])
        var (rest, last) = (occurrences, -1)
        while !rest.isEmpty {
            let (blocksStart, positionsStart) = (blocks.count, positions.count)
            let block = Self.appendBlock(of: rest, after: last, impacts, to: &blocks)
            if withPositions { appendPositions(of: rest.prefix(block.occurrences)) }
            entry.sections += block.sections
            entry.maximumImpact = max(entry.maximumImpact, block.highestImpact)
            skips.append(varint: block.lastSection - last)
            skips.append(varint: blocks.count - blocksStart)
            skips.append(varint: positions.count - positionsStart)
            skips.append(block.highestImpact)
            last = block.lastSection
            rest = rest.dropFirst(block.occurrences)
        }
        if entry.sections > Self.blockLength {
            postings.append(varint: skips.count)
            postings.append(contentsOf: skips)
        }
        postings.append(contentsOf: blocks)
    }

    private struct Block {
        var sections = 0
        var occurrences = 0
        var lastSection: Int
        var highestImpact: UInt8 = 0
    }

    /// A block of as many sections as there are, and fit. Not of the writer itself, whose bytes would be copied if it
    /// were held meanwhile.
    private static func appendBlock(
        of occurrences: ArraySlice<Occurrence>, after last: Int, _ impacts: ImpactScale, to bytes: inout [UInt8]
    ) -> Block {
        var block = Block(lastSection: last)
        let room = min(blockLength, occurrences.count)
        bytes.append(addingCapacity: room * (IndexLayout.varintLength + 2) + 1) { output in
            var blockImpacts = InlineArray<128, UInt8>(repeating: 0)
            var blockMasks = blockImpacts
            var index = occurrences.startIndex
            while index < occurrences.endIndex, block.sections < blockLength {
                let section = occurrences[index].section
                // Nearly all stand in the body, so these are counted apart.
                var (counts, inBody) = (SIMD4<Float>(), 0)
                while index < occurrences.endIndex, occurrences[index].section == section {
                    let field = SearchField.of(position: occurrences[index].position)
                    if field == .body { inBody += 1 } else { counts[field.rawValue] += 1 }
                    index += 1
                }
                counts[SearchField.body.rawValue] = Float(inBody)
                let impact = impacts.impact(of: counts, in: section)
                var mask: UInt8 = 0
                for field in SearchField.allCases where counts[field.rawValue] > 0 { mask |= field.bit }
                output.append(varint: section - block.lastSection)
                blockImpacts[block.sections] = impact
                blockMasks[block.sections] = mask
                block.highestImpact = max(block.highestImpact, impact)
                block.lastSection = section
                block.sections += 1
            }
            block.occurrences = index - occurrences.startIndex
            for number in 0..<block.sections { output.append(blockImpacts[number]) }
            let isInBody = (0..<block.sections).allSatisfy { blockMasks[$0] == SearchField.body.bit }
            output.append(isInBody ? 0 : 1)
            if !isInBody { for number in 0..<block.sections { output.append(blockMasks[number]) } }
        }
        return block
    }

    /// For each section, how many and where, each from the one before.
    private mutating func appendPositions(of occurrences: ArraySlice<Occurrence>) {
        positions.append(addingCapacity: 2 * occurrences.count * IndexLayout.varintLength) { output in
            var index = occurrences.startIndex
            while index < occurrences.endIndex {
                let section = occurrences[index].section
                var end = index + 1
                while end < occurrences.endIndex, occurrences[end].section == section { end += 1 }
                output.append(varint: end - index)
                var previous = 0
                for occurrence in occurrences[index..<end] {
                    output.append(varint: occurrence.position - previous)
                    previous = occurrence.position
                }
                index = end
            }
        }
    }
}
