// SPDX-License-Identifier: Apache-2.0

/// A header block of a tar archive: v7, ustar (POSIX.1-1988), its extension by pax (POSIX.1-2001), and GNU's.
struct TarHeader {
    /// Of a header, and of everything in a tar: what comes between two headers is filled up to it.
    static let blockSize = 512

    enum Kind: Equatable {
        case entry(ArchiveEntry.Kind)
        case folder
        /// Pax records about the next entry, or about all that follow.
        case extended, globalExtended
        /// The next entry's name, or what it links to, where that does not fit into a header.
        case longName, longLink
        /// The archive's own label.
        case label
    }

    enum Damage: Error {
        case checksum
        /// Not a number, negative, or too large for any file.
        case size
    }

    let kind: Kind
    let name: [UInt8]
    /// As it stands there; `hasContent` says whether it means anything.
    let size: Int64
    /// In seconds since 1970.
    let modified: Int64?
    /// Whether more blocks describe where the parts of a sparse file lie.
    let hasMoreParts: Bool

    /// - Parameter block: 512 bytes.
    init(_ block: [UInt8]) throws(Damage) {
        guard Self.hasItsChecksum(block) else { throw .checksum }
        var name = Self.text(block[0..<100])
        let magic = block[257..<263]
        if magic.elementsEqual("ustar\0".utf8) {
            let isStar = block[508..<512].elementsEqual("tar\0".utf8)
            let prefix = Self.text(block[345..<(isStar ? 476 : 500)])
            if !prefix.isEmpty { name = prefix + [UInt8(ascii: "/")] + name }
        }
        let kind = Self.kind(of: block[156])
        hasMoreParts = kind == .entry(.sparseFile) && block[482] != 0
        guard let size = Self.number(block[124..<136]), size >= 0 else { throw .size }
        self.size = size
        self.kind = kind
        self.name = name
        modified = Self.number(block[136..<148])
    }

    /// Whether the sparse map goes on behind this block of it.
    static func mapGoesOn(_ block: [UInt8]) -> Bool { block[504] != 0 }

    private static func kind(of type: UInt8) -> Kind {
        switch Unicode.Scalar(type) {
        case "0", "\0", "7": .entry(.file)
        case "1": .entry(.hardLink)
        case "2": .entry(.symbolicLink)
        case "3", "4": .entry(.device)
        case "5": .folder
        case "6": .entry(.pipe)
        case "x", "X": .extended
        case "g": .globalExtended
        case "L": .longName
        case "K": .longLink
        case "S": .entry(.sparseFile)
        case "V": .label
        default: .entry(.unknown)
        }
    }

    /// Whether bytes come behind it. Some writers give links and folders the size of what they stand for, and write
    /// nothing.
    var hasContent: Bool {
        switch kind {
        case .folder, .label: false
        case .entry(let kind): kind == .file || kind == .sparseFile || kind == .unknown
        case .extended, .globalExtended, .longName, .longLink: true
        }
    }

    // MARK: Fields

    /// The sum of all bytes, those of the checksum counting as blanks; as some old writers have it, of signed ones.
    private static func hasItsChecksum(_ block: [UInt8]) -> Bool {
        var (sum, signedSum): (Int64, Int64) = (8 * 32, 8 * 32)
        for (index, byte) in block.enumerated() where !(148..<156).contains(index) {
            sum += Int64(byte)
            signedSum += Int64(Int8(bitPattern: byte))
        }
        guard let stored = number(block[148..<156]) else { return false }
        return stored == sum || stored == signedSum
    }

    private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    /// Octal digits between blanks or zeros, nothing at all being 0; or, with the first bit set, a binary number in
    /// two's complement.
    /// - Returns: nil for what is no number, or none of 64 bits.
    static func number(_ field: ArraySlice<UInt8>) -> Int64? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 { return binary(field, isNegative: first & 0x40 != 0) }
        let isFiller = { (byte: UInt8) in byte == 32 || byte == 0 }
        let rest = field.drop { $0 == 32 }
        let digits = rest.prefix { (48...55).contains($0) }
        guard rest[digits.endIndex...].allSatisfy(isFiller), digits.count <= 21 else { return nil }
        return digits.reduce(0) { $0 << 3 | Int64($1 - 48) }
    }

    private static func binary(_ field: ArraySlice<UInt8>, isNegative: Bool) -> Int64? {
        var value: Int64 = isNegative ? -1 : 0
        for (index, byte) in zip(0..., field) {
            let digit = index > 0 ? byte : isNegative ? byte | 0x80 : byte & 0x7F
            // What is shifted out must be nothing but sign.
            guard value >> 55 == (isNegative ? -1 : 0) else { return nil }
            value = value << 8 | Int64(digit)
        }
        return value
    }
}
