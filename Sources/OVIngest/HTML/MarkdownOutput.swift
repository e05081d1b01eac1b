// SPDX-License-Identifier: Apache-2.0

/// Blocks of Markdown, one below the other, with the marks of the quotes and lists that they are in.
struct MarkdownOutput {
    enum Separation { case line, blankLine }

    private struct Container {
        /// What stands before its first line.
        let first: [UInt8]
        /// What stands before the others.
        let rest: [UInt8]
        var isBegun = false
    }

    private(set) var bytes: [UInt8] = []
    private var containers: [Container] = []
    /// How many blank lines there are.
    private(set) var blankLines = 0
    /// What the next block is set apart by from the one before.
    var separation = Separation.blankLine

    /// How deep marks are nested; more would make the text grow faster than the page.
    private static let maximumDepth = 16

    /// What follows is in a quote or an item.
    mutating func enter(first: String, rest: String) {
        let isTooDeep = containers.count >= Self.maximumDepth
        containers.append(Container(first: isTooDeep ? [] : Array(first.utf8), rest: isTooDeep ? [] : Array(rest.utf8)))
    }

    /// - Returns: whether anything was written in it.
    @discardableResult
    mutating func leave() -> Bool { containers.popLast()?.isBegun ?? false }

    /// Writes a block; line feeds in it begin new lines.
    mutating func block(_ text: some RandomAccessCollection<UInt8>) {
        if !bytes.isEmpty, separation == .blankLine {
            beginLine(isBlank: true)
            bytes.append(10)
            blankLines += 1
        }
        separation = .blankLine
        var isFirst = true
        for line in text.split(separator: 10, omittingEmptySubsequences: false) {
            if !isFirst || !containers.isEmpty { beginLine(isBlank: line.isEmpty) }
            isFirst = false
            bytes += line
            bytes.append(10)
        }
    }

    /// Writes the marks of all containers. A blank line is inside only those that have begun.
    private mutating func beginLine(isBlank: Bool) {
        let start = bytes.count
        for index in containers.indices {
            if containers[index].isBegun {
                bytes += containers[index].rest
            } else if !isBlank {
                bytes += containers[index].first
                containers[index].isBegun = true
            }
        }
        while isBlank, bytes.count > start, bytes.last == 32 { bytes.removeLast() }
    }
}
