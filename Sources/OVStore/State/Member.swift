// SPDX-License-Identifier: Apache-2.0

import OVCore

/// One gzip member of the state file, without its text. FORMAT.md §1 has the layout.
struct Member: Hashable, Sendable {
    static let headerLength = 44
    static let trailerLength = 8
    /// Deflate cannot do better than this, so a longer claim is a lie.
    private static let maximumRatio = 1032

    let length: Int
    let sequence: UInt64
    let predecessor: UInt32
    let mark: UInt32

    /// The fixed bytes: gzip's header without a time, then the extra field's frame.
    private static let prefix: [UInt8] = [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 255, 32, 0, 0x4F, 0x56, 28, 0]

    /// Encodes a text as a member.
    static func encode(_ text: [UInt8], sequence: UInt64, predecessor: UInt32, mark: UInt32, level: Int32) -> [UInt8] {
        let body = Deflate.compress(text, level: level, framing: .raw)
        var bytes = prefix
        bytes.reserveCapacity(headerLength + body.count + trailerLength)
        bytes.append(littleEndian: UInt64(headerLength + body.count + trailerLength))
        bytes.append(littleEndian: sequence)
        bytes.append(littleEndian: predecessor)
        bytes.append(littleEndian: mark)
        bytes.append(littleEndian: Deflate.checksum(bytes[...]))
        bytes.append(contentsOf: body)
        bytes.append(littleEndian: Deflate.checksum(text[...]))
        bytes.append(littleEndian: UInt32(truncatingIfNeeded: text.count))
        return bytes
    }

    /// Reads a header; nil unless it is one, checksum included.
    init?(header bytes: ArraySlice<UInt8>) {
        guard bytes.count >= Self.headerLength else { return nil }
        let header = bytes.prefix(Self.headerLength)
        guard header.starts(with: Self.prefix),
            header.littleEndian(UInt32.self, at: 40) == Deflate.checksum(header.prefix(40))
        else { return nil }
        let claimed = header.littleEndian(UInt64.self, at: 16)
        guard let length = Int(exactly: claimed), length >= Self.headerLength + Self.trailerLength else { return nil }
        self.length = length
        sequence = header.littleEndian(UInt64.self, at: 24)
        predecessor = header.littleEndian(UInt32.self, at: 32)
        mark = header.littleEndian(UInt32.self, at: 36)
    }

    /// The text of a whole member; nil when it does not inflate or does not check out.
    static func text(of bytes: ArraySlice<UInt8>) -> [UInt8]? {
        let body = bytes.dropFirst(headerLength).dropLast(trailerLength)
        let trailer = bytes.suffix(trailerLength)
        let length = Int(trailer.littleEndian(UInt32.self, at: 4))
        guard length <= (body.count + 1) * maximumRatio,
            let text = Deflate.decompress(body, length: length, framing: .raw),
            Deflate.checksum(text[...]) == trailer.littleEndian(UInt32.self, at: 0)
        else { return nil }
        return text
    }

    /// Whether a member of the store with this mark, later than a commit, begins anywhere in `bytes`. Earlier ones may
    /// be old blocks of the disk: what a generation before had there.
    static func begins(somewhereIn bytes: ArraySlice<UInt8>, mark: UInt32, after sequence: UInt64) -> Bool {
        var start = bytes.startIndex
        while let magic = bytes[start...].firstIndex(of: prefix[0]) {
            if let member = Member(header: bytes[magic...]), member.mark == mark, member.sequence > sequence {
                return true
            }
            start = magic + 1
        }
        return false
    }
}

// MARK: - Little-endian numbers

extension [UInt8] {
    mutating func append(littleEndian value: some FixedWidthInteger) {
        var rest = value
        for _ in 0..<(type(of: value).bitWidth / 8) {
            append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}

extension ArraySlice<UInt8> {
    /// The number at `offset` from the slice's start. The caller has checked that it is there.
    func littleEndian<Number: FixedWidthInteger & UnsignedInteger>(_ type: Number.Type, at offset: Int) -> Number {
        var value: Number = 0
        for index in (0..<Number.bitWidth / 8).reversed() {
            value = value << 8 | Number(self[startIndex + offset + index])
        }
        return value
    }
}
