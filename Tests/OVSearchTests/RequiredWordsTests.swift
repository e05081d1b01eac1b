// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVSearch

/// What an index knows of a pattern must never leave out a document that matches.
@Suite("Leaving documents out", .inTurn, .timeLimit(.minutes(10)))
struct RequiredWordsTests {
    private static func groups(_ pattern: String, _ options: LinePattern.Options = .init()) throws -> [[String]] {
        let required = try LinePattern(pattern, options).requiredWords
        return (required?.groups ?? []).map { $0.map { String(decoding: $0, as: UTF8.self) } }
    }

    @Test(
        "A pattern says which words a text must have",
        arguments: [
            ("xylophone", [["xylophone"]]), ("Parse_Header", [["header"], ["parse"]]), ("fo+bar", [["bar"]]),
            ("(foo|bar)baz", [["baz"], ["foo", "bar"]]), ("[xy]ylo[a-z]+ne", [["ylo"]]), ("a.b", []),
            ("foo|b", []), ("(?:abc)?def", [["def"]]), ("(abc){2}", [["abc"]]), ("(x+x+)+y$", []),
            ("\\bword\\b", [["word"]]), ("^import .*Foo$", [["import"], ["foo"]]), ("caf\u{E9}s", [["cafes"]]),
            ("one|two|three", [["one", "two", "three"]]),
        ])
    func words(_ pattern: String, _ expected: [[String]]) throws {
        #expect(try Self.groups(pattern) == expected)
    }

    @Test("Without case the same is required")
    func withoutCase() throws {
        #expect(try Self.groups("Kelvins", .init(ignoresCase: true)) == [["kelvins"]])
        #expect(try Self.groups("Kelvins", .init(isFixed: true)) == [["kelvins"]])
    }

    private static let pieces = [
        "foo", "Bar", "parseHTTPHeader", "snake_case_name", "a.b.c", "it's", "don\u{2019}t", "caf\u{E9}", "cafe\u{301}",
        "\u{212A}elvin", "\u{17F}ort", "\u{FF21}\u{FF22}c", "日本語", "日本abc", "ไทยabcไทย", "한글word", "x\u{AD}yz",
        "1,234.5", "v2.10.3", "0xDEADbeef", " ", " ", " ", "\n", "\n\n", "# Head\n", "-", "_", ".", "'", "ß", "İi",
        "abc\u{200D}def", String(repeating: "longrun", count: 20), "q" + String(repeating: "aB", count: 70) + "end",
    ]

    private static func text(_ random: inout SplitMix64) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 1...60, using: &random) {
            let piece = pieces[Int.random(in: pieces.indices, using: &random)]
            // Sometimes a line without an end.
            let times = Int.random(in: 0..<200, using: &random) == 0 ? 1500 : 1
            for _ in 0..<times { text += piece }
        }
        return text
    }

    private static func pattern(of text: String, _ random: inout SplitMix64) -> String {
        let scalars = Array(text.unicodeScalars)
        let start = Int.random(in: 0..<scalars.count, using: &random)
        let piece = scalars[start..<min(scalars.count, start + Int.random(in: 1...12, using: &random))]
        return String(String.UnicodeScalarView(piece.prefix { $0 != "\n" && $0 != "\r" }))
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII, !scalar.properties.isAlphabetic, !("0"..."9").contains(scalar), scalar != " " {
                escaped += "\\"
            }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }

    @Test("A document that matches is never left out", arguments: 0..<150 as Range<UInt64>)
    func exact(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var builder = IndexBuilder()
        let texts = (0..<20).map { _ in Self.text(&random) }
        for (number, text) in texts.enumerated() {
            let mediaType = number.isMultiple(of: 2) ? "text/markdown" : "text/plain"
            builder.add(blob: UInt64(number), text: Array(text.utf8), mediaType: mediaType)
        }
        var writer = IndexFileWriter()
        let bytes = writer.begin() + writer.append(builder.finish()) + writer.finish()
        let segment = try #require(try MemoryIndex(bytes).segments().first)
        var leftOut = 0
        for _ in 0..<60 {
            let first = Self.pattern(of: texts[Int.random(in: 0..<20, using: &random)], &random)
            let second = Self.pattern(of: texts[Int.random(in: 0..<20, using: &random)], &random)
            guard !first.isEmpty, !second.isEmpty else { continue }
            let expressions = [
                Self.escaped(first), Self.escaped(first) + "|" + Self.escaped(second),
                "(" + Self.escaped(first) + ")+.*" + Self.escaped(second), "[a-z]*" + Self.escaped(first),
            ]
            let expression = expressions[Int.random(in: expressions.indices, using: &random)]
            let options = LinePattern.Options(
                ignoresCase: Bool.random(using: &random), wholeWords: Int.random(in: 0..<4, using: &random) == 0)
            guard let pattern = try? LinePattern(expression, options), let required = pattern.requiredWords else {
                continue
            }
            let may = try segment.mayHave(required)
            for (number, text) in texts.enumerated() where !may[number] {
                leftOut += 1
                var scanner = pattern.scanner()
                let result = LineSearch(LineSearch.Options()).run(Array(text.utf8), with: &scanner)
                #expect(result.count == 0, "\(expression) in \(number), \(options)")
            }
        }
        #expect(leftOut > 0)
    }
}
