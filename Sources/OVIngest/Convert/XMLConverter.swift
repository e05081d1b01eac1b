// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// XML, which stays XML. Where it was written (almost) without line breaks it gets some, between elements that hold
/// nothing but elements; where there is text, nothing is touched, nor where an element has only white space in it.
package struct XMLConverter: Converter {
    package init() {}

    package let version = 1

    package func convert(_ document: FetchedDocument, limits: Limits) throws(ConversionError) -> ConvertedDocument? {
        let type = document.mediaType
        guard type == "application/xml" || type == "text/xml" || type.hasSuffix("+xml") else { return nil }
        return try .laidOut(document, limits: limits, if: \.areMostlyLong) { XMLLayout.indented($0, limit: $1) }
    }
}

/// Lays out the tags of an XML document in lines. It is no parser: what it does not understand it leaves alone.
struct XMLLayout {
    private enum Kind { case start, end, empty, other, text, blank }

    private struct Token {
        let kind: Kind
        let range: Range<Int>
        /// Of a start tag: whether what is in it is only elements, with nothing that is text around it.
        var isOpen = true
    }

    private static let maximumDepth = 256
    /// Levels that are indented: so that the text does not grow much faster than it was.
    private static let maximumIndentation = 16

    private let text: [UInt8]
    private var tokens: [Token] = []

    /// - Returns: nil for what is not well-formed as far as tags go, has a DTD within, or would be longer than `limit`.
    static func indented(_ text: [UInt8], limit: Int) -> [UInt8]? {
        var layout = XMLLayout(text: text)
        guard layout.tokenize(), layout.findText() else { return nil }
        return layout.written(limit: limit)
    }

    private init(text: [UInt8]) { self.text = text }

    // MARK: Tokens

    private mutating func tokenize() -> Bool {
        var index = 0
        while index < text.count {
            guard let token = text[index] == UInt8(ascii: "<") ? markup(at: index) : words(at: index) else {
                return false
            }
            tokens.append(token)
            index = token.range.upperBound
        }
        return true
    }

    private func words(at start: Int) -> Token {
        let end = text[start...].firstIndex(of: UInt8(ascii: "<")) ?? text.count
        return Token(kind: text[start..<end].allSatisfy(\.isHTMLSpace) ? .blank : .text, range: start..<end)
    }

    private func markup(at start: Int) -> Token? {
        let rest = text[start...]
        for (mark, end, kind) in [("<!--", "-->", Kind.other), ("<![CDATA[", "]]>", .text), ("<?", "?>", .other)]
        where rest.starts(with: mark.utf8) {
            return find(end, from: start + mark.utf8.count).map { Token(kind: kind, range: start..<$0) }
        }
        guard let end = endOfTag(from: start) else { return nil }
        let tag = text[start..<end]
        switch tag[start + 1] {
        case UInt8(ascii: "!"): return tag.contains(UInt8(ascii: "[")) ? nil : Token(kind: .other, range: start..<end)
        case UInt8(ascii: "/"): return Token(kind: .end, range: start..<end)
        default:
            return Token(kind: tag[end - 2] == UInt8(ascii: "/") ? .empty : .start, range: start..<end)
        }
    }

    /// - Returns: where the text goes on behind a mark.
    private func find(_ mark: String, from start: Int) -> Int? {
        guard let first = mark.utf8.first else { return nil }
        var index = start
        while let next = text[min(index, text.count)...].firstIndex(of: first) {
            if text[next...].starts(with: mark.utf8) { return next + mark.utf8.count }
            index = next + 1
        }
        return nil
    }

    private func endOfTag(from start: Int) -> Int? {
        var quote: UInt8?
        for index in (start + 1)..<text.count {
            let byte = text[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return index - start < 2 ? nil : index + 1
            } else if byte == UInt8(ascii: "<") {
                return nil
            }
        }
        return nil
    }

    // MARK: Elements

    private func name(_ token: Token, from offset: Int) -> ArraySlice<UInt8> {
        text[(token.range.lowerBound + offset)..<token.range.upperBound]
            .prefix { !$0.isHTMLSpace && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "/") }
    }

    /// Finds which elements have text in them, also deeper within, where white space may mean something.
    /// - Returns: whether every element ends.
    private mutating func findText() -> Bool {
        var open: [Int] = []
        // Where an element began or ended last.
        var lastTag: Int?
        for index in tokens.indices {
            switch tokens[index].kind {
            case .start:
                guard open.count < Self.maximumDepth else { return false }
                tokens[index].isOpen = !text[tokens[index].range].hasSpaceAttribute
                open.append(index)
                lastTag = index
            case .end:
                guard let start = open.popLast(), name(tokens[start], from: 1) == name(tokens[index], from: 2) else {
                    return false
                }
                // White space in an element without elements is what it has for text.
                if lastTag == start, tokens[start..<index].contains(where: { $0.kind == .blank }) {
                    tokens[start].isOpen = false
                }
                lastTag = index
            case .text:
                guard let last = open.last else { return false }
                tokens[last].isOpen = false
            case .empty: lastTag = index
            case .other, .blank: break
            }
        }
        return open.isEmpty
    }

    // MARK: Lines

    private func written(limit: Int) -> [UInt8]? {
        var (output, depth): ([UInt8], Int) = ([], 0)
        output.reserveCapacity(text.count + text.count / 4)
        // Depth of the outermost element whose content stays as it is.
        var closed: Int?
        var isEmpty = false
        for token in tokens {
            guard output.count <= limit else { return nil }
            if token.kind == .end { depth -= 1 }
            let isKept = closed != nil
            if token.kind == .end, closed == depth { closed = nil }
            if !isKept {
                if token.kind == .blank { continue }
                let followsStart = token.kind == .end && isEmpty
                if !output.isEmpty, !followsStart { breakLine(&output, depth) }
            }
            output += text[token.range]
            isEmpty = token.kind == .start
            if token.kind == .start {
                if closed == nil, !token.isOpen { closed = depth }
                depth += 1
            }
        }
        output.append(10)
        return output.count <= limit ? output : nil
    }

    private func breakLine(_ output: inout [UInt8], _ depth: Int) {
        output.append(10)
        output += [UInt8](repeating: 32, count: 2 * min(max(depth, 0), Self.maximumIndentation))
    }
}

extension ArraySlice<UInt8> {
    /// Whether a tag says something of the white space in its element.
    fileprivate var hasSpaceAttribute: Bool {
        var rest = self
        while let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            if self[(colon + 1)...].starts(with: "space".utf8) { return true }
            rest = self[(colon + 1)...]
        }
        return false
    }
}
