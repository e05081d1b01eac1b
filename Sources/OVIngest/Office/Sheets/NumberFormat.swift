// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How a number is shown (§18.8.31), as far as that decides what it is: a date, a percentage, so many decimals.
struct NumberFormat: Hashable {
    enum Kind: Hashable {
        case general
        case decimals(Int, isPercentage: Bool)
        case date(hasTime: Bool, hasSeconds: Bool)
        case time(hasSeconds: Bool)
        /// Hours that do not end with the day.
        case duration
    }

    var kind = Kind.general
    var prefix = ""
    var suffix = ""

    init() {}

    /// The formats that need no code (§18.8.30).
    init?(builtIn id: Int) {
        switch id {
        case 0, 11, 12, 13, 48, 49: kind = .general
        case 1, 3, 37, 38, 41, 42: kind = .decimals(0, isPercentage: false)
        case 2, 4, 39, 40, 43, 44: kind = .decimals(2, isPercentage: false)
        case 9: kind = .decimals(0, isPercentage: true)
        case 10: kind = .decimals(2, isPercentage: true)
        case 14...17, 27...31, 36, 50...54, 57, 58: kind = .date(hasTime: false, hasSeconds: false)
        case 18, 20, 32, 34, 55: kind = .time(hasSeconds: false)
        case 19, 21, 33, 35, 45, 47, 56: kind = .time(hasSeconds: true)
        case 22: kind = .date(hasTime: true, hasSeconds: false)
        case 46: kind = .duration
        default: return nil
        }
        if id == 9 || id == 10 { suffix = "%" }
    }

    init(code: String) {
        var reader = NumberFormatCode()
        reader.read(code)
        kind = reader.kind
        guard case .decimals = kind else { return }
        (prefix, suffix) = (reader.prefix.trimmed, reader.suffix.trimmedAtEnd)
    }

    /// - Parameter value: a decimal number as XML has it.
    func text(of value: [UInt8], isFrom1904: Bool) -> [UInt8] {
        if kind == .general, value.count <= 15, value.allSatisfy({ $0.isDigit || $0 == 45 || $0 == 46 }) {
            return value
        }
        guard let number = Double(String(decoding: value, as: UTF8.self)), number.isFinite else { return value }
        switch kind {
        case .general: return Self.shortest(number)
        case .decimals(let count, let isPercentage):
            let sign = number < 0 ? "-" : ""
            let digits = Self.printed("%.\(min(count, 15))f", abs(isPercentage ? number * 100 : number))
            return Array((sign + prefix).utf8) + digits + Array(suffix.utf8)
        case .date(let hasTime, let hasSeconds):
            return SheetDate(number, isFrom1904: isFrom1904)?.text(
                hasDate: true, hasTime: hasTime, hasSeconds: hasSeconds) ?? Self.shortest(number)
        case .time(let hasSeconds):
            // The day that is counted from is none that is meant.
            return SheetDate(number, isFrom1904: isFrom1904)?.text(
                hasDate: number >= 1, hasTime: true, hasSeconds: hasSeconds) ?? Self.shortest(number)
        case .duration: return Self.duration(number)
        }
    }

    /// What of a number can be meant: the last of its 17 digits comes from counting in twos.
    private static func shortest(_ number: Double) -> [UInt8] { printed("%.15g", number) }

    private static func printed(_ format: String, _ number: Double) -> [UInt8] {
        withVaList([number]) { arguments in
            [UInt8](unsafeUninitializedCapacity: 400) { buffer, count in
                let written = buffer.withMemoryRebound(to: CChar.self) {
                    vsnprintf($0.baseAddress, $0.count, format, arguments)
                }
                count = min(max(0, Int(written)), 399)
            }
        }
    }

    private static func duration(_ number: Double) -> [UInt8] {
        guard abs(number) < 1e8 else { return shortest(number) }
        let seconds = Int((abs(number) * 86_400).rounded())
        let (hours, rest) = (seconds / 3600, seconds % 3600)
        let sign = number < 0 ? "-" : ""
        return Array("\(sign)\(hours):\(SheetDate.two(rest / 60)):\(SheetDate.two(rest % 60))".utf8)
    }
}

extension String {
    fileprivate var trimmed: String { filter { $0 != " " } }

    fileprivate var trimmedAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

/// Reads the first part of a format's code: the others are for negative numbers and zero.
private struct NumberFormatCode {
    private var isDate = false
    private var isTime = false
    private var hasSeconds = false
    private var hasMonthOrMinute = false
    private var isDuration = false
    private var isPlain = true
    private var digits = 0
    private var decimals: Int?
    private var isPercentage = false
    var prefix = ""
    var suffix = ""

    var kind: NumberFormat.Kind {
        if isDuration { return .duration }
        if isDate || hasMonthOrMinute && !isTime { return .date(hasTime: isTime, hasSeconds: hasSeconds) }
        if isTime { return .time(hasSeconds: hasSeconds) }
        guard digits > 0, isPlain else { return .general }
        return .decimals(decimals ?? 0, isPercentage: isPercentage)
    }

    mutating func read(_ code: String) {
        var rest = Array(code.prefix(256))[...]
        while let character = rest.popFirst(), character != ";" {
            switch character {
            case "\"":
                addLiteral(String(rest.prefix { $0 != "\"" }))
                rest = rest.drop { $0 != "\"" }.dropFirst()
            case "\\": addLiteral(rest.popFirst().map { String($0) } ?? "")
            case "_", "*": _ = rest.popFirst()
            case "[":
                readBracket(String(rest.prefix { $0 != "]" }))
                rest = rest.drop { $0 != "]" }.dropFirst()
            case "G", "@", "/": if !isDate { isPlain = false }
            case "E", "e": isPlain = isPlain && !["+", "-"].contains(rest.first)
            case "y", "Y", "d", "D": isDate = true
            case "m", "M": hasMonthOrMinute = true
            case "h", "H": isTime = true
            case "s", "S": (isTime, hasSeconds) = (true, true)
            case "0", "#", "?":
                digits += 1
                if decimals != nil { decimals = (decimals ?? 0) + 1 }
            case ".": decimals = decimals ?? 0
            case "%":
                isPercentage = true
                suffix += "%"
            case "$", "€", "£", "¥", " ": addLiteral(String(character))
            default: break
            }
        }
    }

    private mutating func addLiteral(_ text: String) {
        if digits == 0 { prefix += text } else { suffix += text }
    }

    /// `[h]`, `[$€-407]`, `[Red]`.
    private mutating func readBracket(_ text: String) {
        if text.hasPrefix("$") {
            addLiteral(String(text.dropFirst().prefix { $0 != "-" }))
        } else if let first = text.lowercased().first, "hms".contains(first), text.allSatisfy({ $0 == text.first }) {
            isDuration = true
        }
    }
}
