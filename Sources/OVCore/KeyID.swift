// SPDX-License-Identifier: Apache-2.0

/// The public name of a key: 50 random bits as ten digits and letters, without those that look alike (Crockford's
/// base 32). It is no secret: lists show it, and it says which key to revoke.
package struct KeyID: Hashable, Sendable {
    package static let textLength = 10
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// What each byte stands for; 255 for what is no letter of an id. So every id takes as long to read.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()

    private let bits: UInt64

    package init(random: some RandomSource) { bits = UInt64(random.uniform(in: 0...(1 << 50) - 1)) }
}

extension KeyID: Comparable {
    /// As their texts are.
    package static func < (left: KeyID, right: KeyID) -> Bool { left.bits < right.bits }
}

extension KeyID: LosslessStringConvertible {
    package var description: String {
        let letters = (0..<Self.textLength).map { Self.alphabet[Int(bits >> UInt64(45 - 5 * $0)) & 31] }
        return String(decoding: letters, as: UTF8.self)
    }

    /// Reads what `description` writes; anything else is nil.
    package init?(_ description: String) {
        guard description.utf8.count == Self.textLength else { return nil }
        var bits: UInt64 = 0
        for letter in description.utf8 {
            let value = Self.values[Int(letter)]
            guard value < 32 else { return nil }
            bits = bits << 5 | UInt64(value)
        }
        self.bits = bits
    }
}
