// SPDX-License-Identifier: Apache-2.0

/// How the line begins above each document of an answer: in a way in which nothing in these documents does, so that
/// none of them can end itself and begin another one, or speak as this server.
///
/// Nothing stands behind a document but the next one, so that there is no end to be faked. An answer's first line is
/// always ours, and says how the others begin.
struct DocumentMark: Hashable, Sendable {
    /// What stands before the address: `[`, or `[#3 ` where documents hold what looks like an earlier one.
    let opening: String

    init(notIn texts: [String]) {
        var (isPlainTaken, taken): (Bool, Set<Int>) = (false, [])
        for text in texts {
            var bytes = Array(text.utf8)[...]
            while let start = bytes.firstIndex(of: UInt8(ascii: "[")) {
                bytes = bytes[start...]
                // In whatever case, and with whatever in between that nobody sees.
                let letters = bytes.prefix(40).lazy.map { $0 | 0x20 }.filter { (97...122).contains($0) }
                isPlainTaken = isPlainTaken || letters.starts(with: "viking".utf8)
                bytes = bytes.dropFirst()
                guard bytes.first == UInt8(ascii: "#") else { continue }
                let digits = bytes.dropFirst().prefix { (48...57).contains($0) }
                // More than there could be in an answer are none of ours.
                if digits.count < 8, let number = Int(String(decoding: digits, as: UTF8.self)) { taken.insert(number) }
            }
        }
        guard isPlainTaken else {
            opening = "["
            return
        }
        let number = (1...).first { !taken.contains($0) } ?? 0
        opening = "[#\(number) "
    }
}
