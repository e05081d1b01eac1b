// SPDX-License-Identifier: Apache-2.0

/// What a zip header has no room for (APPNOTE 4.5): number, length and content, one after another.
struct ZipExtraFields {
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// The content of the first field of that number. What does not add up ends the list: writers leave filler there.
    private func field(_ wanted: UInt16) -> ArraySlice<UInt8>? {
        var rest = bytes
        while rest.count >= 4 {
            let fields = LittleEndianFields(rest)
            let (number, size) = (fields.uint16(0), Int(fields.uint16(2)))
            rest = rest.dropFirst(4)
            guard size <= rest.count else { return nil }
            if number == wanted { return rest.prefix(size) }
            rest = rest.dropFirst(size)
        }
        return nil
    }

    var hasLargeNumbers: Bool { field(1) != nil }

    /// The numbers of 64 bits that take the place of those that are all ones, in order.
    var largeNumbers: [UInt64] {
        let content = field(1) ?? []
        return stride(from: 0, through: content.count - 8, by: 8).map { LittleEndianFields(content).uint64($0) }
    }

    /// When it was last changed, in seconds since 1970: the only time in a zip that says in which zone.
    var modified: Int64? {
        guard let content = field(0x5455), content.count >= 5, content.first.map({ $0 & 1 }) == 1 else { return nil }
        return Int64(Int32(bitPattern: LittleEndianFields(content).uint32(1)))
    }

    /// The name in UTF-8, if it is of the name that the header has.
    func unicodeName(of name: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let content = field(0x7075), content.count > 5, content.first == 1 else { return nil }
        return LittleEndianFields(content).uint32(1) == ZipMember.crc(name) ? content.dropFirst(5) : nil
    }
}
