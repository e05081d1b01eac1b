// SPDX-License-Identifier: Apache-2.0

/// Named classes of characters, from what the standard library knows of Unicode.
enum UnicodeClass {
    static let digits = made { $0.generalCategory == .decimalNumber }
    static let spaces = made { $0.isWhitespace }
    /// UTS 18, Annex C: alphabetic, marks, decimal numbers, connector punctuation, join controls.
    static let words = made { properties in
        if properties.isAlphabetic || properties.isJoinControl { return true }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
        default: return false
        }
    }

    /// The class that `\p{…}` names; nil for an unknown name.
    static func named(_ name: String) -> ScalarSet? {
        let key = String(name.lowercased().unicodeScalars.filter { $0 != "_" && $0 != "-" && $0 != " " })
        let value = key.split(separator: "=", maxSplits: 1).map(String.init)
        if value.count == 2 {
            switch value[0] {
            case "gc", "generalcategory": return category(value[1])
            case "sc", "script", "scx", "scriptextensions": return script(value[1])
            default: return nil
            }
        }
        return category(key) ?? property(key) ?? script(key)
    }

    /// `[[:name:]]`, which is ASCII.
    static func posix(_ name: String) -> ScalarSet? {
        let letters: [ClosedRange<UInt32>] = [0x41...0x5A, 0x61...0x7A]
        switch name {
        case "alpha": return ScalarSet(letters)
        case "digit": return ScalarSet([0x30...0x39])
        case "alnum": return ScalarSet(letters + [0x30...0x39])
        case "word": return ScalarSet(letters + [0x30...0x39, 0x5F...0x5F])
        case "upper": return ScalarSet([0x41...0x5A])
        case "lower": return ScalarSet([0x61...0x7A])
        case "space": return ScalarSet([9...13, 32...32])
        case "blank": return ScalarSet([9...9, 32...32])
        case "punct": return ScalarSet([33...47, 58...64, 91...96, 123...126])
        case "cntrl": return ScalarSet([0...31, 127...127])
        case "xdigit": return ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
        case "graph": return ScalarSet([33...126])
        case "print": return ScalarSet([32...126])
        case "ascii": return ScalarSet([0...127])
        default: return nil
        }
    }

    private static func made(_ isMember: (Unicode.Scalar.Properties) -> Bool) -> ScalarSet {
        var (ranges, start): ([ClosedRange<UInt32>], UInt32?) = ([], nil)
        // Nothing is assigned between the third plane's ideographs and the tags.
        for part in [UInt32(0)...0xD7FF, 0xE000...0x3FFFF, 0xE0000...0x10FFFF] {
            for value in part {
                // Private use planes are one of a kind.
                if value > 0xE0FFF, value != 0xF0000, value != 0x100000 { continue }
                let isIn = Unicode.Scalar(value).map { isMember($0.properties) } ?? false
                if isIn, start == nil { start = value }
                if !isIn, let first = start {
                    ranges.append(first...value - 1)
                    start = nil
                }
            }
            if let first = start {
                ranges.append(first...part.upperBound)
                start = nil
            }
        }
        return ScalarSet(ranges)
    }

    private static let categories: [String: [Unicode.GeneralCategory]] = {
        let groups: [(String, String, [(String, String, Unicode.GeneralCategory)])] = [
            (
                "l", "letter",
                [
                    ("lu", "uppercaseletter", .uppercaseLetter), ("ll", "lowercaseletter", .lowercaseLetter),
                    ("lt", "titlecaseletter", .titlecaseLetter), ("lm", "modifierletter", .modifierLetter),
                    ("lo", "otherletter", .otherLetter),
                ]
            ),
            (
                "m", "mark",
                [
                    ("mn", "nonspacingmark", .nonspacingMark), ("mc", "spacingmark", .spacingMark),
                    ("me", "enclosingmark", .enclosingMark),
                ]
            ),
            (
                "n", "number",
                [
                    ("nd", "decimalnumber", .decimalNumber), ("nl", "letternumber", .letterNumber),
                    ("no", "othernumber", .otherNumber),
                ]
            ),
            (
                "p", "punctuation",
                [
                    ("pc", "connectorpunctuation", .connectorPunctuation), ("pd", "dashpunctuation", .dashPunctuation),
                    ("ps", "openpunctuation", .openPunctuation), ("pe", "closepunctuation", .closePunctuation),
                    ("pi", "initialpunctuation", .initialPunctuation),
                    ("pf", "finalpunctuation", .finalPunctuation), ("po", "otherpunctuation", .otherPunctuation),
                ]
            ),
            (
                "s", "symbol",
                [
                    ("sm", "mathsymbol", .mathSymbol), ("sc", "currencysymbol", .currencySymbol),
                    ("sk", "modifiersymbol", .modifierSymbol), ("so", "othersymbol", .otherSymbol),
                ]
            ),
            (
                "z", "separator",
                [
                    ("zs", "spaceseparator", .spaceSeparator), ("zl", "lineseparator", .lineSeparator),
                    ("zp", "paragraphseparator", .paragraphSeparator),
                ]
            ),
            (
                "c", "other",
                [
                    ("cc", "control", .control), ("cf", "format", .format), ("co", "privateuse", .privateUse),
                ]
            ),
        ]
        var table: [String: [Unicode.GeneralCategory]] = [:]
        for (short, long, members) in groups {
            table[short] = members.map(\.2)
            table[long] = members.map(\.2)
            for (short, long, category) in members {
                table[short] = [category]
                table[long] = [category]
            }
        }
        return table
    }()

    private static func category(_ name: String) -> ScalarSet? {
        guard let wanted = categories[name] else { return nil }
        return made { wanted.contains($0.generalCategory) }
    }

    private static func property(_ name: String) -> ScalarSet? {
        switch name {
        case "any": .all
        case "ascii": ScalarSet([0...127])
        case "alphabetic", "alpha": made { $0.isAlphabetic }
        case "uppercase", "upper": made { $0.isUppercase }
        case "lowercase", "lower": made { $0.isLowercase }
        case "whitespace", "space": spaces
        case "ideographic": made { $0.isIdeographic }
        case "emoji": made { $0.isEmoji }
        case "hexdigit": made { $0.isHexDigit }
        case "math": made { $0.isMath }
        case "dash": made { $0.isDash }
        default: nil
        }
    }

    /// The scripts that are asked for; by their blocks, of which only what is assigned counts.
    private static func script(_ name: String) -> ScalarSet? {
        guard let blocks = scripts[name] else { return nil }
        let letters = made { $0.isAlphabetic || $0.isIdeographic || $0.generalCategory == .nonspacingMark }
        return ScalarSet(blocks).intersection(letters)
    }

    private static let scripts: [String: [ClosedRange<UInt32>]] = {
        let table: [(String, String, [ClosedRange<UInt32>])] = [
            (
                "latin", "latn",
                [
                    0x41...0x5A, 0x61...0x7A, 0xAA...0xAA, 0xBA...0xBA, 0xC0...0x2B8, 0x1E00...0x1EFF,
                    0x2071...0x209C, 0x212A...0x212B, 0x2C60...0x2C7F, 0xA722...0xA7FF, 0xAB30...0xAB64,
                    0xFB00...0xFB06, 0xFF21...0xFF3A, 0xFF41...0xFF5A,
                ]
            ),
            ("greek", "grek", [0x370...0x3E1, 0x3F0...0x3FF, 0x1F00...0x1FFF]),
            ("cyrillic", "cyrl", [0x400...0x52F, 0x1C80...0x1C8A, 0x2DE0...0x2DFF, 0xA640...0xA69F]),
            ("armenian", "armn", [0x531...0x58F, 0xFB13...0xFB17]),
            ("hebrew", "hebr", [0x591...0x5F4, 0xFB1D...0xFB4F]),
            ("arabic", "arab", [0x600...0x6FF, 0x750...0x77F, 0x8A0...0x8FF, 0xFB50...0xFDFF, 0xFE70...0xFEFC]),
            ("devanagari", "deva", [0x900...0x97F, 0xA8E0...0xA8FF]), ("bengali", "beng", [0x980...0x9FE]),
            ("tamil", "taml", [0xB80...0xBFA]), ("thai", "thai", [0xE01...0xE3A, 0xE40...0xE5B]),
            ("georgian", "geor", [0x10A0...0x10FF, 0x1C90...0x1CBF, 0x2D00...0x2D2D]),
            ("hangul", "hang", [0x1100...0x11FF, 0x3131...0x318E, 0xA960...0xA97C, 0xAC00...0xD7FB]),
            ("hiragana", "hira", [0x3041...0x3096, 0x309D...0x309F, 0x1B001...0x1B11F]),
            ("katakana", "kana", [0x30A1...0x30FA, 0x30FD...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9D]),
            (
                "han", "hani",
                [
                    0x2E80...0x2FD5, 0x3005...0x3007, 0x3021...0x3029, 0x3400...0x9FFF, 0xF900...0xFAD9,
                    0x20000...0x323AF,
                ]
            ),
        ]
        var scripts: [String: [ClosedRange<UInt32>]] = [:]
        for (long, short, blocks) in table {
            scripts[long] = blocks
            scripts[short] = blocks
        }
        return scripts
    }()
}
