// SPDX-License-Identifier: Apache-2.0

extension InlineRun {
    /// Makes one span of code of those that nothing parts: where one ends and the next begins, their backticks would be
    /// read as a longer mark.
    mutating func joinCode() {
        guard pieces.indices.dropFirst().contains(where: { isCode(pieces[$0]) && isCode(pieces[$0 - 1]) }) else {
            return
        }
        var joined: [Piece] = []
        var index = 0
        while index < pieces.count {
            var end = index + 1
            while isCode(pieces[index]), end < pieces.count, isCode(pieces[end]),
                pieces[end].marks == pieces[index].marks
            {
                end += 1
            }
            if end == index + 1 {
                joined.append(pieces[index])
            } else {
                let code = pieces[index..<end].flatMap { Self.code(of: buffer[$0.range]) }
                joined.append(append(code: MarkdownWriter.codeSpan(code), pieces[index].marks))
            }
            index = end
        }
        pieces = joined
    }

    private func isCode(_ piece: Piece) -> Bool {
        piece.kind == .verbatim && buffer[piece.range].first == UInt8(ascii: "`")
    }

    /// What is in a span that `MarkdownWriter.codeSpan` made.
    private static func code(of span: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let fence = span.prefix { $0 == UInt8(ascii: "`") }.count
        guard span.count > 2 * fence else { return [] }
        let code = span.dropFirst(fence).dropLast(fence)
        let isPadded = code.count > 2 && code.first == 32 && code.last == 32
        return isPadded ? code.dropFirst().dropLast() : code
    }
}
