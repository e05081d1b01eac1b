// SPDX-License-Identifier: Apache-2.0

/// The text of one paragraph, heading or cell, with what is emphasised or a link in it, before it becomes Markdown.
///
/// White space is collapsed on the way in, as browsers do it. What lies between two differently marked words has only
/// the marks of both, so that no mark stands beside a blank on its inner side, where Markdown takes it for text.
struct InlineRun {
    struct Style: OptionSet, Hashable {
        let rawValue: UInt8

        static let strong = Style(rawValue: 1)
        static let emphasis = Style(rawValue: 2)
        static let strikethrough = Style(rawValue: 4)

        static let all: [Style] = [.strong, .emphasis, .strikethrough]
    }

    struct Marks: Hashable {
        var style: Style = []
        /// Which link it is part of; 0 for none.
        var link = 0

        func shared(with other: Marks) -> Marks {
            Marks(style: style.intersection(other.style), link: link == other.link ? link : 0)
        }
    }

    enum Kind: Hashable {
        case text
        /// Markdown already: code, an image, a formula.
        case verbatim
        case lineBreak
    }

    struct Piece: Hashable {
        let kind: Kind
        var range: Range<Int>
        var marks: Marks
    }

    private(set) var buffer: [UInt8] = []
    var pieces: [Piece] = []
    private var isSpacePending = false
    private var areBreaksPending = 0

    /// Whether there is nothing in it that a reader would see.
    var isEmpty: Bool { pieces.isEmpty }

    /// How many line breaks came last.
    var pendingBreaks: Int { areBreaksPending }

    /// Whether white space came last, or nothing yet.
    var endsInSpace: Bool { isEmpty || isSpacePending || areBreaksPending > 0 }

    mutating func addBreak() {
        if !isEmpty { areBreaksPending += 1 }
    }

    mutating func addSpace() { isSpacePending = true }

    /// Text as it stands in the page.
    mutating func add(text: ArraySlice<UInt8>, _ marks: Marks) {
        var start = text.startIndex
        var index = start
        while index < text.endIndex {
            let gap = Self.gap(in: text, at: index)
            guard gap.bytes > 0 else {
                index += 1
                continue
            }
            append(text[start..<index], .text, marks)
            if gap.isSpace { isSpacePending = true }
            index += gap.bytes
            start = index
        }
        append(text[start...], .text, marks)
    }

    mutating func add(verbatim: some RandomAccessCollection<UInt8>, _ marks: Marks) {
        append(verbatim, .verbatim, marks)
    }

    /// White space, also such that does not break, and characters that nobody sees but that break words in two for
    /// whoever searches: soft hyphen, zero width space, byte order mark.
    private static func gap(in text: ArraySlice<UInt8>, at index: Int) -> (bytes: Int, isSpace: Bool) {
        let byte = text[index]
        if byte <= 32 || byte == 127 { return (1, true) }
        guard byte == 0xC2 || byte == 0xE2 || byte == 0xEF else { return (0, false) }
        let rest = text[index...]
        if rest.starts(with: [0xC2, 0xA0]) { return (2, true) }
        if rest.starts(with: [0xC2, 0xAD]) { return (2, false) }
        if rest.starts(with: [0xE2, 0x80, 0x8B]) || rest.starts(with: [0xEF, 0xBB, 0xBF]) { return (3, false) }
        // Line and paragraph separators.
        if rest.starts(with: [0xE2, 0x80, 0xA8]) || rest.starts(with: [0xE2, 0x80, 0xA9]) { return (3, true) }
        return (0, false)
    }

    private mutating func append(_ bytes: some RandomAccessCollection<UInt8>, _ kind: Kind, _ marks: Marks) {
        guard !bytes.isEmpty else { return }
        if let last = pieces.last {
            let between = last.marks.shared(with: marks)
            if areBreaksPending > 0 {
                pieces.append(Piece(kind: .lineBreak, range: buffer.count..<buffer.count, marks: between))
            } else if isSpacePending {
                put([32], .text, between)
            }
        }
        (isSpacePending, areBreaksPending) = (false, 0)
        put(bytes, kind, marks)
    }

    /// Keeps a span of code for a piece that takes the place of others.
    mutating func append(code span: [UInt8], _ marks: Marks) -> Piece {
        let start = buffer.count
        buffer += span
        return Piece(kind: .verbatim, range: start..<buffer.count, marks: marks)
    }

    private mutating func put(_ bytes: some RandomAccessCollection<UInt8>, _ kind: Kind, _ marks: Marks) {
        let start = buffer.count
        buffer += bytes
        if kind == .text, let last = pieces.last, last.kind == .text, last.marks == marks {
            pieces[pieces.count - 1].range = last.range.lowerBound..<buffer.count
        } else {
            pieces.append(Piece(kind: kind, range: start..<buffer.count, marks: marks))
        }
    }
}
