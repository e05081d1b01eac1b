// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Bytes that are not what their format says.
struct MalformedBytes: Error {}

/// Reads unsigned LEB128 numbers, texts and byte runs, each checked against what is left.
struct BinaryReader {
    private let source: [UInt8]
    private(set) var position: Int

    init(_ bytes: [UInt8], from start: Int = 0) { (source, position) = (bytes, start) }

    var isAtEnd: Bool { position == source.count }

    mutating func byte() throws(MalformedBytes) -> UInt8 {
        guard position < source.count else { throw MalformedBytes() }
        defer { position += 1 }
        return source[position]
    }

    mutating func bytes(_ count: Int) throws(MalformedBytes) -> ArraySlice<UInt8> {
        guard count >= 0, source.count - position >= count else { throw MalformedBytes() }
        defer { position += count }
        return source[position..<position + count]
    }

    mutating func number() throws(MalformedBytes) -> UInt64 {
        var (value, shift): (UInt64, UInt64) = (0, 0)
        while true {
            let byte = try byte()
            guard shift < 63 || (shift == 63 && byte <= 1) else { throw MalformedBytes() }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// A number that is a length or an offset.
    mutating func length() throws(MalformedBytes) -> Int64 {
        guard let value = Int64(exactly: try number()), value < 1 << 53 else { throw MalformedBytes() }
        return value
    }

    /// A number of things that follow, each of at least one byte.
    mutating func count() throws(MalformedBytes) -> Int {
        let value = try length()
        guard value <= source.count - position else { throw MalformedBytes() }
        return Int(value)
    }

    mutating func text() throws(MalformedBytes) -> String {
        guard let text = String(validating: try bytes(try count()), as: UTF8.self) else { throw MalformedBytes() }
        return text
    }

    mutating func timestamp() throws(MalformedBytes) -> Timestamp { Timestamp(milliseconds: try length()) }

    mutating func packName() throws(MalformedBytes) -> String {
        let name = try text()
        guard PackName.isValid(name) else { throw MalformedBytes() }
        return name
    }
}

extension [UInt8] {
    /// Unsigned LEB128 (DWARF 5, §7.6).
    mutating func append(number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    mutating func append(text: String) {
        append(number: UInt64(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}
