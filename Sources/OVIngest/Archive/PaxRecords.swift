// SPDX-License-Identifier: Apache-2.0

/// The records of pax extended headers (POSIX.1-2001): `LENGTH KEYWORD=VALUE`, each with a newline behind it.
struct PaxRecords {
    private var ownPath: [UInt8]?
    private var sparsePath: [UInt8]?
    /// The name of a sparse file counts more than its `path`, which is made for readers that know no sparse files.
    var path: [UInt8]? { sparsePath ?? ownPath }
    var size: Int64?
    /// In whole seconds since 1970.
    var modified: Int64?
    /// Whether the entry is a sparse file, written as one of three kinds that GNU tar has had.
    var isSparse = false
    /// The keywords with the prefix that was asked for; an empty value takes away what held before.
    var kept: [String: String] = [:]

    private static let maximumKept = 64
    private static let maximumValueBytes = 4096

    /// Reads the records of one header; they count more than those of earlier ones.
    /// - Throws: `damaged`, `limitExceeded`.
    mutating func add(_ body: [UInt8], keeping prefix: [UInt8], at offset: Int64) throws(ArchiveError) {
        var start = 0
        while start < body.count {
            guard let record = Self.record(of: body, from: start) else {
                let place = offset + Int64(start)
                throw ArchiveError(.damaged, at: place, "it has an extended header that cannot be read")
            }
            try take(record, keeping: prefix, at: offset + Int64(start))
            start = record.end
        }
    }

    private struct Record {
        let keyword: ArraySlice<UInt8>
        let value: ArraySlice<UInt8>
        let end: Int
    }

    /// - Returns: nil when there is none.
    private static func record(of body: [UInt8], from start: Int) -> Record? {
        var (index, length) = (start, 0)
        while index < body.count, (48...57).contains(body[index]), index - start < 9 {
            length = length * 10 + Int(body[index] - 48)
            index += 1
        }
        guard index > start, index < body.count, body[index] == 32 else { return nil }
        let (first, end) = (index + 1, start + length)
        // At least a letter, the equals sign and the newline.
        guard end <= body.count, end - first >= 3, body[end - 1] == 10 else { return nil }
        let text = body[first..<end - 1]
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")), equals > first else { return nil }
        return Record(keyword: text[..<equals], value: text[(equals + 1)...], end: end)
    }

    private mutating func take(_ record: Record, keeping prefix: [UInt8], at offset: Int64) throws(ArchiveError) {
        let value = record.value
        switch String(decoding: record.keyword.prefix(64), as: UTF8.self) {
        case "path": ownPath = value.isEmpty ? nil : Array(value)
        case "GNU.sparse.name":
            isSparse = true
            sparsePath = Array(value)
        case "size":
            guard let number = Self.seconds(value), number >= 0, !value.contains(UInt8(ascii: ".")) else {
                throw ArchiveError(.damaged, at: offset, "it has a file with an impossible size")
            }
            size = number
        case "mtime": modified = Self.seconds(value)
        case let keyword where keyword.hasPrefix("GNU.sparse."): isSparse = true
        default:
            guard !prefix.isEmpty, record.keyword.starts(with: prefix) else { return }
            try keep(record, at: offset)
        }
    }

    private mutating func keep(_ record: Record, at offset: Int64) throws(ArchiveError) {
        let keyword = ForeignText.line(record.keyword, atMost: 64)
        kept[keyword] = String(decoding: record.value.prefix(Self.maximumValueBytes + 1), as: UTF8.self)
        guard record.value.count <= Self.maximumValueBytes, kept.count <= Self.maximumKept else {
            throw ArchiveError(
                .limitExceeded, at: offset,
                "it has an extended header with more than \(Self.maximumKept) records of '\(keyword)' and its kind, "
                    + "or one of more than \(Self.maximumValueBytes) bytes")
        }
    }

    /// A decimal number, what is behind its point cut off.
    private static func seconds(_ text: ArraySlice<UInt8>) -> Int64? {
        let whole = text.prefix { $0 != UInt8(ascii: ".") }
        return whole.count <= 20 ? Int64(String(decoding: whole, as: UTF8.self)) : nil
    }
}
