// SPDX-License-Identifier: Apache-2.0

extension [UInt8] {
    /// Unsigned LEB128.
    mutating func append(varint value: Int) {
        var rest = UInt64(truncatingIfNeeded: value)
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    mutating func append<Number: FixedWidthInteger>(fixed value: Number) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}

extension OutputSpan<UInt8> {
    /// Unsigned LEB128 of a number below 2^35: five bytes at most.
    @inline(__always)
    mutating func append(varint value: Int) {
        var rest = UInt64(truncatingIfNeeded: value)
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}

extension ArraySlice<UInt8> {
    /// A little-endian number at an offset from the start; the caller knows that it is there.
    func fixed<Number: FixedWidthInteger>(_: Number.Type, at offset: Int) -> Number {
        withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self)) }
    }
}

/// Reads numbers and runs of bytes, each checked against what is left.
struct IndexByteReader {
    private let bytes: [UInt8]
    private(set) var position: Int
    private let end: Int

    init(_ bytes: [UInt8], from start: Int = 0, to end: Int? = nil) {
        self.bytes = bytes
        position = start
        self.end = Swift.min(end ?? bytes.count, bytes.count)
    }

    var isAtEnd: Bool { position >= end }

    static let malformed = IndexFault("a list in it is malformed")

    @inline(__always)
    mutating func byte() throws(IndexFault) -> UInt8 {
        guard position < end else { throw Self.malformed }
        defer { position += 1 }
        return bytes[position]
    }

    /// At most 2^42, so that sums of a few cannot overflow.
    @inline(__always)
    mutating func varint() throws(IndexFault) -> Int {
        let first = try byte()
        if first < 0x80 { return Int(first) }
        var (value, shift) = (Int(first & 0x7F), 7)
        while true {
            let byte = try byte()
            guard shift <= 35 else { throw Self.malformed }
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    mutating func run(_ count: Int) throws(IndexFault) -> ArraySlice<UInt8> {
        guard count >= 0, count <= end - position else { throw Self.malformed }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func skip(_ count: Int) throws(IndexFault) { _ = try run(count) }
}
