// SPDX-License-Identifier: Apache-2.0

/// An IPv4 or IPv6 address, without a zone: what has a zone is link-local, and that is not fetched.
package enum IPAddress: Hashable, Sendable {
    /// The four bytes as a number, the first one highest.
    case v4(UInt32)
    /// The sixteen bytes as two numbers.
    case v6(high: UInt64, low: UInt64)

    /// Reads the usual spelling: four decimal numbers, or IPv6 by RFC 4291 §2.2 without brackets.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        if let groups = IPAddress.v6Groups(bytes) {
            self = IPAddress(groups: groups)
        } else if let number = IPAddress.dotted(bytes[...]) {
            self = .v4(number)
        } else {
            return nil
        }
    }

    /// The IPv4 address that is written into an IPv6 address, in each of the ways in which a network may unwrap it:
    /// mapped, compatible (RFC 4291 §2.5.5), translated (RFC 2765), NAT64 (RFC 6052) and 6to4 (RFC 3056).
    var embedded: IPAddress? {
        guard case .v6(let high, let low) = self else { return nil }
        let last = UInt32(truncatingIfNeeded: low)
        switch (high, low >> 32) {
        case (0, 0) where last > 1, (0, 0xFFFF), (0, 0xFFFF_0000), (0x0064_FF9B_0000_0000, 0): return .v4(last)
        default: break
        }
        return high >> 48 == 0x2002 ? .v4(UInt32(truncatingIfNeeded: high >> 16)) : nil
    }

    /// The IPv4 addresses that an address for a network's own translation (64:ff9b:1::/48, RFC 8215) may stand for:
    /// where it is written depends on how long the network's prefix is (RFC 6052 §2.2).
    var translations: [IPAddress] {
        guard case .v6(let high, let low) = self, high >> 16 == 0x0064_FF9B_0001 else { return [] }
        // The byte between the halves is none of it, wherever the address goes across them.
        let digits = high << 40 | (low << 8) >> 24
        return [
            .v4(UInt32(truncatingIfNeeded: digits >> 24)), .v4(UInt32(truncatingIfNeeded: digits >> 16)),
            .v4(UInt32(truncatingIfNeeded: digits >> 8)), .v4(UInt32(truncatingIfNeeded: low)),
        ]
    }
}

// MARK: - Reading

extension IPAddress {
    private init(groups: [UInt16]) {
        func number(_ part: ArraySlice<UInt16>) -> UInt64 { part.reduce(0) { $0 << 16 | UInt64($1) } }
        self = .v6(high: number(groups[..<4]), low: number(groups[4...]))
    }

    private static func dotted(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            let isNumber = !part.isEmpty && part.allSatisfy { (48...57).contains($0) }
            guard isNumber, part.count == 1 || part.first != 48, let byte = UInt8(String(decoding: part, as: UTF8.self))
            else { return nil }
            number = number << 8 | UInt32(byte)
        }
        return number
    }

    private static func v6Groups(_ bytes: [UInt8]) -> [UInt16]? {
        guard bytes.count <= 45, bytes.contains(UInt8(ascii: ":")) else { return nil }
        guard let gap = bytes.indices.dropLast().first(where: { bytes[$0] == 58 && bytes[$0 + 1] == 58 }) else {
            let groups = groups(of: bytes[...])
            return groups?.count == 8 ? groups : nil
        }
        guard let front = groups(of: bytes[..<gap]), let back = groups(of: bytes[(gap + 2)...]),
            front.count + back.count < 8, front.isEmpty || !bytes[..<gap].contains(UInt8(ascii: "."))
        else { return nil }
        return front + Array(repeating: 0, count: 8 - front.count - back.count) + back
    }

    /// The groups of one side of `::`; the last may be a dotted IPv4 address, which counts as two.
    private static func groups(of bytes: ArraySlice<UInt8>) -> [UInt16]? {
        guard !bytes.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, let number = dotted(part) {
                groups += [UInt16(truncatingIfNeeded: number >> 16), UInt16(truncatingIfNeeded: number)]
                continue
            }
            let isGroup = (1...4).contains(part.count) && part.first != UInt8(ascii: "+")
            guard isGroup, let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16) else { return nil }
            groups.append(group)
        }
        return groups
    }
}

// MARK: - Writing

extension IPAddress: CustomStringConvertible {
    /// The canonical spelling: RFC 5952 for IPv6, without brackets.
    package var description: String {
        switch self {
        case .v4(let number):
            return stride(from: 24, through: 0, by: -8).map { "\(number >> UInt32($0) & 0xFF)" }.joined(separator: ".")
        case .v6(let high, let low):
            let groups = [high, low].flatMap { half in
                stride(from: 48, through: 0, by: -16).map { UInt16(truncatingIfNeeded: half >> UInt64($0)) }
            }
            let words = groups.map { String($0, radix: 16) }
            guard let zeros = Self.longestZeros(groups) else { return words.joined(separator: ":") }
            return words[..<zeros.lowerBound].joined(separator: ":") + "::"
                + words[zeros.upperBound...].joined(separator: ":")
        }
    }

    /// The first of the longest runs of two or more zero groups.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
        var (longest, start): (Range<Int>?, Int) = (nil, 0)
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            if index - start > max(1, longest?.count ?? 0) { longest = start..<index }
            start = index + 1
        }
        return longest
    }
}
