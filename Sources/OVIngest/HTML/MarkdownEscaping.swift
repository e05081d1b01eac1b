// SPDX-License-Identifier: Apache-2.0

/// Puts backslashes before what is text in the page and would be a mark in Markdown (CommonMark 0.31.2 and GFM), and
/// before nothing else: a lone asterisk, an underscore in a name, a bracket without an address are read as they are.
struct MarkdownEscaping {
    var isInLink = false
    private let isInCell: Bool
    /// Whether there are other marks of the kind that one could be paired with.
    private let pairsBackticks: Bool
    private let pairsStars: Bool
    private let pairsUnderscores: Bool
    private let pairsTildes: Bool

    init(_ run: InlineRun, isInCell: Bool) {
        self.isInCell = isInCell
        var (ticks, stars, underscores, tildes) = (0, 0, 0, 0)
        for piece in run.pieces {
            if piece.kind == .verbatim { ticks += 2 }
            if piece.marks.style.contains(.strong) || piece.marks.style.contains(.emphasis) { stars += 2 }
            if piece.marks.style.contains(.strikethrough) { tildes += 2 }
            guard piece.kind == .text else { continue }
            for byte in run.buffer[piece.range] {
                switch byte {
                case UInt8(ascii: "`"): ticks += 1
                case UInt8(ascii: "*"): stars += 1
                case UInt8(ascii: "_"): underscores += 1
                case UInt8(ascii: "~"): tildes += 1
                default: break
                }
            }
        }
        (pairsBackticks, pairsStars, pairsUnderscores, pairsTildes) = (
            ticks > 1, stars > 1, underscores > 1, tildes > 1
        )
    }

    /// - Parameter next: the first byte after the text; 0 when nothing comes.
    func append(_ text: ArraySlice<UInt8>, to output: inout [UInt8], next: UInt8, isLineStart: Bool) {
        var index = text.startIndex
        let isFurtherLine = isLineStart && !output.isEmpty
        if isLineStart, let marked = Self.blockMark(in: text, next: next, isFurtherLine: isFurtherLine) {
            output += text[index..<marked]
            output.append(UInt8(ascii: "\\"))
            output.append(text[marked])
            index = marked + 1
        }
        while index < text.endIndex {
            let byte = text[index]
            if byte.isMarkdownPunctuation {
                let before = index > text.startIndex ? text[index - 1] : output.last ?? 32
                let after = index + 1 < text.endIndex ? text[index + 1] : next
                // A backslash at the end stands before a mark, if before anything.
                let isLast = byte == UInt8(ascii: "\\") && index + 1 == text.endIndex
                if isLast || isMark(byte, before: before, after: after, text[(index + 1)...]) {
                    output.append(UInt8(ascii: "\\"))
                }
            }
            output.append(byte)
            index += 1
        }
    }

    private func isMark(_ byte: UInt8, before: UInt8, after: UInt8, _ rest: ArraySlice<UInt8>) -> Bool {
        switch byte {
        case UInt8(ascii: "\\"): return after.isMarkdownPunctuation || after == 10 || after == 0
        case UInt8(ascii: "`"): return pairsBackticks
        case UInt8(ascii: "*"): return pairsStars && !(Self.isSpace(before) && Self.isSpace(after))
        case UInt8(ascii: "_"):
            if Self.isWord(before) && Self.isWord(after) { return false }
            return pairsUnderscores && !(Self.isSpace(before) && Self.isSpace(after))
        case UInt8(ascii: "~"): return pairsTildes && (after == byte || before == byte || !Self.isSpace(before))
        case UInt8(ascii: "["): return isInLink
        case UInt8(ascii: "]"): return isInLink || after == UInt8(ascii: "(") || after == UInt8(ascii: "[")
        case UInt8(ascii: "!"): return after == UInt8(ascii: "[")
        case UInt8(ascii: "<"):
            return after.isLetter || after == UInt8(ascii: "/") || after == UInt8(ascii: "!")
                || after == UInt8(ascii: "?")
        case UInt8(ascii: "&"): return Self.isReference(rest)
        case UInt8(ascii: "|"): return isInCell
        default: return false
        }
    }

    /// Whether a line is that of dashes below the header of a table (GFM §4.10), as far as its bytes go.
    private static func isDelimiterRow(_ line: ArraySlice<UInt8>) -> Bool {
        line.contains(UInt8(ascii: "-")) && line.allSatisfy { $0 == 32 || "|:-".utf8.contains($0) }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte <= 32 }

    /// A letter or digit, or part of any character beyond ASCII.
    private static func isWord(_ byte: UInt8) -> Bool { byte.isAlphanumeric || byte >= 0x80 }

    /// Whether what stands behind an ampersand makes it a character reference.
    private static func isReference(_ rest: ArraySlice<UInt8>) -> Bool {
        guard let first = rest.first, first.isAlphanumeric || first == UInt8(ascii: "#") else { return false }
        let end = rest.dropFirst().prefix(32).firstIndex { !$0.isAlphanumeric }
        return end.map { rest[$0] == UInt8(ascii: ";") } ?? false
    }

    /// Where a backslash must stand so that a line is no heading, item, quote, fence, rule or definition, and does not
    /// make a table of the line before it.
    private static func blockMark(in text: ArraySlice<UInt8>, next: UInt8, isFurtherLine: Bool) -> Int? {
        guard let first = text.first else { return nil }
        let start = text.startIndex
        if isFurtherLine, isSpace(next), isDelimiterRow(text) { return start }
        func byte(_ index: Int) -> UInt8 { index < text.endIndex ? text[index] : next }
        switch first {
        case UInt8(ascii: "#"):
            let end = text.firstIndex { $0 != first } ?? text.endIndex
            return end - start <= 6 && isSpace(byte(end)) ? start : nil
        case UInt8(ascii: ">"): return start
        case UInt8(ascii: "+"), UInt8(ascii: ":"): return isSpace(byte(start + 1)) ? start : nil
        case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "="):
            if first == UInt8(ascii: "-") || first == UInt8(ascii: "*"), isSpace(byte(start + 1)) { return start }
            return text.allSatisfy { $0 == first || $0 == 32 } && isSpace(next) ? start : nil
        case UInt8(ascii: "`"), UInt8(ascii: "~"):
            return text.count >= 3 && text.prefix(3).allSatisfy { $0 == first } ? start : nil
        case UInt8(ascii: "["):
            return text.prefix(1000).firstIndex(of: UInt8(ascii: "]")).map { byte($0 + 1) == UInt8(ascii: ":") } == true
                ? start : nil
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            let end = text.firstIndex { !$0.isDigit } ?? text.endIndex
            guard end - start <= 9, end < text.endIndex else { return nil }
            guard text[end] == UInt8(ascii: ".") || text[end] == UInt8(ascii: ")") else { return nil }
            return isSpace(byte(end + 1)) ? end : nil
        default: return nil
        }
    }
}
