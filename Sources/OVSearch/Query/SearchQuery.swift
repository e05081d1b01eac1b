// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What somebody looks for: words, `"phrases"`, `-not`, `+must`, `prefix*`, `title:word`, `path:part`, `type:markdown`.
///
/// Words are ranked, and a section need not have all of them. Phrases, and what names a field, have to be there. No
/// text is a wrong query: what is no syntax is words.
package struct SearchQuery: Hashable, Sendable {
    enum Pattern: Hashable, Sendable {
        case word(Term)
        case phrase([Term])
        case prefix([UInt8])
    }

    /// A word with its parts.
    struct Term: Hashable, Sendable {
        /// Folded, the whole.
        let whole: [UInt8]
        /// What it is made of; empty for a plain word.
        let parts: [[UInt8]]
        /// Whether it is one character of a script without blanks, which texts have in pairs.
        var isLone = false

        /// What stands in a text where the term does, one after the other.
        var sequence: [[UInt8]] { parts.isEmpty ? [whole] : parts }
    }

    enum Need: Hashable, Sendable {
        case ranked, required, excluded
    }

    struct Clause: Hashable, Sendable {
        let pattern: Pattern
        let need: Need
        let isTitle: Bool
        /// As it was written.
        let text: String
        /// How often it was written: what is said twice counts twice.
        var count = 1
    }

    struct DocumentFilter: Hashable, Sendable {
        enum Kind: Hashable, Sendable { case path, type }

        let kind: Kind
        let value: String
        let isExcluded: Bool
        let text: String
    }

    package let text: String
    private(set) var clauses: [Clause] = []
    private(set) var filters: [DocumentFilter] = []

    /// How many words and phrases of a query count.
    private static let maximumClauses = 64
    package static let maximumByteCount = 8 << 10

    /// - Throws: `INVALID_ARGUMENT` for a query without anything to look for, or one that is too long.
    package init(parsing text: String) throws(OVError) {
        guard text.utf8.count <= Self.maximumByteCount else {
            throw OVError(
                .invalidArgument, "the query is longer than \(Self.maximumByteCount) bytes",
                hint: "search for a few words that a passage should have")
        }
        self.text = text
        var tokenizer = Tokenizer()
        for piece in QueryPieces(text) { add(piece, &tokenizer) }
        guard clauses.contains(where: { $0.need != .excluded }) else {
            throw OVError(
                .invalidArgument, "the query has no word to look for",
                hint: filters.isEmpty
                    ? "write a few words that a passage should have"
                    : "add a word; `ov glob` and `ov ls` list documents by path")
        }
    }

    private mutating func add(_ piece: QueryPieces.Piece, _ tokenizer: inout Tokenizer) {
        guard clauses.count + filters.count < Self.maximumClauses else { return }
        if piece.field == .path || piece.field == .type {
            guard !piece.value.isEmpty else { return }
            filters.append(
                DocumentFilter(
                    kind: piece.field == .path ? .path : .type, value: piece.value, isExcluded: piece.sign == .minus,
                    text: piece.text))
            return
        }
        let terms = Self.terms(of: piece.value, &tokenizer)
        let isTitle = piece.field == .title
        let need: Need =
            piece.sign == .minus
            ? .excluded : piece.sign == .plus || isTitle || piece.isQuoted ? .required : .ranked
        if piece.isQuoted, terms.count > 1 {
            append(.phrase(terms), need, isTitle, piece.text)
        } else if let last = terms.last, terms.count == 1, last.isLone || piece.isPrefix && last.parts.isEmpty {
            append(.prefix(last.whole), need, isTitle, piece.text)
        } else {
            // Text that is several words to the tokenizer and was written as one: `well-known`, `a/b`.
            for term in terms {
                append(
                    .word(term), need, isTitle,
                    terms.count == 1 ? piece.text : String(decoding: term.whole, as: UTF8.self))
            }
        }
    }

    private mutating func append(_ pattern: Pattern, _ need: Need, _ isTitle: Bool, _ text: String) {
        let known = clauses.firstIndex { $0.pattern == pattern && $0.need == need && $0.isTitle == isTitle }
        if let known {
            clauses[known].count += 1
        } else {
            clauses.append(Clause(pattern: pattern, need: need, isTitle: isTitle, text: text))
        }
    }

    /// The words of a text with their parts, in its order.
    static func terms(of text: String, _ tokenizer: inout Tokenizer) -> [Term] {
        var terms: [Term] = []
        var (whole, wholeEnd, parts): ([UInt8], Int, [[UInt8]]) = ([], -1, [])
        func close() {
            if !parts.isEmpty { terms.append(Term(whole: whole, parts: parts)) }
            (wholeEnd, parts) = (-1, [])
        }
        let bytes = Array(text.utf8)
        bytes.withUnsafeBufferPointer { buffer in
            _ = tokenizer.read(buffer) { word in
                if word.range.upperBound > wholeEnd { close() }
                if word.range.upperBound <= wholeEnd {
                    parts.append(Array(word.bytes))
                } else if word.role != .whole {
                    guard word.role != .runEnd else { return }
                    terms.append(Term(whole: Array(word.bytes), parts: [], isLone: word.role == .lone))
                } else {
                    (whole, wholeEnd) = (Array(word.bytes), word.range.upperBound)
                }
            }
        }
        close()
        return terms
    }
}
