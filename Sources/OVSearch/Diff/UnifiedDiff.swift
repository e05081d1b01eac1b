// SPDX-License-Identifier: Apache-2.0

/// A difference as `diff -u` writes it and `patch` reads it (POSIX.1-2024, `diff`, "Diff -u or -U Output Format").
package struct UnifiedDiff: Sendable {
    package static let defaultContext = 3

    private let old: LineText
    private let new: LineText
    private let context: Int

    package init(_ old: LineText, _ new: LineText, context: Int = defaultContext) {
        self.old = old
        self.new = new
        self.context = context
    }

    /// The hunks with two header lines; nothing for no changes.
    /// - Parameters:
    ///   - oldName: what the old text is called; a control character in it is shown as `?`.
    ///   - newName: as `oldName`.
    package func text(_ changes: [LineDiff.Change], oldName: String, newName: String) -> String {
        guard !changes.isEmpty else { return "" }
        var bytes: [UInt8] = []
        bytes.append(contentsOf: "--- \(Self.plain(oldName))\n+++ \(Self.plain(newName))\n".utf8)
        for hunk in hunks(of: changes) { append(hunk, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Changes whose contexts touch belong together.
    private func hunks(of changes: [LineDiff.Change]) -> [ArraySlice<LineDiff.Change>] {
        var (hunks, start): ([ArraySlice<LineDiff.Change>], Int) = ([], 0)
        for index in changes.indices.dropFirst()
        where changes[index].old.lowerBound - changes[index - 1].old.upperBound > 2 * context {
            hunks.append(changes[start..<index])
            start = index
        }
        return hunks + [changes[start...]]
    }

    private func append(_ hunk: ArraySlice<LineDiff.Change>, to bytes: inout [UInt8]) {
        guard let first = hunk.first, let last = hunk.last else { return }
        let before = min(context, first.old.lowerBound)
        let after = min(context, old.lines.count - last.old.upperBound)
        let oldRange = first.old.lowerBound - before..<last.old.upperBound + after
        let newRange = first.new.lowerBound - before..<last.new.upperBound + after
        bytes.append(contentsOf: "@@ -\(Self.words(oldRange)) +\(Self.words(newRange)) @@\n".utf8)
        var position = oldRange.lowerBound
        for change in hunk {
            for line in position..<change.old.lowerBound { append(old, line, mark: 32, to: &bytes) }
            for line in change.old { append(old, line, mark: 45, to: &bytes) }
            for line in change.new { append(new, line, mark: 43, to: &bytes) }
            position = change.old.upperBound
        }
        for line in position..<oldRange.upperBound { append(old, line, mark: 32, to: &bytes) }
    }

    private func append(_ text: LineText, _ line: Int, mark: UInt8, to bytes: inout [UInt8]) {
        bytes.append(mark)
        bytes.append(contentsOf: text.content(line))
        bytes.append(10)
        if !text.endsInLineFeed(line) { bytes.append(contentsOf: "\\ No newline at end of file\n".utf8) }
    }

    /// An empty range is named by the line before it.
    private static func words(_ range: Range<Int>) -> String {
        switch range.count {
        case 0: "\(range.lowerBound),0"
        case 1: "\(range.lowerBound + 1)"
        default: "\(range.lowerBound + 1),\(range.count)"
        }
    }

    private static func plain(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
    }
}
