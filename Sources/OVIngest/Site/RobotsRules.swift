// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// What a site asks of programs that visit it: `robots.txt`, read by RFC 9309.
struct RobotsRules: Sendable {
    /// How many bytes of the file count (RFC 9309 §2.5 asks for 500 KiB at least).
    static let maximumBytes = 500 << 10
    /// By which we are spoken to.
    static let token = "ov"

    private struct Rule: Sendable {
        let isAllowed: Bool
        /// Normalised, without the `$` at the end.
        let pattern: [UInt8]
        let isAnchored: Bool
        let hasWildcard: Bool
        /// Of the rule as it was written; the longest one that fits decides.
        let length: Int
    }

    /// The longest first, and of equal ones those that allow.
    private let rules: [Rule]
    /// How long to wait from one request to the next, as many sites ask for beside the standard.
    let crawlDelay: Milliseconds?
    /// The addresses of sitemaps, for whoever reads the file; as they are written.
    let sitemaps: [String]

    /// Nothing is asked.
    static let allowingAll = RobotsRules([])

    /// Lines that are not understood are passed over; what is said for `ov` counts, else what is said for everyone.
    init(_ bytes: [UInt8]) {
        var reader = Reader()
        for line in Self.lines(of: bytes) { reader.read(line) }
        let group = reader.own ?? reader.general
        rules = group.rules.sorted { one, other in
            one.length == other.length ? one.isAllowed && !other.isAllowed : one.length > other.length
        }
        crawlDelay = group.crawlDelay
        sitemaps = reader.sitemaps
    }

    /// - Parameter target: path and query of a URL.
    func allows(_ target: String) -> Bool {
        let path = Self.normalised(Array(target.utf8)[...])
        var steps = 0
        for rule in rules where Self.matches(rule, path, &steps) { return rule.isAllowed }
        return steps <= Self.maximumSteps
    }

    /// What the stars of all rules may cost for one URL. A file that is made to cost more allows nothing.
    private static let maximumSteps = 4_000_000

    // MARK: Reading

    private struct Group {
        var crawlDelay: Milliseconds?
        var rules: [Rule] = []
    }

    private struct Reader {
        /// What is said for us, in however many groups; nil when nothing is.
        private(set) var own: Group?
        private(set) var general = Group()
        private(set) var sitemaps: [String] = []
        /// For whom the group is that is being read.
        private var isForUs = false
        private var isForAll = false
        /// Whether the line before named somebody, so that another name belongs to the same group.
        private var isNaming = false

        mutating func read(_ line: ArraySlice<UInt8>) {
            let text = line.prefix { $0 != UInt8(ascii: "#") }
            guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return }
            let name = String(decoding: text[..<colon].trimmedHTML().map(\.lowercased), as: UTF8.self)
            let value = text[(colon + 1)...].trimmedHTML()
            switch name {
            case "user-agent": begin(value)
            case "allow", "disallow":
                isNaming = false
                add(isAllowed: name == "allow", value)
            case "crawl-delay":
                isNaming = false
                if let delay = RobotsRules.delay(value) { update { $0.crawlDelay = $0.crawlDelay ?? delay } }
            case "sitemap":
                if sitemaps.count < 1000, !value.isEmpty { sitemaps.append(String(decoding: value, as: UTF8.self)) }
            default: break
            }
        }

        private mutating func begin(_ agent: ArraySlice<UInt8>) {
            if !isNaming { (isForUs, isForAll) = (false, false) }
            isNaming = true
            let token = agent.prefix { $0.isLetter || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
            if token.map(\.lowercased).elementsEqual(RobotsRules.token.utf8) {
                isForUs = true
                own = own ?? Group()
            }
            if agent.elementsEqual("*".utf8) { isForAll = true }
        }

        private mutating func add(isAllowed: Bool, _ value: ArraySlice<UInt8>) {
            guard let first = value.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "*") else { return }
            let rule = RobotsRules.rule(isAllowed: isAllowed, value)
            update { $0.rules.append(rule) }
        }

        private mutating func update(_ change: (inout Group) -> Void) {
            if isForUs, var group = own {
                // Held once, or each rule would copy all before it.
                own = nil
                change(&group)
                own = group
            }
            if isForAll { change(&general) }
        }
    }

    private static func lines(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var text = bytes.prefix(maximumBytes)
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        var lines = text.split { $0 == 10 || $0 == 13 }
        // Half a rule may say the opposite.
        if bytes.count > maximumBytes, !lines.isEmpty { lines.removeLast() }
        return lines
    }

    private static func rule(isAllowed: Bool, _ value: ArraySlice<UInt8>) -> Rule {
        let isAnchored = value.last == UInt8(ascii: "$")
        let pattern = normalised(isAnchored ? value.dropLast() : value)
        return Rule(
            isAllowed: isAllowed, pattern: pattern, isAnchored: isAnchored,
            hasWildcard: pattern.contains(UInt8(ascii: "*")), length: pattern.count + (isAnchored ? 1 : 0))
    }

    /// Seconds, with a fraction perhaps. A day is as long as never.
    private static func delay(_ value: ArraySlice<UInt8>) -> Milliseconds? {
        guard let seconds = Double(String(decoding: value.prefix(16), as: UTF8.self)), seconds >= 0, seconds <= 86_400
        else { return nil }
        return Milliseconds(Int64(seconds * 1000))
    }

    // MARK: Matching

    /// Percent-encoding in one spelling: what needs none has none, everything else has it (RFC 9309 §2.2.2).
    private static func normalised(_ path: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(path.count)
        var index = path.startIndex
        while index < path.endIndex {
            var (byte, length) = (path[index], 1)
            if byte == UInt8(ascii: "%"), index + 2 < path.endIndex {
                let decoded = WebURLReader.percentDecoded(Array(path[index...(index + 2)]))
                if decoded.count == 1 { (byte, length) = (decoded[0], 3) }
            }
            index += length
            let isPlain = length == 1 ? byte > 32 && byte < 127 : byte.isUnreserved
            if isPlain { output.append(byte) } else { output += byte.percentEncoded }
        }
        return output
    }

    private static func matches(_ rule: Rule, _ path: [UInt8], _ steps: inout Int) -> Bool {
        if !rule.hasWildcard {
            return path.starts(with: rule.pattern) && (!rule.isAnchored || path.count == rule.pattern.count)
        }
        let pattern = rule.pattern
        // The last star is the only one that ever needs to be taken back.
        var (at, place, star, resume) = (0, 0, -1, 0)
        while steps <= maximumSteps {
            steps += 1
            if at == pattern.count {
                if !rule.isAnchored || place == path.count { return true }
            } else if pattern[at] == UInt8(ascii: "*") {
                (star, resume) = (at, place)
                at += 1
                continue
            } else if place < path.count, pattern[at] == path[place] {
                at += 1
                place += 1
                continue
            }
            guard star >= 0, resume < path.count else { return false }
            resume += 1
            (at, place) = (star + 1, resume)
        }
        return false
    }
}

extension UInt8 {
    /// RFC 3986 §2.3: what means the same percent-encoded and not.
    var isUnreserved: Bool { isAlphanumeric || "-._~".utf8.contains(self) }

    var percentEncoded: [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(self >> 4)], digits[Int(self & 15)]]
    }
}
