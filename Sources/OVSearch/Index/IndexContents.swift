// SPDX-License-Identifier: Apache-2.0

/// What an index about many revisions says of them: which they are, and their document lists, in which it looks into
/// nothing. FORMAT.md §6.
package struct IndexContents: Sendable {
    package struct Entry: Hashable, Sendable {
        /// The pack that names the revision, and the revision's number.
        package let pack: String
        package let number: Int
        /// How many documents it has, and their bytes.
        package let documents: Int
        package let textLength: Int
        /// Where in `bytes` its list lies.
        package let list: Range<Int>
    }

    package private(set) var bytes: [UInt8] = []
    package private(set) var entries: [Entry] = []

    package init() {}

    package mutating func append(pack: String, number: Int, documents: Int, textLength: Int, list: [UInt8]) {
        bytes.append(varint: pack.utf8.count)
        bytes.append(contentsOf: pack.utf8)
        for value in [number, documents, textLength, list.count] { bytes.append(varint: value) }
        let start = bytes.count
        bytes.append(contentsOf: list)
        entries.append(
            Entry(
                pack: pack, number: number, documents: documents, textLength: textLength,
                list: start..<start + list.count))
    }

    package init(decoding bytes: [UInt8]) throws(IndexFault) {
        self.bytes = bytes
        var reader = IndexByteReader(bytes)
        while !reader.isAtEnd {
            let pack = String(decoding: try reader.run(try reader.varint()), as: UTF8.self)
            let (number, documents) = (try reader.varint(), try reader.varint())
            let (textLength, length) = (try reader.varint(), try reader.varint())
            let start = reader.position
            try reader.skip(length)
            // A document takes more than a byte.
            guard documents <= length else { throw IndexByteReader.malformed }
            entries.append(
                Entry(
                    pack: pack, number: number, documents: documents, textLength: textLength,
                    list: start..<start + length))
        }
    }

    /// What a document of an entry is known by in the segments.
    package static func blob(entry: Int, document: Int) -> UInt64 { UInt64(entry) << 32 | UInt64(document) }

    /// - Returns: nil where there is no such document.
    package func place(ofBlob blob: UInt64) -> (entry: Int, document: Int)? {
        let (entry, document) = (Int(blob >> 32), Int(blob & 0xFFFF_FFFF))
        guard entry < entries.count, document < entries[entry].documents else { return nil }
        return (entry, document)
    }
}
