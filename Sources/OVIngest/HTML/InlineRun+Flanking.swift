// SPDX-License-Identifier: Apache-2.0

extension InlineRun {
    /// Takes marks off where Markdown would not take them for marks: beside a letter on the outer side and punctuation
    /// on the inner one (CommonMark §6.2, "flanking"). The words matter more than their weight.
    mutating func dropMarksThatWouldNotHold() {
        for style in Style.all {
            var index = 0
            while index < pieces.count {
                guard pieces[index].marks.style.contains(style) else {
                    index += 1
                    continue
                }
                var end = index
                while end < pieces.count, pieces[end].marks.style.contains(style) { end += 1 }
                if !holds(style, index..<end) {
                    for position in index..<end { pieces[position].marks.style.remove(style) }
                }
                index = end
            }
        }
    }

    private func holds(_ style: Style, _ range: Range<Int>) -> Bool {
        let (first, last) = (pieces[range.lowerBound], pieces[range.upperBound - 1])
        if isPunctuation(atStartOf: first), range.lowerBound > 0, isWord(atEndOf: pieces[range.lowerBound - 1]) {
            return false
        }
        if isPunctuation(atEndOf: last), range.upperBound < pieces.count, isWord(atStartOf: pieces[range.upperBound]) {
            return false
        }
        return true
    }

    private func isPunctuation(atStartOf piece: Piece) -> Bool {
        // A link's bracket.
        if piece.kind == .verbatim || piece.marks.link != 0 { return true }
        return scalar(atStartOf: piece).map(Self.isPunctuation) ?? false
    }

    private func isPunctuation(atEndOf piece: Piece) -> Bool {
        if piece.kind == .verbatim || piece.marks.link != 0 { return true }
        return scalar(atEndOf: piece).map(Self.isPunctuation) ?? false
    }

    private func isWord(atStartOf piece: Piece) -> Bool {
        if piece.kind == .verbatim || piece.marks.link != 0 { return false }
        guard let scalar = scalar(atStartOf: piece) else { return false }
        return scalar != " " && !Self.isPunctuation(scalar)
    }

    private func isWord(atEndOf piece: Piece) -> Bool {
        if piece.kind == .verbatim || piece.marks.link != 0 { return false }
        guard let scalar = scalar(atEndOf: piece) else { return false }
        return scalar != " " && !Self.isPunctuation(scalar)
    }

    private func scalar(atStartOf piece: Piece) -> Unicode.Scalar? {
        String(decoding: buffer[piece.range].prefix(4), as: UTF8.self).unicodeScalars.first
    }

    private func scalar(atEndOf piece: Piece) -> Unicode.Scalar? {
        String(decoding: buffer[piece.range].suffix(4), as: UTF8.self).unicodeScalars.last
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            true
        default: false
        }
    }
}
