// SPDX-License-Identifier: Apache-2.0

/// Markdown that is made of blocks, with an empty line between two of them.
struct MarkdownBlocks {
    private(set) var bytes: [UInt8] = []

    init() {}

    init(_ matter: FrontMatter) { bytes = matter.yaml }

    /// - Parameter text: a block; an empty one is none.
    mutating func append(_ text: [UInt8]) {
        guard !text.isEmpty else { return }
        if !bytes.isEmpty { bytes.append(10) }
        bytes += text
        if text.last != 10 { bytes.append(10) }
    }

    /// - Parameters:
    ///   - level: 1 to 6.
    ///   - words: Markdown of one line.
    mutating func append(heading level: Int, _ words: [UInt8]) {
        append([UInt8](repeating: UInt8(ascii: "#"), count: level) + [32] + words)
    }
}
