// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore

/// A revision's documents as they stand in its packs: where each of them is, in the order of their paths. A document is
/// decoded when it is asked for, so that who wants a few of very many need not wait for all.
package struct PackedDocumentList: Sendable {
    /// A list as it is written, with the commit that published it.
    struct Source: Sendable {
        let bytes: [UInt8]
        let pack: String
        let sequence: UInt64
        fileprivate(set) var version: UInt8 = 0
        /// The numbers, in `packs`, of those that it refers to.
        fileprivate(set) var packs: [Int] = []
    }

    package struct Entry: Sendable {
        fileprivate let source: Int
        /// Of what stands behind the path.
        fileprivate let start: Int
        fileprivate let path: Range<Int>
        /// The number, in `packs`, of the one that its bytes lie in, and where there.
        package let pack: Int
        package let offset: UInt64
    }

    private var sources: [Source] = []
    package private(set) var packs: [String] = []
    package private(set) var entries: [Entry] = []

    /// - Parameter sources: the lists of a revision, a whole one first, then the differences to it.
    init(_ sources: [Source]) throws(MalformedBytes) {
        for source in sources { try add(source) }
    }

    package var count: Int { entries.count }

    /// The path of a document, in UTF-8.
    package func path(_ number: Int) -> ArraySlice<UInt8> {
        sources[entries[number].source].bytes[entries[number].path]
    }

    /// - Throws: `UNAVAILABLE` where a list is damaged.
    package func document(_ number: Int) throws(OVError) -> StoredDocument {
        let entry = entries[number]
        let source = sources[entry.source]
        var reader = BinaryReader(source.bytes, from: entry.start)
        guard let path = String(validating: source.bytes[entry.path], as: UTF8.self),
            let document = try? EncodedDocumentList.document(
                path, &reader, source.packs.map { packs[$0] }, version: source.version)
        else { throw .damaged("packs/\(source.pack).pack", "its document list does not check out") }
        let published = DocumentList(documents: [document], tombstones: []).published(as: source.sequence)
        return published.documents[0]
    }

    /// - Throws: as `document` does.
    package func mediaType(_ number: Int) throws(OVError) -> String {
        let source = sources[entries[number].source]
        var reader = BinaryReader(source.bytes, from: entries[number].start)
        guard let text = try? reader.text() else {
            throw .damaged("packs/\(source.pack).pack", "its document list does not check out")
        }
        return text
    }

    // MARK: Reading

    private mutating func add(_ added: Source) throws(MalformedBytes) {
        var source = added
        let number = sources.count
        var reader = BinaryReader(source.bytes)
        guard try reader.byte() == EncodedDocumentList.magic else { throw MalformedBytes() }
        source.version = try reader.byte()
        guard (1...EncodedDocumentList.version).contains(source.version) else { throw MalformedBytes() }
        let isDifference = try reader.byte() == 1
        if isDifference {
            _ = try reader.packName()
            _ = try reader.number()
        }
        guard isDifference == !sources.isEmpty else { throw MalformedBytes() }
        source.packs = [numberOf(pack: source.pack)]
        for _ in 0..<(try reader.count()) { source.packs.append(numberOf(pack: try reader.packName())) }
        let count = try reader.count()
        let start = reader.position
        sources.append(source)
        let scan = source.bytes.withUnsafeBufferPointer { bytes in
            EntryScan(bytes, from: start, count: count, of: source, number: number)
        }
        guard let scan else { throw MalformedBytes() }
        let puts =
            isSorted(scan.puts, in: source) ? scan.puts : scan.puts.sorted { precedes(bytes(of: $0), bytes(of: $1)) }
        apply(puts, drops: scan.drops.map { source.bytes[$0] })
    }

    private mutating func numberOf(pack: String) -> Int {
        if let known = packs.firstIndex(of: pack) { return known }
        packs.append(pack)
        return packs.count - 1
    }

    // MARK: Differences

    /// - Parameter puts: in the order of their paths.
    private mutating func apply(_ puts: [Entry], drops: [ArraySlice<UInt8>]) {
        guard !entries.isEmpty || !drops.isEmpty else {
            entries = puts
            return
        }
        // Where each change belongs among what there is, and whether something is there.
        var changes: [(place: Int, replaces: Bool, entry: Entry?)] = []
        for put in puts { changes.append(change(at: bytes(of: put), put)) }
        for drop in drops {
            let change = change(at: drop, nil)
            if change.replaces { changes.append(change) }
        }
        // Sorting is stable, so that new ones at the same place stay in the order of their paths.
        changes.sort { ($0.place, $0.replaces ? 1 : 0) < ($1.place, $1.replaces ? 1 : 0) }
        var (merged, next): ([Entry], Int) = ([], 0)
        merged.reserveCapacity(entries.count + puts.count)
        for change in changes {
            merged.append(contentsOf: entries[next..<change.place])
            if let entry = change.entry { merged.append(entry) }
            next = change.place + (change.replaces ? 1 : 0)
        }
        merged.append(contentsOf: entries[next...])
        entries = merged
    }

    private func change(at path: ArraySlice<UInt8>, _ entry: Entry?) -> (place: Int, replaces: Bool, entry: Entry?) {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if precedes(bytes(of: entries[middle]), path) { low = middle + 1 } else { high = middle }
        }
        return (low, low < entries.count && bytes(of: entries[low]).elementsEqual(path), entry)
    }

    private func bytes(of entry: Entry) -> ArraySlice<UInt8> { sources[entry.source].bytes[entry.path] }

    private func precedes(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        left.lexicographicallyPrecedes(right)
    }

    /// Whether entries of one source are in the order of their paths, as a writer leaves them.
    private func isSorted(_ entries: [Entry], in source: Source) -> Bool {
        source.bytes.withUnsafeBytes { bytes in
            for (left, right) in zip(entries, entries.dropFirst()) {
                let (first, second) = (
                    UnsafeRawBufferPointer(rebasing: bytes[left.path]),
                    UnsafeRawBufferPointer(rebasing: bytes[right.path])
                )
                guard let one = first.baseAddress, let other = second.baseAddress else { return false }
                let order = memcmp(one, other, min(first.count, second.count))
                guard order < 0 || order == 0 && first.count < second.count else { return false }
            }
            return true
        }
    }
}

