// SPDX-License-Identifier: Apache-2.0

/// Goes through the sections in which a term stands, upwards, and skips blocks without reading them.
struct PostingCursor {
    /// Where it stands; `end` behind the last.
    private(set) var section = 0
    private(set) var impact: UInt8 = 0
    let maximumImpact: UInt8

    static let end = Int.max

    private let segment: IndexSegment?
    private let entry: TermEntry

    /// A block of the list: where it and its positions begin, its last section, its highest impact.
    private struct Block {
        let start: Int
        let positions: Int
        let last: Int
        let maximum: UInt8
    }

    /// With one more behind the last, which is where that ends.
    private var blocks: [Block] = []

    private var block = -1
    private var blockCount = 0
    private var peeked = 0
    private var sections: [Int] = []
    private var bytes: [UInt8] = []
    private var impactsStart = 0
    /// Zero when all occurrences are in the body.
    private var masksStart = 0
    private var index = 0

    /// What positions are read with, and of which section of which block the next ones are.
    private var positionsReader = IndexByteReader([])
    private var (positionsBlock, positionsIndex) = (-1, 0)

    /// Sections that count the same, in place of a list.
    private let ranges: [Range<Int>]

    init(_ segment: IndexSegment, _ entry: TermEntry) throws(IndexFault) {
        self.segment = segment
        self.entry = entry
        ranges = []
        maximumImpact = entry.maximumImpact
        try readSkips(segment)
        try load(0)
    }

    /// Sections that all have the same impact, rising.
    init(_ ranges: [Range<Int>], impact: UInt8) {
        segment = nil
        entry = TermEntry()
        self.ranges = ranges
        maximumImpact = impact
        self.impact = impact
        section = ranges.first?.lowerBound ?? Self.end
    }

    private mutating func readSkips(_ segment: IndexSegment) throws(IndexFault) {
        let (list, positions) = (entry.list, entry.positions)
        guard entry.sections > PostingWriter.blockLength else {
            blocks = [
                Block(
                    start: list.lowerBound, positions: positions.lowerBound, last: segment.sectionCount,
                    maximum: entry.maximumImpact),
                Block(start: list.upperBound, positions: positions.upperBound, last: Self.end, maximum: 0),
            ]
            blockCount = 1
            return
        }
        let length = try segment.postings.reader(list.lowerBound..<min(list.lowerBound + 8, list.upperBound))
        var header = length
        let skips = try header.varint()
        let first = list.lowerBound + (header.position - length.position)
        guard skips <= list.upperBound - first else { throw IndexByteReader.malformed }
        var reader = try segment.postings.reader(first..<first + skips)
        var (last, start, position) = (-1, first + skips, positions.lowerBound)
        blockCount = (entry.sections + PostingWriter.blockLength - 1) / PostingWriter.blockLength
        guard blockCount <= skips else { throw IndexByteReader.malformed }
        blocks.reserveCapacity(blockCount + 1)
        for _ in 0..<blockCount {
            last += try reader.varint()
            let (length, positionLength) = (try reader.varint(), try reader.varint())
            blocks.append(Block(start: start, positions: position, last: last, maximum: try reader.byte()))
            start += length
            position += positionLength
        }
        blocks.append(Block(start: start, positions: position, last: Self.end, maximum: 0))
        guard start <= list.upperBound, last < segment.sectionCount,
            positions.isEmpty || position <= positions.upperBound
        else { throw IndexByteReader.malformed }
    }

    private mutating func load(_ number: Int) throws(IndexFault) {
        guard let segment, number < blockCount else {
            section = Self.end
            return
        }
        block = number
        index = 0
        let count = min(PostingWriter.blockLength, entry.sections - number * PostingWriter.blockLength)
        let part = blocks[number].start..<max(blocks[number].start, blocks[number + 1].start)
        let (bytes, start) = try segment.postings.view(part)
        let end = start + part.count
        if sections.count != count { sections = Array(repeating: 0, count: count) }
        let before = number == 0 ? -1 : blocks[number - 1].last
        guard
            let decoded = Self.decode(bytes, start..<end, after: before, below: segment.sectionCount, into: &sections),
            end - decoded > count
        else { throw IndexByteReader.malformed }
        impactsStart = decoded
        masksStart = bytes[decoded + count] == 0 ? 0 : decoded + count + 1
        guard masksStart == 0 || end - masksStart >= count else { throw IndexByteReader.malformed }
        self.bytes = bytes
        take()
    }

