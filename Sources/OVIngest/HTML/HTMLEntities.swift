// SPDX-License-Identifier: Apache-2.0

/// The named character references of HTML (WHATWG HTML §13.5), sorted for search.
///
/// The table is a text, because the compiler takes minutes for an array of that length.
struct HTMLEntities: Sendable {
    static let shared = HTMLEntities()

    /// All names one after the other, without their semicolons, in the order of their bytes.
    private var names: [UInt8] = []
    /// Where each name begins in `names`, and where the last one ends.
    private var starts: [Int32] = [0]
    private var texts: [[UInt8]] = []
    /// Whether it may be written without a semicolon, as in the beginnings of HTML.
    private var isLegacy: [Bool] = []

    struct Match {
        let end: Int
        let utf8: [UInt8]
    }

    private init() {
        let mark = UInt8(ascii: "*")
        for entry in Self.table.utf8.split(whereSeparator: \.isHTMLSpace) {
            guard let separator = entry.firstIndex(where: { !$0.isAlphanumeric }) else { continue }
            names += entry[..<separator]
            starts.append(Int32(names.count))
            isLegacy.append(entry[separator] == mark)
            let numbers = entry[entry.index(after: separator)...].split(separator: UInt8(ascii: ","))
            texts.append(
                numbers.flatMap { HTMLReference.encode(UInt32(String(decoding: $0, as: UTF8.self), radix: 16) ?? 0) })
        }
    }

    private func length(_ entry: Int) -> Int { Int(starts[entry + 1] - starts[entry]) }

    /// The byte of a name; -1 behind its end, which is before all others.
    private func byte(_ entry: Int, at depth: Int) -> Int {
        depth < length(entry) ? Int(names[Int(starts[entry]) + depth]) : -1
    }

    /// The longest name that the text at `start` begins with.
    func longestMatch<Text: RandomAccessCollection<UInt8>>(in text: Text, at start: Int) -> Match?
    where Text.Index == Int {
        var (low, high, depth) = (0, texts.count, 0)
        var match: Match?
        while start + depth < text.endIndex {
            let byte = text[start + depth]
            if depth > 0, length(low) == depth {
                if byte == UInt8(ascii: ";") { return Match(end: start + depth + 1, utf8: texts[low]) }
                if isLegacy[low] { match = Match(end: start + depth, utf8: texts[low]) }
            }
            guard byte.isAlphanumeric else { return match }
            low = first(in: low..<high, at: depth, from: Int(byte))
            high = first(in: low..<high, at: depth, from: Int(byte) + 1)
            guard low < high else { return match }
            depth += 1
        }
        if depth > 0, length(low) == depth, isLegacy[low] { match = Match(end: start + depth, utf8: texts[low]) }
        return match
    }

    /// The first of some names with a common start whose byte at `depth` is `byte` or more.
    private func first(in range: Range<Int>, at depth: Int, from byte: Int) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if self.byte(middle, at: depth) < byte { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
