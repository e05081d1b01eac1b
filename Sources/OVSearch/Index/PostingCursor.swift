// SPDX-License-Identifier: Apache-2.0

/// Goes through the sections in which a term stands, upwards, and skips blocks without reading them.
final class PostingCursor {
    /// Where it stands; `end` behind the last.
    private(set) var section = 0
    private(set) var impact: UInt8 = 0
    let maximumImpact: UInt8

    static let end = Int.max

    private let segment: IndexSegment?
    private let entry: TermEntry

    /// Of each block: its last section, where its bytes and its positions begin, its highest impact.
    private var lasts: [Int] = []
    private var starts: [Int] = []
    private var positionStarts: [Int] = []
    private var maxima: [UInt8] = []

    private var block = -1
    private var blockCount = 0
    private var peeked = 0
    private var sections: [Int] = []
    private var bytes: [UInt8] = []
    private var impactsStart = 0
    /// Zero when all occurrences are in the body.
    private var masksStart = 0
    private var index = 0

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

    private func readSkips(_ segment: IndexSegment) throws(IndexFault) {
        guard entry.sections > PostingWriter.blockLength else {
            lasts = [segment.sectionCount]
            starts = [entry.list.lowerBound, entry.list.upperBound]
            positionStarts = [entry.positions.lowerBound, entry.positions.upperBound]
            maxima = [entry.maximumImpact]
            blockCount = 1
            return
        }
        let length = try segment.postings.reader(
            entry.list.lowerBound..<min(entry.list.lowerBound + 8, entry.list.upperBound))
        var header = length
        let skips = try header.varint()
        let first = entry.list.lowerBound + (header.position - length.position)
        guard skips <= entry.list.upperBound - first else { throw IndexByteReader.malformed }
        var reader = try segment.postings.reader(first..<first + skips)
        var (last, start, position) = (-1, first + skips, entry.positions.lowerBound)
        blockCount = (entry.sections + PostingWriter.blockLength - 1) / PostingWriter.blockLength
        guard blockCount <= skips else { throw IndexByteReader.malformed }
        starts = [start]
        positionStarts = [position]
        for _ in 0..<blockCount {
            last += try reader.varint()
            start += try reader.varint()
            position += try reader.varint()
            lasts.append(last)
            starts.append(start)
            positionStarts.append(position)
            maxima.append(try reader.byte())
        }
        guard start <= entry.list.upperBound, last < segment.sectionCount,
            entry.positions.isEmpty || position <= entry.positions.upperBound
        else { throw IndexByteReader.malformed }
    }

    private func load(_ number: Int) throws(IndexFault) {
        guard let segment, number < blockCount else {
            section = Self.end
            return
        }
        block = number
        index = 0
        let count = min(PostingWriter.blockLength, entry.sections - number * PostingWriter.blockLength)
        let part = starts[number]..<max(starts[number], starts[number + 1])
        let (bytes, start) = try segment.postings.view(part)
        var reader = IndexByteReader(bytes, from: start, to: start + part.count)
        var previous = number == 0 ? -1 : lasts[number - 1]
        sections.removeAll(keepingCapacity: true)
        for _ in 0..<count {
            let difference = try reader.varint()
            guard difference > 0 else { throw IndexByteReader.malformed }
            previous += difference
            sections.append(previous)
        }
        guard previous < segment.sectionCount else { throw IndexByteReader.malformed }
        impactsStart = reader.position
        try reader.skip(count)
        masksStart = try reader.byte() == 0 ? 0 : reader.position
        if masksStart > 0 { try reader.skip(count) }
        self.bytes = bytes
        take()
    }

    private func take() {
        section = sections[index]
        impact = bytes[impactsStart + index]
    }

    /// The fields in which the term stands in this section.
    var mask: UInt8 {
        masksStart > 0 ? bytes[masksStart + index] : SearchField.body.bit
    }

    /// Goes to the first section that is not before `target`.
    func advance(to target: Int) throws(IndexFault) {
        guard section < target else { return }
        guard segment != nil else { return advanceInRanges(to: target) }
        if target > lasts[block] {
            // Galloping, then halving: the next is mostly near.
            var (low, step) = (block + 1, 1)
            while low + step < blockCount, lasts[low + step] < target {
                low += step
                step *= 2
            }
            var high = min(low + step, blockCount)
            while low < high {
                let middle = (low + high) / 2
                if lasts[middle] < target { low = middle + 1 } else { high = middle }
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

    private func advanceInRanges(to target: Int) {
        while index < ranges.count, ranges[index].upperBound <= target { index += 1 }
        section = index < ranges.count ? max(target, ranges[index].lowerBound) : Self.end
    }

    /// The highest impact in the block that `target` would be in, and where that block ends.
    func blockMaximum(at target: Int) -> (impact: UInt8, last: Int) {
        guard segment != nil else { return (maximumImpact, max(target, section == Self.end ? target : section)) }
        // Targets only rise.
        peeked = max(peeked, block)
        while peeked < blockCount, lasts[peeked] < target { peeked += 1 }
        return peeked < blockCount ? (maxima[peeked], lasts[peeked]) : (0, Self.end)
    }

    /// Where in the section the term stands; empty for stems.
    func positions() throws(IndexFault) -> [Int] {
        guard let segment, !entry.positions.isEmpty else { return [] }
        let end = min(positionStarts[block + 1], entry.positions.upperBound)
        var reader = try segment.positions.reader(positionStarts[block]..<max(positionStarts[block], end))
        for _ in 0..<index {
            for _ in 0..<(try reader.varint()) { _ = try reader.varint() }
        }
        var (positions, previous): ([Int], Int) = ([], 0)
        for _ in 0..<(try reader.varint()) {
            previous += try reader.varint()
            positions.append(previous)
        }
        return positions
    }
}
