// SPDX-License-Identifier: Apache-2.0

/// Text as a terminal shows it: how wide it is, how it is shortened, and what must not reach it.
enum DisplayText {
    /// Columns that the text takes.
    static func width(of text: String) -> Int {
        if text.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) { return text.utf8.count }
        return text.reduce(0) { $0 + width(of: $1) }
    }

    /// Two for East Asian wide and emoji, one for all others (Unicode TR 11, in its wide blocks).
    private static func width(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default:
            return scalar.properties.generalCategory == .nonspacingMark ? 0 : 1
        }
    }

    /// The text in at most `width` columns, its end replaced by `…` where it is longer.
    static func shorteningEnd(_ text: String, to width: Int) -> String {
        guard Self.width(of: text) > width else { return text }
        guard width > 0 else { return "" }
        return prefix(of: text, columns: width - 1) + "…"
    }

    /// The text in at most `width` columns, its middle replaced by `…` where it is longer: both ends of an address
    /// tell something.
    static func shorteningMiddle(_ text: String, to width: Int) -> String {
        guard Self.width(of: text) > width else { return text }
        guard width > 2 else { return shorteningEnd(text, to: width) }
        let tail = (width - 1) / 2
        let reversed = prefix(of: String(text.reversed()), columns: tail)
        return prefix(of: text, columns: width - 1 - tail) + "…" + String(reversed.reversed())
    }

    private static func prefix(of text: String, columns: Int) -> String {
        var (taken, used) = ("", 0)
        for character in text {
            used += width(of: character)
            if used > columns { break }
            taken.append(character)
        }
        return taken
    }

    /// One line without anything that a terminal acts on. What lies in a store came from strangers.
    static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        return escaping(text) { isUnsafe($0) }
    }

    /// Lines of text without anything that a terminal acts on, except line ends and tabs.
    static func lines(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        return escaping(text) { isUnsafe($0) && $0 != "\n" && $0 != "\t" }
    }

    /// Control characters, and those that reorder what is shown.
    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<32, 127...159, 0x2028...0x202E, 0x2066...0x2069, 0xE0000...0xE007F: true
        default: false
        }
    }

    private static func escaping(_ text: String, where isUnsafe: (Unicode.Scalar) -> Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case _ where !isUnsafe(scalar): result.unicodeScalars.append(scalar)
            case "\n", "\r", "\t": result.append(" ")
            default: result.append("\u{FFFD}")
            }
        }
        return result
    }
}
