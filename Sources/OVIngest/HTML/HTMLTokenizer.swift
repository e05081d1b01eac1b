// SPDX-License-Identifier: Apache-2.0

/// Cuts a page into tags, text and comments: the tokenization of the WHATWG HTML standard (§13.2.5), on UTF-8.
///
/// The whole page is in memory, so that where the standard has a state for each byte of a construct, this reads the
/// construct at once. No byte is read more often than a constant: what begins like markup and turns out to be text is
/// decided by the few bytes after it. What follows a start tag is the caller's to say, see `switchTo`.
package struct HTMLTokenizer: Sendable {
    /// How the bytes to come are read.
    package enum State: Hashable, Sendable {
        case data
        /// Text with references, up to the end tag: `title`, `textarea`.
        case rcdata
        /// Text without references, up to the end tag: `style`.
        case rawText
        case scriptData
        /// Text to the end of the page.
        case plainText
        case cdata
    }

    /// Where a script is within `<!--` and a further `<script>` in that.
    enum ScriptEscape { case none, escaped, doubleEscaped }

    let input: [UInt8]
    var position = 0
    var state: State
    /// Whose end tag ends raw text.
    var lastStartTag: [UInt8]
    var scriptEscape = ScriptEscape.none
    /// How many dashes stand before the next byte of an escaped script.
    var dashes = 0
    /// Whether `<![CDATA[` begins text: only within SVG and MathML.
    package var allowsCDATA = false

    /// - Parameters:
    ///   - input: the page in UTF-8. Bytes that are not are passed on as they are.
    ///   - lastStartTag: for a page that is read from the middle of an element on.
    package init(_ input: [UInt8], state: State = .data, lastStartTag: String = "") {
        self.input = Self.withPlainLineEnds(input)
        self.state = state
        self.lastStartTag = Array(lastStartTag.utf8)
    }

    /// Says how to read what follows the start tag that was returned last.
    package mutating func switchTo(_ state: State) {
        self.state = state
        (scriptEscape, dashes) = (.none, 0)
    }

    /// The next token; nil at the end of the page.
    package mutating func next() -> HTMLToken? {
        while position < input.count {
            let token =
                switch state {
                case .data: readData()
                case .rcdata: readRawText(decodingReferences: true)
                case .rawText: readRawText(decodingReferences: false)
                case .scriptData: readScript()
                case .plainText: readPlainText()
                case .cdata: readCDATA()
                }
            if let token { return token }
        }
        return nil
    }

    /// CR LF and CR are line feeds.
    private static func withPlainLineEnds(_ input: [UInt8]) -> [UInt8] {
        guard let first = input.firstIndex(of: 13) else { return input }
        var output = Array(input[..<first])
        output.reserveCapacity(input.count)
        var isAfterReturn = false
        for byte in input[first...] {
            if byte == 13 {
                output.append(10)
            } else if byte != 10 || !isAfterReturn {
                output.append(byte)
            }
            isAfterReturn = byte == 13
        }
        return output
    }
}

// MARK: - Text and references

extension HTMLTokenizer {
    static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    func byte(at index: Int) -> UInt8? { index < input.count ? input[index] : nil }

    /// What was read from `start` on; nil when that is nothing.
    func text(from start: Int) -> HTMLToken? { start < position ? .text(input[start..<position]) : nil }

    private mutating func readData() -> HTMLToken? {
        let start = position
        while position < input.count {
            let byte = input[position]
            if byte == UInt8(ascii: "<"), isMarkup(at: position) {
                return text(from: start) ?? readMarkup()
            } else if byte == UInt8(ascii: "&"), let reference = HTMLReference(in: input, at: position) {
                return text(from: start) ?? take(reference)
            }
            position += 1
        }
        return text(from: start)
    }

    /// Whether the `<` at `index` begins a tag, a comment or a DOCTYPE.
    private func isMarkup(at index: Int) -> Bool {
        guard let next = byte(at: index + 1) else { return false }
        if next == UInt8(ascii: "/") { return index + 2 < input.count }
        return next.isLetter || next == UInt8(ascii: "!") || next == UInt8(ascii: "?")
    }

    private mutating func readMarkup() -> HTMLToken? {
        switch input[position + 1] {
        case UInt8(ascii: "!"): return readDeclaration()
        case UInt8(ascii: "?"): return readBogusComment(from: position + 1)
        case UInt8(ascii: "/"):
            let next = input[position + 2]
            if next.isLetter { return readTag(nameStart: position + 2, isEnd: true) }
            if next != UInt8(ascii: ">") { return readBogusComment(from: position + 2) }
            position += 3
            return nil
        default: return readTag(nameStart: position + 1, isEnd: false)
        }
    }

    private mutating func take(_ reference: HTMLReference) -> HTMLToken {
        position = reference.end
        return .text(reference.utf8[...])
    }

    private mutating func readRawText(decodingReferences: Bool) -> HTMLToken? {
        let start = position
        while position < input.count {
            let byte = input[position]
            if byte == UInt8(ascii: "<"), isEndOfRawText(at: position) {
                return text(from: start) ?? readEndOfRawText()
            } else if byte == UInt8(ascii: "&"), decodingReferences,
                let reference = HTMLReference(in: input, at: position)
            {
                return text(from: start) ?? take(reference)
            } else if byte == 0 {
                return text(from: start) ?? replaceByte()
            }
            position += 1
        }
        return text(from: start)
    }

    /// U+FFFD for the zero byte at the position.
    mutating func replaceByte() -> HTMLToken {
        position += 1
        return .text(Self.replacement[...])
    }

    /// Whether the `<` at `index` begins the end tag of the element that is being read.
    func isEndOfRawText(at index: Int) -> Bool {
        guard byte(at: index + 1) == UInt8(ascii: "/"), !lastStartTag.isEmpty else { return false }
        return isTagName(lastStartTag, at: index + 2)
    }

    /// Whether a tag's name, and no longer one, stands at `start`.
    func isTagName(_ name: [UInt8], at start: Int) -> Bool {
        let end = start + name.count
        guard let after = byte(at: end), Self.endsTagName(after) else { return false }
        for (offset, byte) in name.enumerated() where input[start + offset].lowercased != byte { return false }
        return true
    }

    mutating func readEndOfRawText() -> HTMLToken? {
        state = .data
        return readTag(nameStart: position + 2, isEnd: true)
    }

    private mutating func readPlainText() -> HTMLToken? {
        let start = position
        while position < input.count, input[position] != 0 { position += 1 }
        return text(from: start) ?? replaceByte()
    }

    private mutating func readCDATA() -> HTMLToken? {
        let start = position
        while position < input.count {
            if input[position] == UInt8(ascii: "]"), input.hasWord("]]>", at: position) {
                let token = text(from: start)
                position += 3
                state = .data
                return token
            }
            position += 1
        }
        return text(from: start)
    }

    /// Text with U+FFFD for zero bytes.
    func replacingZeros(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard text.contains(0) else { return text }
        var output: [UInt8] = []
        for byte in text {
            if byte == 0 { output += Self.replacement } else { output.append(byte) }
        }
        return output[...]
    }
}
