// SPDX-License-Identifier: Apache-2.0

/// A block of raw HTML in Markdown (CommonMark 0.31.2 §4.6), known by how it begins; what it needs to end follows
/// from that. Kind 7, any lone tag, counts as text here: no heading hides in it.
enum HTMLBlock {
    /// Kind 1, to the closing tag of any of these.
    case raw
    case comment
    case instruction
    case declaration
    case characterData
    /// Kind 6, to the next blank line.
    case element

    init?(opening content: Range<Int>, of bytes: [UInt8]) {
        let start = content.lowerBound
        guard bytes[start] == 60, content.count > 1 else { return nil }
        if bytes.has("<!--", at: start, in: content) {
            self = .comment
        } else if bytes.has("<![cdata[", at: start, in: content) {
            self = .characterData
        } else if bytes[start + 1] == 63 {
            self = .instruction
        } else if bytes[start + 1] == 33, content.count > 2, bytes[start + 2].isLetter {
            self = .declaration
        } else if let name = Self.tagName(content, bytes) {
            let isClosing = bytes[start + 1] == 47
            if !isClosing, ["script", "pre", "style", "textarea"].contains(name) {
                self = .raw
            } else if Self.elements.contains(name) {
                self = .element
            } else {
                return nil
            }
        } else {
            return nil
        }
    }

    /// Whether the block ends with this line.
    func isClosed(by content: Range<Int>, of bytes: [UInt8]) -> Bool {
        switch self {
        case .raw:
            bytes.contains("</script>", in: content) || bytes.contains("</pre>", in: content)
                || bytes.contains("</style>", in: content) || bytes.contains("</textarea>", in: content)
        case .comment: bytes.contains("-->", in: content)
        case .instruction: bytes.contains("?>", in: content)
        case .declaration: bytes.contains(">", in: content)
        case .characterData: bytes.contains("]]>", in: content)
        case .element: content.isEmpty
        }
    }

    private static func tagName(_ content: Range<Int>, _ bytes: [UInt8]) -> String? {
        let start = content.lowerBound + (bytes[content.lowerBound + 1] == 47 ? 2 : 1)
        var end = start
        while end < content.upperBound, bytes[end].isLetter || bytes[end].isDigit, end - start < 12 { end += 1 }
        guard end > start else { return nil }
        if end < content.upperBound, !bytes[end].isBlank, bytes[end] != 62, bytes[end] != 47 { return nil }
        return String(decoding: bytes[start..<end].map(\.lowercased), as: UTF8.self)
    }

    private static let elements = Set(
        """
        address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt \
        fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link \
        main menu menuitem nav noframes ol optgroup option p param search section summary table tbody td tfoot th thead \
        title tr track ul
        """.split(separator: " ").map(String.init))
}
