// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

/// What a text says beside where and when it says it, so that a thousand pages that say "not found" are one.
///
/// Left out are front matter, in which pages name their address, and all words that have a digit, a slash or the name of
/// the document in them: addresses, times, the number of a request.
enum Likeness {
    /// More is not looked at: pages of errors are short, and two long texts are alike when they begin alike for so long.
    private static let maximum = 64 << 10

    /// - Returns: nil for what is no text, or has too few words to tell.
    static func digest(of bytes: [UInt8], type: String, path: String) -> Digest? {
        guard type.hasPrefix("text/") else { return nil }
        let name = Self.name(of: path)
        var words: [UInt8] = []
        var count = 0
        for word in body(of: bytes).prefix(maximum).split(whereSeparator: { $0 <= 32 }) {
            let isPlain = word.allSatisfy { !(48...57).contains($0) && $0 != UInt8(ascii: "/") }
            guard isPlain, name.count < 4 || !contains(word, name) else { continue }
            if word.contains(where: { (65...90).contains($0) || (97...122).contains($0) || $0 > 127 }) { count += 1 }
            words += word
            words.append(32)
        }
        return count < 2 ? nil : Digest(of: words)
    }

    /// Whether most of some versions were already the same in what they say, as those of a meter are that tell a number.
    static func isCommon(among digests: [Digest?]) -> Bool {
        var counts: [Digest: Int] = [:]
        for case let digest? in digests { counts[digest, default: 0] += 1 }
        return (counts.values.max() ?? 0) * 2 > digests.count
    }

    /// Behind the front matter.
    private static func body(of bytes: [UInt8]) -> ArraySlice<UInt8> {
        let mark = Array("---\n".utf8)
        guard bytes.starts(with: mark) else { return bytes[...] }
        var start = mark.count
        while start < min(bytes.count, maximum) {
            let end = bytes[start...].firstIndex(of: 10).map { $0 + 1 } ?? bytes.endIndex
            if bytes[start..<end].elementsEqual(mark) { return bytes[end...] }
            start = end
        }
        return bytes[...]
    }

    /// The last part of a path without its ending, in lower case.
    private static func name(of path: String) -> [UInt8] {
        let last = path.utf8.split(separator: UInt8(ascii: "/")).last ?? path.utf8[...]
        return last.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "?") }.map(lowercased)
    }

    private static func contains(_ word: ArraySlice<UInt8>, _ name: [UInt8]) -> Bool {
        guard word.count >= name.count else { return false }
        return word.indices.prefix(min(256, word.count - name.count + 1)).contains { start in
            zip(word[start...], name).allSatisfy { lowercased($0) == $1 }
        }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 0x20 : byte }
}
