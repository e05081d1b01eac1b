// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct GlobPatternTests {
    static let matching: [(String, [String], [String])] = [
        ("a.md", ["a.md"], ["b.md", "a.mdx", "xa.md", "a/a.md", "", "A.md"]),
        ("*.md", ["a.md", ".md", "é.md"], ["a/b.md", "a.mdx", "a.txt"]),
        ("*", ["a", ""], ["a/b"]),
        ("a*c", ["ac", "abc", "abbc"], ["ab", "a/c"]),
        ("?.md", ["a.md", "é.md", "日.md"], [".md", "ab.md", "/.md"]),
        ("a?b", ["axb"], ["a/b", "ab"]),
        ("[abc].md", ["a.md", "c.md"], ["d.md", "ab.md"]),
        ("[a-c]x", ["ax", "bx", "cx"], ["dx", "-x"]),
        ("[!a-c]x", ["dx", "-x"], ["ax", "/x"]),
        ("[^a]", ["b"], ["a", "/"]),
        ("[]a]", ["]", "a"], ["b"]),
        ("[!]a]", ["b"], ["]", "a"]),
        ("[a-]", ["a", "-"], ["b"]),
        (#"[\]]"#, ["]"], [#"\"#]),
        ("[α-ω]", ["λ"], ["l"]),
        ("**", ["", "a", "a/b/c"], []),
        ("**/*.md", ["a.md", "x/a.md", "x/y/a.md"], ["a.txt", "a.md/x"]),
        ("docs/**", ["docs/a", "docs/a/b", "docs/"], ["docs", "doc/a", "xdocs/a"]),
        ("docs/**/x", ["docs/x", "docs/a/x", "docs/a/b/x"], ["docs/ax", "docsx", "docs/a/x/y"]),
        ("**/x/**", ["x/a", "a/x/b"], ["x", "ax/b"]),
        ("a**b", ["ab", "axb"], ["a/b"]),
        ("a/**b", ["a/b", "a/xb"], ["a/x/b"]),
        ("{a,b}.md", ["a.md", "b.md"], ["c.md", "a,b.md"]),
        ("{a,b}{1,2}", ["a1", "a2", "b1", "b2"], ["ab", "a", "12"]),
        ("x{,y}", ["x", "xy"], ["xyy"]),
        ("{a,{b,c}d}", ["a", "bd", "cd"], ["b", "ad"]),
        ("{src,test}/**/*.{c,h}", ["src/a.c", "test/x/b.h"], ["lib/a.c", "src/a.m"]),
        ("[{]a", ["{a"], ["a"]),
        ("a}", ["a}"], ["a"]),
        (#"\*"#, ["*"], ["a", #"\*"#]),
        (#"\{a,b\}"#, ["{a,b}"], ["a"]),
        (#"a\,{b,\,}"#, ["a,b", "a,,"], ["a"]),
        (".*", [".git"], ["git"]),
        ("e\u{301}*", ["\u{E9}clair"], ["eclair"]),
        ("", [""], ["a"]),
    ]

    @Test("A pattern selects these paths and not those", arguments: matching)
    func matches(pattern: String, selected: [String], others: [String]) throws {
        let glob = try GlobPattern(pattern)
        for path in selected { #expect(glob.matches(path), "\(pattern) selects \(path)") }
        for path in others { #expect(!glob.matches(path), "\(pattern) leaves \(path)") }
    }

    @Test(
        "What is no pattern is refused with the reason",
        arguments: [
            ("a[", "'['"), ("[]", "'['"), ("{a", "'{'"), ("{a,{b}", "'{'"), (#"a\"#, #"'\'"#), ("[z-a]", "backwards"),
            ("{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}", "64"), (String(repeating: "x", count: 1025), "1024"),
        ])
    func refuses(pattern: String, reason: String) throws {
        let error = try #require(throws: OVError.self) { try GlobPattern(pattern) }
        #expect(error.code == .invalidArgument)
        #expect(error.message.contains(reason), "\(error.message)")
        #expect(error.message.utf8.count < 400)
    }

    @Test("Patterns that make a backtracking matcher explode are answered")
    func hostile() throws {
        let path = String(repeating: "a", count: 5000)
        #expect(try !GlobPattern(String(repeating: "*a", count: 200) + "b").matches(path))
        #expect(try GlobPattern(String(repeating: "*a", count: 200)).matches(path))
        let folders = String(repeating: "a/", count: 1000)
        #expect(try !GlobPattern(String(repeating: "**/", count: 200) + "b").matches(folders))
        #expect(try GlobPattern(String(repeating: "**/", count: 200) + "a").matches(folders + "a"))
        #expect(
            try GlobPattern(String(repeating: "{", count: 400) + "a" + String(repeating: "}", count: 400)).matches("a"))
    }

    @Test("Matching agrees with the definition by recursion", arguments: 0..<100 as Range<UInt64>)
    func agreesWithDefinition(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<40 {
            let pattern = (0..<Int.random(in: 0...7, using: &random)).map { _ in
                "ab/*?".randomElement(using: &random) ?? "a"
            }
            let path = (0..<Int.random(in: 0...8, using: &random)).map { _ in "ab/".randomElement(using: &random) ?? "a"
            }
            // Two stars in a row have a meaning of their own, tested above.
            guard !String(pattern).contains("**") else { continue }
            let expected = Self.simplyMatches(pattern[...], path[...])
            #expect(
                try GlobPattern(String(pattern)).matches(String(path)) == expected, "\(String(pattern)) \(String(path))"
            )
        }
    }

    private static func simplyMatches(_ pattern: ArraySlice<Character>, _ path: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        let rest = pattern.dropFirst()
        if first == "*" {
            return simplyMatches(rest, path)
                || (path.first.map { $0 != "/" } ?? false) && simplyMatches(pattern, path.dropFirst())
        }
        guard let next = path.first, first == "?" ? next != "/" : first == next else { return false }
        return simplyMatches(rest, path.dropFirst())
    }
}
