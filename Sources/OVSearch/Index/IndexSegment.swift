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
    private let signatures: PagedBytes
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
        let ends = (0..<9).map { Int(trailer[...].fixed(UInt32.self, at: $0 * 4)) }
        let counts = (9..<13).map { Int(trailer[...].fixed(UInt32.self, at: $0 * 4)) }
        guard zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 }), ends[8] == end,
            counts[0] * Self.documentLength == ends[0], counts[1] * Self.sectionLength == ends[1] - ends[0],
            counts[2] * Self.headingLength == ends[2] - ends[1], counts[3] <= ends[7] - ends[6],
            counts[3] * TermSignature.byteCount == ends[8] - ends[7]
        else { throw IndexFault("the parts of a segment do not fit") }
        (sectionCount, headingCount) = (counts[1], counts[2])
        sectionTable = try bytes.part(ends[0]..<ends[1])
        headingTable = try bytes.part(ends[1]..<ends[2])
        strings = try bytes.part(ends[2]..<ends[3])
        postings = try bytes.part(ends[3]..<ends[4])
        positions = try bytes.part(ends[4]..<ends[5])
        dictionary = try bytes.part(ends[5]..<ends[6])
        signatures = try bytes.part(ends[7]..<ends[8])
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
        let title = try string(Int(titles[number] & ~IndexLayout.cutWords))
        return title.isEmpty ? nil : title
    }

    /// Whether a document has words that are not there in full.
    func hasCutWords(_ number: Int) -> Bool { titles[number] & IndexLayout.cutWords != 0 }

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
        return try DictionaryReader(dictionary, blockStarts[block]..<blockStarts[block + 1]).entry(of: term)
            .map { entry throws(IndexFault) in try checked(entry) }
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

    /// Calls `body` with the entries of all words that one of these is in, until it answers false.
    func terms(withAny words: [[UInt8]], _ body: (TermEntry) -> Bool) throws(IndexFault) {
        let bits = words.map(TermSignature.bits)
        let blocks = blockStarts.count - 1
        guard blocks > 0 else { return }
        let sets = try signatures.read(0..<blocks * TermSignature.byteCount)
        for block in 0..<blocks {
            let start = block * TermSignature.byteCount
            guard bits.contains(where: { TermSignature.has($0, sets, at: start) }) else { continue }
            var terms = try DictionaryReader(dictionary, blockStarts[block]..<blockStarts[block + 1])
            while let entry = try terms.next() {
                guard terms.term.first != DictionaryWriter.stemMark, terms.hasAny(words) else { continue }
                guard body(try checked(entry)) else { return }
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
        firstTerms.withUnsafeBufferPointer { terms in
            while low < high {
                let middle = (low + high) / 2
                let first = UnsafeBufferPointer(rebasing: terms[firstTermStarts[middle]..<firstTermStarts[middle + 1]])
                if Self.precedes(term, first) { high = middle } else { low = middle + 1 }
            }
        }
        return low > 0 ? low - 1 : nil
    }
}

extension IndexSegment {
    private static func precedes(_ left: [UInt8], _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return left[index] < right[index]
        }
        return left.count < right.count
    }
}

/// Reads one block of a dictionary.
private struct DictionaryReader {
    private var reader: IndexByteReader
    private(set) var term: [UInt8] = []

    init(_ dictionary: PagedBytes, _ block: Range<Int>) throws(IndexFault) { reader = try dictionary.reader(block) }

    /// Looks for one term. What it shares with the term before says of most terms, without a look at their bytes, on
    /// which side of it they are.
    consuming func entry(of wanted: [UInt8]) throws(IndexFault) -> TermEntry? {
        // How much of it the term before has.
        var matched = 0
        while !reader.isAtEnd {
            let shared = try reader.varint()
            let rest = try reader.run(try reader.varint())
            if shared < matched { return nil }
            if shared == matched {
                var count = 0
                while count < rest.count, matched + count < wanted.count,
                    rest[rest.startIndex + count] == wanted[matched + count]
                {
                    count += 1
                }
                matched += count
                if count == rest.count, matched == wanted.count { return try readEntry() }
                // A longer one, or one with a greater byte, is behind it.
                if matched == wanted.count { return nil }
                if count < rest.count, rest[rest.startIndex + count] > wanted[matched] { return nil }
            }
            try skipEntry()
        }
        return nil
    }

    private mutating func skipEntry() throws(IndexFault) {
        for _ in 0..<5 { _ = try reader.varint() }
        _ = try reader.byte()
    }

    func hasAny(_ words: [[UInt8]]) -> Bool {
        term.withUnsafeBufferPointer { term in words.contains { ByteSearch.first($0, in: term, from: 0) != nil } }
    }

    mutating func next() throws(IndexFault) -> TermEntry? {
        guard !reader.isAtEnd else { return nil }
        let shared = try reader.varint()
        guard shared <= term.count else { throw IndexByteReader.malformed }
        term.removeLast(term.count - shared)
        term.append(contentsOf: try reader.run(try reader.varint()))
        return try readEntry()
    }

    private mutating func readEntry() throws(IndexFault) -> TermEntry {
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