/// Goes over the entries of a list without decoding more than where they are. FORMAT.md §4.
private struct EntryScan {
    private(set) var puts: [PackedDocumentList.Entry] = []
    private(set) var drops: [Range<Int>] = []

    /// Nil for bytes that are no entries.
    init?(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, count: Int, of source: PackedDocumentList.Source,
        number: Int
    ) {
        var cursor = Cursor(bytes: bytes, position: start)
        puts.reserveCapacity(count)
        for _ in 0..<count {
            guard let kind = cursor.number(), let path = cursor.run() else { return nil }
            guard kind == 1 else {
                guard kind == 2 else { return nil }
                drops.append(path)
                continue
            }
            let start = cursor.position
            guard cursor.run() != nil, cursor.skip(Digest.byteCount), cursor.number() != nil,
                let pack = cursor.number(), pack < source.packs.count, let offset = cursor.number(),
                cursor.number() != nil,
                cursor.skip(1)
            else { return nil }
            for _ in 0..<(source.version == 1 ? 2 : 3) where cursor.number() == nil { return nil }
            puts.append(
                PackedDocumentList.Entry(
                    source: number, start: start, path: path, pack: source.packs[Int(pack)], offset: offset))
        }
    }

    private struct Cursor {
        let bytes: UnsafeBufferPointer<UInt8>
        var position: Int

        @inline(__always)
        mutating func number() -> UInt64? {
            var (value, shift): (UInt64, UInt64) = (0, 0)
            while position < bytes.count, shift < 64 {
                let byte = bytes[position]
                position += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }

        @inline(__always)
        mutating func skip(_ count: Int) -> Bool {
            guard count <= bytes.count - position else { return false }
            position += count
            return true
        }

        /// A run of bytes behind its length.
        @inline(__always)
        mutating func run() -> Range<Int>? {
            guard let length = number(), length <= UInt64(bytes.count - position) else { return nil }
            defer { position += Int(length) }
            return position..<position + Int(length)
        }
    }
}
