// SPDX-License-Identifier: Apache-2.0

/// The lists of a document (§17.9), and where each of them is at the moment.
struct WordNumbering {
    private struct Level {
        var format = "decimal"
        var start = 1
        var text = ""
        var isStated = false
    }

    private struct List {
        var definition: String?
        /// Where it begins anew, by level.
        var starts: [Int: Int] = [:]
    }

    private var definitions: [String: [Int: Level]] = [:]
    private var lists: [Int: List] = [:]
    /// Definitions that stand under the name of a style, and those that refer to one.
    private var named: [String: String] = [:]
    private var references: [String: String] = [:]
    /// By definition: lists of the same one go on from each other.
    private var counters: [String: [Int]] = [:]
    private var begun: Set<[Int]> = []

    static let levels = 9

    typealias ListMark = DocumentWriter.ListMark

    init() {}

    init(_ xml: inout XMLReader) throws(XMLError) {
        var (definition, list, level): (String?, Int?, Int) = (nil, nil, 0)
        var current = Level()
        while let event = try xml.next() {
            let value = xml.string("w:val")
            switch event {
            case .start("w:abstractNum"): definition = xml.string("w:abstractNumId")
            case .end("w:abstractNum"): definition = nil
            case .start("w:num"):
                list = xml.string("w:numId").flatMap { Int($0) }
                if let list { lists[list] = List() }
            case .end("w:num"): list = nil
            case .start("w:abstractNumId"): if let list { lists[list]?.definition = value }
            case .start("w:lvlOverride"), .start("w:lvl"):
                level = xml.string("w:ilvl").flatMap { Int($0) } ?? 0
                current = Level()
            case .start("w:startOverride"):
                if let list, let value { lists[list]?.starts[level] = Int(value) }
            case .start("w:start"): current.start = value.flatMap { Int($0) } ?? 1
            case .start("w:numFmt"): current.format = value ?? current.format
            case .start("w:lvlText"):
                current.text = String((value ?? "").prefix(64))
                current.isStated = true
            case .end("w:lvl"): if let definition { definitions[definition, default: [:]][level] = current }
            case .start("w:styleLink"): if let definition, let value { named[value] = definition }
            case .start("w:numStyleLink"): if let definition, let value { references[definition] = value }
            default: break
            }
        }
    }

    private func definition(of list: Int) -> String? {
        guard let id = lists[list]?.definition else { return nil }
        return references[id].flatMap { named[$0] } ?? id
    }

    /// Counts the next paragraph of a list.
    /// - Returns: its mark; nil where it has none that can be seen.
    mutating func next(_ list: Int, level: Int) -> ListMark? {
        guard let id = definition(of: list), (0..<Self.levels).contains(level) else { return .bullet }
        let description = definitions[id]?[level] ?? Level()
        var counts = counters[id] ?? (0..<Self.levels).map { (definitions[id]?[$0]?.start ?? 1) &- 1 }
        if let start = lists[list]?.starts[level], begun.insert([list, level]).inserted { counts[level] = start &- 1 }
        counts[level] = min(max(counts[level], -1), 1 << 30) + 1
        for deeper in (level + 1)..<max(level + 1, Self.levels) {
            counts[deeper] = (definitions[id]?[deeper]?.start ?? 1) &- 1
        }
        counters[id] = counts
        switch description.format {
        // An item may have several paragraphs, of which only the first has a mark that can be seen.
        case "bullet":
            return description.text.utf8.allSatisfy { $0 <= 32 } && description.isStated ? ListMark.none : .bullet
        case "none": return nil
        default: return description.text.isEmpty ? nil : .number(counts[level])
        }
    }

    /// What stands before the paragraph that was counted last: `2.1` before a heading.
    func label(_ list: Int, level: Int) -> String? {
        guard let id = definition(of: list), let counts = counters[id], let description = definitions[id]?[level],
            description.format != "bullet", description.format != "none"
        else { return nil }
        var (label, isPlace) = ("", false)
        for character in description.text {
            if isPlace, let place = character.wholeNumberValue, (1...Self.levels).contains(place) {
                let format = definitions[id]?[place - 1]?.format ?? "decimal"
                label += Self.number(max(counts[place - 1], 1), format)
            } else if character != "%" {
                label.append(character)
            }
            isPlace = character == "%"
        }
        return label.isEmpty ? nil : label
    }

    private static func number(_ value: Int, _ format: String) -> String {
        switch format {
        case "upperLetter", "lowerLetter":
            let letter = String(UnicodeScalar(UInt8(65 + (value - 1) % 26)))
            let letters = String(repeating: letter, count: min((value - 1) / 26 + 1, 8))
            return format == "upperLetter" ? letters : letters.lowercased()
        case "upperRoman": return roman(value)
        case "lowerRoman": return roman(value).lowercased()
        default: return String(value)
        }
    }

    private static func roman(_ value: Int) -> String {
        guard value < 4000 else { return String(value) }
        let signs = [
            (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
            (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
        ]
        var (rest, text) = (value, "")
        for (worth, sign) in signs {
            while rest >= worth {
                text += sign
                rest -= worth
            }
        }
        return text
    }
}
