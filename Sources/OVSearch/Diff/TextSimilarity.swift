// SPDX-License-Identifier: Apache-2.0

/// How much two texts have in common: the bytes of lines that both have, as often as both have them, of all bytes.
/// Linear, and blind to order, so that it can be asked of many pairs.
package struct TextSimilarity: Sendable {
    private let lines: [Int: (count: Int, length: Int)]
    private let byteCount: Int

    package init(_ bytes: [UInt8]) {
        let text = LineText(bytes: bytes)
        var lines: [Int: (count: Int, length: Int)] = [:]
        for range in text.lines {
            var hasher = Hasher()
            bytes[range].withUnsafeBytes { hasher.combine(bytes: $0) }
            lines[hasher.finalize(), default: (0, range.count)].count += 1
        }
        self.lines = lines
        byteCount = bytes.count
    }

    /// From 0 to 100.
    package func percent(to other: TextSimilarity) -> Int {
        guard byteCount + other.byteCount > 0 else { return 100 }
        var common = 0
        for (line, here) in lines {
            guard let there = other.lines[line] else { continue }
            common += min(here.count, there.count) * min(here.length, there.length)
        }
        return min(100, 200 * common / (byteCount + other.byteCount))
    }
}
