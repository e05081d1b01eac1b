// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@testable import OVSearch

@Suite(.inTurn) struct LinePatternTests {
    private static func lines(
        _ pattern: String, _ text: String, _ options: LinePattern.Options = .init(),
        _ search: LineSearch.Options = .init()
    ) throws -> [String] {
        var scanner = try LinePattern(pattern, options).scanner()
        return LineSearch(search).run(Array(text.utf8), with: &scanner).lines.map {
            "\($0.number)\($0.isMatch ? ":" : "-")\($0.text)"
        }
    }

    private static func matches(_ pattern: String, _ line: String) throws -> Bool {
        try !lines(pattern, line).isEmpty
    }

    @Test(
        "Expressions match what they say",
        arguments: [
            ("abc", "xabcx", true), ("abc", "ab c", false), ("a.c", "abc", true), ("a.c", "ac", false),
            ("^abc$", "abc", true), ("^abc$", "abcd", false), ("^", "", true), ("$", "x", true), ("^$", "x", false),
            ("a*", "", true), ("a+b", "aaab", true), ("a?b", "b", true), ("colou?r", "color", true),
            ("(ab|cd)+e", "abcde", true), ("(ab|cd)+e", "abce", false), ("[a-c]x", "bx", true),
            ("[^a-c]x", "bx", false), ("[]a]", "]", true), ("[a-]", "-", true), ("a{3}", "aa", false),
            ("a{3}", "aaa", true), ("^a{2,3}$", "aaaa", false), ("^a{2,}$", "aaaa", true), ("^a{,2}$", "aa", true),
            (#"\d+"#, "abc7", true), (#"\d"#, "٣", true), (#"(?-u:\d)"#, "٣", false), (#"\w+é"#, "caféé", true),
            (#"\s"#, "a\u{A0}b", true), (#"\p{Lu}"#, "é", false), (#"\p{Lu}"#, "É", true),
            (#"\p{Greek}"#, "λ", true), (#"\P{L}"#, "abc", false), ("[[:alpha:]]+7", "ab7", true),
            ("[a-z&&[^aeiou]]", "a", false), ("[a-z&&[^aeiou]]", "b", true), ("[a-z--b]", "b", false),
            ("[\u{1F600}-\u{1F64F}]", "😃", true), ("ü", "für", true), (".", "\u{1F600}", true),
            ("^.$", "\u{1F600}", true), ("^..$", "\u{1F600}", false), ("(?i)straSSe", "STRASSE", true),
            ("(?i)É", "é", true), ("(?i:a)b", "Ab", true), ("(?i:a)b", "AB", false), ("(?x) a b # c", "ab", true),
            (#"\bfoo\b"#, "a foo b", true), (#"\bfoo\b"#, "afoo", false), (#"\bfoo\b"#, "“foo”", true),
            (#"\bfoo\b"#, "éfoo", false), (#"\Bfoo"#, "afoo", true), (#"foo\b"#, "foo", true),
            (#"\<foo\>"#, "foo", true), (#"\x41\x{42}\u0043"#, "ABC", true), (#"\.\*\\"#, #".*\"#, true),
            ("(?P<name>a)(?<b>b)", "ab", true), ("a|", "x", true), ("()", "", true), ("(a*)*b", "aab", true),
            ("(a|b|ab)*c", "ababc", true), ("x*?y", "xxy", true), (#"^\w+@\w+\.com$"#, "me@site.com", true),
        ])
    func matching(pattern: String, line: String, expected: Bool) throws {
        // At its end a text has another line only if that has bytes.
        #expect(try line.isEmpty || Self.matches(pattern, line) == expected)
        #expect(try Self.lines(pattern, "first\n" + line + "\n").contains("2:" + line) == expected)
    }

    @Test(
        "What cannot be done in linear time, and what is wrong, is refused with its place",
        arguments: [
            ("a(?=b)", "look-ahead", 2), ("(?!b)", "look-ahead", 1), ("ab(?<=c)", "look-behind", 3),
            (#"(a)\1"#, "back-reference", 4), (#"(?P<x>a)(?P=x)"#, "back-reference", 9), ("a(b", "a '('", 2),
            ("ab)", "a ')'", 3), ("x[a-", "a '['", 2), ("*a", "nothing before it", 1), ("a{3,1}", "ends before", 2),
            ("[z-a]", "backwards", 2), (#"a\"#, "at the end", 2), (#"\p{Foo}"#, "no class", 1),
            ("a{1001}", "more than 1000", 2), ("(?>a)", "atomic", 1), (#"a\n"#, "line feed", 2),
            (#"\A"#, "one line", 1), (#"\y"#, "unknown escape", 1), ("(?z)a", "unknown flag", 3),
        ])
    func refused(pattern: String, reason: String, place: Int) throws {
        let error = try #require(throws: OVError.self) { try LinePattern(pattern) }
        #expect(error.code == .invalidArgument)
        #expect(error.message.contains(reason), "\(error.message)")
        #expect(error.message.hasSuffix("at character \(place)"), "\(error.message)")
    }

    @Test(
        "Patterns that would be too large or too deep are refused",
        arguments: [
            #"(\w{1000}){1000}"#, String(repeating: "(", count: 5000), String(repeating: "(", count: 200),
            "a" + String(repeating: "*", count: 50), "[" + String(repeating: "[", count: 300),
            String(repeating: "a", count: 5000), #"((a{100}){100}){100}"#,
        ])
    func bounded(pattern: String) { #expect(throws: OVError.self) { try LinePattern(pattern) } }

    @Test("A pattern that would make a backtracking engine try for ever takes time in proportion to the text")
    func linear() throws {
        let text = Array(String(repeating: "a", count: 200_000).utf8)
        for pattern in ["(a+)+$b", "(a|aa)+b", "(a*)*b", "(.*)(.*)(.*)(.*)b", "a{0,200}a{200}b"] {
            var scanner = try LinePattern(pattern).scanner()
            #expect(LineSearch(.init()).run(text, with: &scanner).count == 0)
            #expect(!scanner.isExhausted)
        }
    }

    @Test("A pattern with more possibilities than can be followed is given up, and says so")
    func exhausted() throws {
        var random = SystemRandomNumberGenerator()
        let text = (0..<20_000).map { _ in UInt8.random(in: 97...98, using: &random) }
        let pattern = try LinePattern("a[ab]{900}[ab]{900}[ab]{900}c|b[ab]{900}[ab]{900}[ab]{900}c")
        var scanner = LineScanner(pattern, allowance: 1 << 20)
        _ = LineSearch(.init()).run(text, with: &scanner)
        #expect(scanner.isExhausted)
    }

    @Test("Context, counts, limits, inversion, words and fixed text")
    func options() throws {
        let text = "one\ntwo\nthree\nfour\nfive\nsix\n"
        var search = LineSearch.Options()
        search.before = 1
        search.after = 1
        #expect(
            try Self.lines("three|five", text, .init(), search)
                == ["2-two", "3:three", "4-four", "5:five", "6-six"])
        search = .init()
        search.isInverted = true
        #expect(try Self.lines("o", text, .init(), search) == ["3:three", "5:five", "6:six"])
        search = .init()
        search.maximum = 1
        search.after = 1
        #expect(try Self.lines("t", text, .init(), search) == ["2:two", "3-three"])
        #expect(try Self.lines("a.b", "a.b\naxb", .init(isFixed: true)) == ["1:a.b"])
        #expect(try Self.lines("A.B", "a.b\naxb", .init(ignoresCase: true, isFixed: true)) == ["1:a.b"])
        #expect(try Self.lines("cat", "concat\na cat.\nécat", .init(wholeWords: true)) == ["2:a cat."])
        search = .init()
        search.countsOnly = true
        var scanner = try LinePattern("e").scanner()
        let counted = LineSearch(search).run(Array(text.utf8), with: &scanner)
        #expect(counted.count == 3 && counted.lines.isEmpty)
    }

    @Test("A text without an end of line, with carriage returns, and with bytes that are no UTF-8")
    func oddTexts() throws {
        #expect(try Self.lines("b", "a\r\nb\r\nc") == ["2:b"])
        #expect(try Self.lines("c$", "a\nc") == ["2:c"])
        var scanner = try LinePattern("x.y").scanner()
        let bytes: [UInt8] = [0x78, 0xFF, 0x79, 10, 0x78, 0xC3, 0xA9, 0x79]
        #expect(LineSearch(.init()).run(bytes, with: &scanner).lines.map(\.number) == [2])
    }

    @Test(
        "Whole words among letters of other scripts, at the ends of lines, and where the first one is part of a word",
        arguments: ["cat", "(?:cat|dog)", "c[a]t", ".cat", "(?i)CAT", "é?cat", "日", "cat ?"])
    func words(pattern: String) throws {
        let text =
            "a cat\nconcat\nécat\ncat\u{301}é\r\n日cat cats\n“cat”\n_cat\ncat cat\ncats écat cat\ncaté 日cat\n日 cat"
        let bytes = Array(text.utf8)
        var scanner = try LinePattern(pattern, .init(wholeWords: true)).scanner()
        let found = LineSearch(.init()).run(bytes, with: &scanner).lines.map(\.number)
        var reference = SimulatedAutomaton(try LinePattern(pattern, .init(wholeWords: true)).program)
        let expected = bytes.withUnsafeBufferPointer { buffer in
            var (start, numbers) = (0, [Int]())
            for (index, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
                if reference.matches(buffer, start..<start + line.count) { numbers.append(index + 1) }
                start += line.count + 1
            }
            return numbers
        }
        #expect(found == expected)
        if pattern == "cat" { #expect(found == [1, 6, 8, 9, 11]) }
    }

    private static let letters: [Character] = ["a", "b", "é", " "]

    @Test("Random expressions agree with a matcher that tries everything", arguments: 0..<200 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var generator = TinyGenerator(state: seed &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        let node = RandomPattern.make(depth: 3, &generator)
        for _ in 0..<40 {
            let length = Int.random(in: 0...8, using: &generator)
            let line = String((0..<length).map { _ in Self.letters.randomElement(using: &generator) ?? "a" })
            guard !line.isEmpty else { continue }
            let expected = node.matchesSomewhere(Array(line))
            #expect(try Self.matches(node.text, line) == expected, "\(node.text) in '\(line)'")
        }
    }

    @Test("Random expressions find the same lines of a text as of each line alone", arguments: 0..<100 as Range<UInt64>)
    func randomTexts(seed: UInt64) throws {
        var generator = TinyGenerator(state: seed &* 0xD134_2543_DE82_EF95 &+ 1)
        let node = RandomPattern.make(depth: 3, &generator)
        let lines = (0..<60).map { _ in
            let length = Int.random(in: 0...(Bool.random(using: &generator) ? 3 : 30), using: &generator)
            return String((0..<length).map { _ in Self.letters.randomElement(using: &generator) ?? "a" })
        }
        let expected = lines.indices.filter { node.matchesSomewhere(Array(lines[$0])) }.map { $0 + 1 }
        let text = lines.map { $0 + "\n" }.joined()
        for isInverted in [false, true] {
            var search = LineSearch.Options()
            search.isInverted = isInverted
            let wanted = isInverted ? (1...lines.count).filter { !expected.contains($0) } : expected
            var scanner = try LinePattern(node.text).scanner()
            let found = LineSearch(search).run(Array(text.utf8), with: &scanner)
            #expect(found.lines.map(\.number) == wanted, "\(node.text)")
            search.countsOnly = true
            #expect(LineSearch(search).run(Array(text.utf8), with: &scanner).count == wanted.count, "\(node.text)")
        }
    }
}

/// A generator that is the same everywhere.
private struct TinyGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

/// An expression with its meaning written down once more, without any cleverness.
private indirect enum RandomPattern {
    case character(Character)
    case any
    case start
    case end
    case boundary
    case sequence(RandomPattern, RandomPattern)
    case either(RandomPattern, RandomPattern)
    case star(RandomPattern)

    static func make(depth: Int, _ generator: inout TinyGenerator) -> RandomPattern {
        let kind = Int.random(in: 0..<(depth == 0 ? 6 : 12), using: &generator)
        switch kind {
        case 0, 1: return .character("a")
        case 2: return .character("é")
        case 3: return .any
        case 4: return .boundary
        case 5: return Bool.random(using: &generator) ? .start : .end
        case 6, 7, 8:
            return .sequence(make(depth: depth - 1, &generator), make(depth: depth - 1, &generator))
        case 9, 10: return .either(make(depth: depth - 1, &generator), make(depth: depth - 1, &generator))
        default: return .star(make(depth: depth - 1, &generator))
        }
    }

    var text: String {
        switch self {
        case .character(let character): String(character)
        case .any: "."
        case .start: "^"
        case .end: "$"
        case .boundary: #"\b"#
        case .sequence(let left, let right): left.text + right.text
        case .either(let left, let right): "(?:\(left.text)|\(right.text))"
        case .star(let inner): "(?:\(inner.text))*"
        }
    }

    func matchesSomewhere(_ line: [Character]) -> Bool { (0...line.count).contains { !ends(line, $0).isEmpty } }

    private func ends(_ line: [Character], _ place: Int) -> Set<Int> {
        switch self {
        case .character(let character): return place < line.count && line[place] == character ? [place + 1] : []
        case .any: return place < line.count ? [place + 1] : []
        case .start: return place == 0 ? [place] : []
        case .end: return place == line.count ? [place] : []
        case .boundary:
            let before = place > 0 && line[place - 1] != " "
            let behind = place < line.count && line[place] != " "
            return before != behind ? [place] : []
        case .sequence(let left, let right):
            return Set(left.ends(line, place).flatMap { right.ends(line, $0) })
        case .either(let left, let right): return left.ends(line, place).union(right.ends(line, place))
        case .star(let inner):
            var (all, open): (Set<Int>, [Int]) = ([place], [place])
            while let next = open.popLast() {
                for end in inner.ends(line, next) where all.insert(end).inserted { open.append(end) }
            }
            return all
        }
    }
}