    /// Reads as many sections as there is room for, each behind the one before.
    /// - Returns: where the bytes behind them begin; nil where they are malformed.
    private static func decode(
        _ bytes: [UInt8], _ part: Range<Int>, after last: Int, below limit: Int, into sections: inout [Int]
    ) -> Int? {
        guard part.upperBound <= bytes.count else { return nil }
        return bytes.withUnsafeBufferPointer { source in
            sections.withUnsafeMutableBufferPointer { target -> Int? in
                var (position, previous) = (part.lowerBound, last)
                for index in target.indices {
                    guard position < part.upperBound else { return nil }
                    var difference = Int(source[position])
                    position += 1
                    if difference >= 0x80 {
                        difference &= 0x7F
                        var shift = 7
                        while true {
                            guard position < part.upperBound, shift <= 35 else { return nil }
                            let byte = source[position]
                            position += 1
                            difference |= Int(byte & 0x7F) << shift
                            if byte < 0x80 { break }
                            shift += 7
                        }
                    }
                    guard difference > 0 else { return nil }
                    previous += difference
                    target[index] = previous
                }
                return previous < limit ? position : nil
            }
        }
    }

    private mutating func take() {
        section = sections[index]
        impact = bytes[impactsStart + index]
    }

    /// The fields in which the term stands in this section.
    var mask: UInt8 {
        masksStart > 0 ? bytes[masksStart + index] : SearchField.body.bit
    }

    /// Goes to the first section that is not before `target`.
    mutating func advance(to target: Int) throws(IndexFault) {
        guard section < target else { return }
        guard segment != nil else { return advanceInRanges(to: target) }
        if target > blocks[block].last {
            // Galloping, then halving: the next is mostly near.
            var (low, step) = (block + 1, 1)
            while low + step < blockCount, blocks[low + step].last < target {
                low += step
                step *= 2
            }
            var high = min(low + step, blockCount)
            while low < high {
                let middle = (low + high) / 2
                if blocks[middle].last < target { low = middle + 1 } else { high = middle }
            }
            guard low < blockCount else {
                section = Self.end
                return
            }
            try load(low)
        }
        while section < target {
            index += 1
            guard index < sections.count else { return try load(block + 1) }
            section = sections[index]
        }
        impact = bytes[impactsStart + index]
    }

    private mutating func advanceInRanges(to target: Int) {
        while index < ranges.count, ranges[index].upperBound <= target { index += 1 }
        section = index < ranges.count ? max(target, ranges[index].lowerBound) : Self.end
    }

    /// The highest impact in the block that `target` would be in, and where that block ends.
    mutating func blockMaximum(at target: Int) -> (impact: UInt8, last: Int) {
        guard segment != nil else { return (maximumImpact, max(target, section == Self.end ? target : section)) }
        // Targets only rise.
        peeked = max(peeked, block)
        while peeked < blockCount, blocks[peeked].last < target { peeked += 1 }
        return peeked < blockCount ? (blocks[peeked].maximum, blocks[peeked].last) : (0, Self.end)
    }

    /// Where in the section the term stands, rising; empty for stems.
    ///
    /// Sections are asked about in their order, so reading goes on from where it was.
    mutating func positions() throws(IndexFault) -> [Int] {
        guard let segment, !entry.positions.isEmpty else { return [] }
        if positionsBlock != block || positionsIndex > index {
            let start = blocks[block].positions
            let end = min(blocks[block + 1].positions, entry.positions.upperBound)
            positionsReader = try segment.positions.reader(start..<max(start, end))
            (positionsBlock, positionsIndex) = (block, 0)
        }
        while positionsIndex < index {
            for _ in 0..<(try positionsReader.varint()) { _ = try positionsReader.varint() }
            positionsIndex += 1
        }
        var (positions, previous): ([Int], Int) = ([], 0)
        for _ in 0..<(try positionsReader.varint()) {
            previous += try positionsReader.varint()
            positions.append(previous)
        }
        positionsIndex += 1
        return positions
    }
}
