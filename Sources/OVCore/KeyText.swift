// SPDX-License-Identifier: Apache-2.0

/// A key as its holder has it: `ov_<id>_<secret>`. The prefix lets scanners for leaked secrets recognise it, the id
/// lets a server find its record at once, and the secret is 256 random bits in hexadecimal digits.
///
/// It is shown to whoever makes the key and kept nowhere. Its description is not the text, so that no log and no message
/// has it by mistake.
package struct KeyText: Sendable {
    private static let prefix = "ov_"
    private static let secretLength = 64

    package let id: KeyID
    /// All of it. For the one who made the key, and for its digest.
    package let text: String

    package init(random: some RandomSource) {
        id = KeyID(random: random)
        var words = SIMD4<UInt64>()
        for index in words.indices { words[index] = UInt64(bitPattern: random.uniform(in: .min ... .max)) }
        text = "\(Self.prefix)\(id)_\(Digest(words: words))"
    }

    /// Reads the text of a key; nil for anything else, however long it is.
    package init?(_ text: String) {
        let idStart = Self.prefix.utf8.count
        let secretStart = idStart + KeyID.textLength + 1
        guard text.utf8.count == secretStart + Self.secretLength, text.hasPrefix(Self.prefix) else { return nil }
        let bytes = Array(text.utf8)
        guard bytes[secretStart - 1] == UInt8(ascii: "_"),
            // In one spelling only: what the digest is of.
            bytes[secretStart...].allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
            let id = KeyID(String(decoding: bytes[idStart..<secretStart - 1], as: UTF8.self))
        else { return nil }
        self.id = id
        self.text = text
    }
}

extension KeyText: CustomStringConvertible, CustomReflectable {
    package var description: String { "the key \(id)" }

    package var customMirror: Mirror { Mirror(self, children: ["id": id.description]) }
}
