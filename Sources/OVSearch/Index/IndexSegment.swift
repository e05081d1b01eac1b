// SPDX-License-Identifier: Apache-2.0

/// A segment of an index file, open for searching: its documents, its sections, its terms.
package final class IndexSegment: Sendable {
    private let bytes: PagedBytes
    private let sectionTable: PagedBytes
    private let headingTable: PagedBytes
    private let strings: PagedBytes
    let postings: PagedBytes
    let positions: PagedBytes
    private let dictionary: PagedBytes
    /// Where each block of the dictionary begins, and its first term.
    private let blockStarts: [Int]
    private let firstTerms: [UInt8]
    private let firstTermStarts: [Int]

    /// Where the bytes of each document lie in its pack.
    package let blobs: [UInt64]
    /// The first section of each document.
    private let firstSections: [UInt32]
    private let titles: [UInt32]
    package let sectionCount: Int
    private let headingCount: Int

    private static let (documentLength, sectionLength, headingLength) = (16, 24, 8)

    init(_ bytes: PagedBytes) throws(IndexFault) {
        self.bytes = bytes
        let end = bytes.count - IndexLayout.segmentTrailerLength
        guard end >= 0 else { throw IndexFault("a segment of it does not fit") }
        let trailer = try bytes.read(end..<bytes.count)
        let ends = (0..<8).map { Int(trailer[...].fixed(UInt32.self, at: $0 * 4)) }
        let counts = (8..<12).map { Int(trailer[...].fixed(UInt32.self, at: $0 * 4)) }
        guard zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 }), ends[7] == end,
            counts[0] * Self.documentLength == ends[0], counts[1] * Self.sectionLength == ends[1] - ends[0],
            counts[2] * Self.headingLength == ends[2] - ends[1], counts[3] <= ends[7] - ends[6]
        else { throw IndexFault("the parts of a segment do not fit") }
        (sectionCount, headingCount) = (counts[1], counts[2])
        sectionTable = try bytes.part(ends[0]..<ends[1])
        headingTable = try bytes.part(ends[1]..<ends[2])
        strings = try bytes.part(ends[2]..<ends[3])
        postings = try bytes.part(ends[3]..<ends[4])
        positions = try bytes.part(ends[4]..<ends[5])
        dictionary = try bytes.part(ends[5]..<ends[6])
        (blobs, firstSections, titles) = try Self.documents(try bytes.read(0..<ends[0]), sections: counts[1])
        (blockStarts, firstTerms, firstTermStarts) = try Self.directory(
            try bytes.reader(ends[6]..<ends[7]), count: counts[3], length: dictionary.count)
    }

    private static func documents(_ bytes: [UInt8], sections: Int) throws(IndexFault)
        -> ([UInt64], [UInt32], [UInt32])
    {
        let count = bytes.count / documentLength
        var (blobs, firsts, titles): ([UInt64], [UInt32], [UInt32]) = ([], [], [])
        blobs.reserveCapacity(count)
        firsts.reserveCapacity(count)
        titles.reserveCapacity(count)
        for number in 0..<count {
            let first = bytes[...].fixed(UInt32.self, at: number * documentLength + 8)
            guard first <= sections, first >= firsts.last ?? 0 else { throw IndexByteReader.malformed }
            blobs.append(bytes[...].fixed(UInt64.self, at: number * documentLength))
            firsts.append(first)
            titles.append(bytes[...].fixed(UInt32.self, at: number * documentLength + 12))
        }
        return (blobs, firsts, titles)
    }

    private static func directory(_ reader: IndexByteReader, count: Int, length: Int) throws(IndexFault)
        -> ([Int], [UInt8], [Int])
    {
        var (reader, starts, terms, termStarts): (IndexByteReader, [Int], [UInt8], [Int]) = (reader, [], [], [0])
        for _ in 0..<count {
            let start = try reader.varint()
            guard start < length, start > starts.last ?? -1 else { throw IndexByteReader.malformed }
            starts.append(start)
            terms.append(contentsOf: try reader.run(try reader.varint()))
            termStarts.append(terms.count)
        }
        return (starts + [length], terms, termStarts)
    }

    // MARK: Documents and sections

    package func sections(ofDocument number: Int) -> Range<Int> {
        let end = number + 1 < firstSections.count ? Int(firstSections[number + 1]) : sectionCount
        return Int(firstSections[number])..<end
    }

    /// Where a section lies, and what is above it.
    package struct Section: Hashable, Sendable {
        package let document: Int
        package let lines: ClosedRange<Int>
        package let bytes: Range<Int>
        package let headings: [String]
    }

    package func section(_ number: Int) throws(IndexFault) -> Section {
        guard number >= 0, number < sectionCount else { throw IndexByteReader.malformed }
        let start = number * Self.sectionLength
        let record = try sectionTable.read(start..<start + Self.sectionLength)
        let fields = (0..<6).map { Int(record[...].fixed(UInt32.self, at: $0 * 4)) }
        guard fields[0] < blobs.count, fields[1] <= fields[2], fields[3] <= fields[4] else {
            throw IndexByteReader.malformed
        }
        var (headings, next): ([String], Int) = ([], fields[5])
        // Six levels there are; an index that says otherwise is damaged.
        while next > 0, headings.count < 6 {
            guard next <= headingCount else { throw IndexByteReader.malformed }
            let offset = (next - 1) * Self.headingLength
            let heading = try headingTable.read(offset..<offset + Self.headingLength)
            headings.append(try string(Int(heading[...].fixed(UInt32.self, at: 4))))
            next = Int(heading[...].fixed(UInt32.self, at: 0))
        }
        return Section(
            document: fields[0], lines: fields[1]...fields[2], bytes: fields[3]..<fields[4],
            headings: headings.reversed())
    }

    package func title(ofDocument number: Int) throws(IndexFault) -> String? {
        let title = try string(Int(titles[number]))
        return title.isEmpty ? nil : title
    }

    /// - Parameter place: one more than where it lies; zero for none.
    private func string(_ place: Int) throws(IndexFault) -> String {
        guard place > 0 else { return "" }
        var reader = try strings.reader(min(place - 1, strings.count)..<min(place + 1030, strings.count))
        return String(decoding: try reader.run(try reader.varint()), as: UTF8.self)
    }

    // MARK: Terms

    /// The entry of a term; nil when no document has it.
    func entry(of term: [UInt8]) throws(IndexFault) -> TermEntry? {
        guard let block = block(for: term) else { return nil }
        var terms = try DictionaryReader(dictionary, blockStarts[block]..<blockStarts[block + 1])
        while let entry = try terms.next() {
            if terms.term == term { return try checked(entry) }
            if term.lexicographicallyPrecedes(terms.term) { return nil }
        }
        return nil
    }

    /// Calls `body` with all terms that begin so, in their order, until it answers false.
    func terms(from prefix: [UInt8], _ body: ([UInt8], TermEntry) throws(IndexFault) -> Bool) throws(IndexFault) {
        for block in (block(for: prefix) ?? 0)..<max(0, blockStarts.count - 1) {
            var terms = try DictionaryReader(dictionary, blockStarts[block]..<blockStarts[block + 1])
            while let entry = try terms.next() {
                if terms.term.starts(with: prefix) {
                    guard try body(terms.term, try checked(entry)) else { return }
                } else if prefix.lexicographicallyPrecedes(terms.term) {
                    return
                }
            }
        }
    }

    private func checked(_ entry: TermEntry) throws(IndexFault) -> TermEntry {
        guard entry.sections > 0, entry.sections <= sectionCount, entry.list.upperBound <= postings.count,
            entry.positions.upperBound <= positions.count
        else { throw IndexByteReader.malformed }
        return entry
    }

    /// The block in which a term would be.
    private func block(for term: [UInt8]) -> Int? {
        var (low, high) = (0, blockStarts.count - 1)
        while low < high {
            let middle = (low + high) / 2
            let first = firstTerms[firstTermStarts[middle]..<firstTermStarts[middle + 1]]
            if term.lexicographicallyPrecedes(first) { high = middle } else { low = middle + 1 }
        }
        return low > 0 ? low - 1 : nil
    }
}

/// Reads one block of a dictionary.
private struct DictionaryReader {
    private var reader: IndexByteReader
    private(set) var term: [UInt8] = []

    init(_ dictionary: PagedBytes, _ block: Range<Int>) throws(IndexFault) { reader = try dictionary.reader(block) }

    mutating func next() throws(IndexFault) -> TermEntry? {
        guard !reader.isAtEnd else { return nil }
        let shared = try reader.varint()
        guard shared <= term.count else { throw IndexByteReader.malformed }
        term.removeLast(term.count - shared)
        term.append(contentsOf: try reader.run(try reader.varint()))
        var entry = TermEntry()
        entry.sections = try reader.varint()
        let list = try reader.varint()
        entry.list = list..<list + (try reader.varint())
        let positions = try reader.varint()
        entry.positions = positions..<positions + (try reader.varint())
        entry.maximumImpact = try reader.byte()
        return entry
    }
}
