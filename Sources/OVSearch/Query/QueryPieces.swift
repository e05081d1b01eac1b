// SPDX-License-Identifier: Apache-2.0

/// The pieces of a query's text: words and quoted phrases with what is written before and behind them.
struct QueryPieces: Sequence, IteratorProtocol {
    enum Sign { case none, plus, minus }
    enum Field { case none, title, path, type }

    struct Piece {
        var sign = Sign.none
        var field = Field.none
        var value = ""
        var isQuoted = false
        var isPrefix = false
        /// All of it, as it was written.
        var text = ""
    }

    private var rest: Substring.UnicodeScalarView

    init(_ text: String) { rest = Substring(text).unicodeScalars }

    mutating func next() -> Piece? {
        rest = rest.drop { $0.properties.isWhitespace }
        guard let first = rest.first else { return nil }
        let start = rest
        var piece = Piece()
        if first == "-" || first == "+", let next = rest.dropFirst().first, !next.properties.isWhitespace, next != "-" {
            piece.sign = first == "-" ? .minus : .plus
            rest.removeFirst()
        }
        readField(&piece)
        if rest.first == "\"", let phrase = quoted() {
            piece.value = phrase
            piece.isQuoted = true
        } else {
            let word = rest.prefix { !$0.properties.isWhitespace }
            rest = rest[word.endIndex...]
            piece.value = String(word)
            if piece.value.hasSuffix("*"), piece.field != .path {
                piece.value.removeLast()
                piece.isPrefix = true
            }
        }
        piece.text = String(start[..<rest.startIndex])
        return piece
    }

    private mutating func readField(_ piece: inout Piece) {
        let fields: [(String, Field)] = [("title:", .title), ("path:", .path), ("type:", .type)]
        for (name, field) in fields where rest.starts(with: name.unicodeScalars) {
            let behind = rest.dropFirst(name.unicodeScalars.count)
            guard let next = behind.first, !next.properties.isWhitespace else { return }
            piece.field = field
            rest = behind
            return
        }
    }

    /// What stands between quotation marks; nil without a second one.
    private mutating func quoted() -> String? {
        let inside = rest.dropFirst()
        guard let close = inside.firstIndex(of: "\"") else { return nil }
        defer { rest = inside[inside.index(after: close)...] }
        return String(inside[..<close])
    }
}
