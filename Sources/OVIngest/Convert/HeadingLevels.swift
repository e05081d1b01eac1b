// SPDX-License-Identifier: Apache-2.0

/// The headings of Markdown that is to stand below another heading.
enum HeadingLevels {
    /// Moves all headings down by as much as brings the highest of them to `level`, and none below 6.
    static func lowered(_ markdown: [UInt8], to level: Int) -> [UInt8] {
        let lines = markdown.split(separator: 10, omittingEmptySubsequences: false)
        var levels: [Int] = []
        var fence: ArraySlice<UInt8>?
        for line in lines {
            if let open = fence {
                if line.starts(with: open), line.allSatisfy({ $0 == open.first }) { fence = nil }
                levels.append(0)
                continue
            }
            fence = openFence(line)
            let signs = line.prefix { $0 == UInt8(ascii: "#") }.count
            levels.append(signs <= 6 && line.dropFirst(signs).first == 32 ? signs : 0)
        }
        guard let highest = levels.filter({ $0 > 0 }).min(), highest < level else { return markdown }
        var output: [UInt8] = []
        output.reserveCapacity(markdown.count + 64)
        for (index, line) in lines.enumerated() {
            if index > 0 { output.append(10) }
            if levels[index] > 0 {
                let more = min(6, levels[index] + level - highest) - levels[index]
                output += Array(repeating: UInt8(ascii: "#"), count: max(more, 0))
            }
            output += line
        }
        return output
    }

    /// The mark with which a line opens a fence. Behind one of backticks there is none (CommonMark 0.31.2 §4.5), else it
    /// is code within a line.
    private static func openFence(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let first = line.first, first == UInt8(ascii: "`") || first == UInt8(ascii: "~") else { return nil }
        let mark = line.prefix { $0 == first }
        guard mark.count >= 3, first == UInt8(ascii: "~") || !line[mark.endIndex...].contains(first) else { return nil }
        return mark
    }
}
