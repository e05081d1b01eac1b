// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@Suite(.inTurn) struct VikingURITests {
    private static func parse(_ text: String, user: String = "ada") throws(OVError) -> VikingURI {
        try VikingURI(parsing: text, user: user)
    }

    /// What is written, what it is, and in which scope.
    static let valid: [(String, String, VikingURI.Scope)] = [
        ("viking://", "viking://", .container),
        ("viking://resources", "viking://resources", .shared),
        ("viking://resources/", "viking://resources", .shared),
        ("viking://resources/docs", "viking://resources/docs", .shared),
        ("viking://resources/docs/", "viking://resources/docs", .shared),
        ("viking://resources/docs/guide.md", "viking://resources/docs/guide.md", .shared),
        ("viking://resources/a b/c", "viking://resources/a b/c", .shared),
        ("viking://resources/100%25/x", "viking://resources/100%25/x", .shared),
        ("viking://resources/a?b#c:d", "viking://resources/a?b#c:d", .shared),
        ("viking://resources/.hidden/...", "viking://resources/.hidden/...", .shared),
        ("viking://resources/~notes", "viking://resources/~notes", .shared),
        ("viking://resources/RESOURCES", "viking://resources/RESOURCES", .shared),
        ("viking://user", "viking://user", .container),
        ("viking://user/ada", "viking://user/ada", .container),
        ("viking://user/ada/", "viking://user/ada", .container),
        ("viking://user/ada/resources", "viking://user/ada/resources", .user("ada")),
        ("viking://user/bob/resources/x", "viking://user/bob/resources/x", .user("bob")),
        ("viking://~", "viking://user/ada", .container),
        ("viking://~/", "viking://user/ada", .container),
        ("viking://~/resources", "viking://user/ada/resources", .user("ada")),
        ("viking://~/resources/x/y", "viking://user/ada/resources/x/y", .user("ada")),
        ("viking://resources/cafe\u{301}", "viking://resources/caf\u{E9}", .shared),
        ("viking://resources/\u{212B}", "viking://resources/\u{C5}", .shared),
        ("viking://resources/\u{1112}\u{1161}\u{11AB}", "viking://resources/\u{D55C}", .shared),
        ("viking://resources/日本語/🦉", "viking://resources/日本語/🦉", .shared),
        ("viking://resources/a/\u{301}b", "viking://resources/a/\u{301}b", .shared),
    ]

    @Test("An address is brought to its one canonical spelling", arguments: valid)
    func reads(written: String, canonical: String, scope: VikingURI.Scope) throws {
        let uri = try Self.parse(written)
        #expect(Array(uri.text.utf8) == Array(canonical.utf8))
        #expect(uri.scope == scope)
        #expect(VikingURI(canonical: uri.text) == uri)
        #expect(uri.description == canonical)
    }

    /// What is written, and a part of the message that says why it is refused.
    static let invalid: [(String, String)] = [
        ("", "no scheme"),
        ("resources/docs", "no scheme"),
        ("/srv/docs", "no scheme"),
        ("./a:b", "no scheme"),
        (":", "no scheme"),
        ("Viking://resources", "lower case"),
        ("VIKING://resources", "lower case"),
        ("viking:/resources", "spelled 'viking://'"),
        ("viking:resources", "spelled 'viking://'"),
        ("http://example.com/", "scheme 'http'"),
        ("file:///etc/passwd", "scheme 'file'"),
        (" viking://resources", "no scheme"),
        ("viking://docs", "there is no 'docs'"),
        ("viking://Resources", "there is no 'Resources'"),
        ("viking:///resources", "empty segment"),
        ("viking://resources//docs", "empty segment"),
        ("viking://resources/docs//", "empty segment"),
        ("viking://resources/./docs", "'.' segment"),
        ("viking://resources/../docs", "'..' segment"),
        ("viking://resources/..", "'..' segment"),
        ("viking://../resources", "'..' segment"),
        ("viking://resources/../\u{301}docs", "'..' segment"),
        ("viking://user/ada/files", "only resources/"),
        ("viking://user/ada/resourcesx", "only resources/"),
        ("viking://user//resources", "empty segment"),
        ("viking://user/~/resources", "first segment"),
        ("viking://resources/~", "first segment"),
        ("viking://resources/~/x", "first segment"),
        ("viking://~bob/resources", "there is no '~bob'"),
        ("viking://~~/resources", "there is no '~~'"),
        ("viking://resources/a\nb", "U+000A"),
        ("viking://resources/a\u{0}", "U+0000"),
        ("viking://resources/a\u{7F}", "U+007F"),
        ("viking://resources/a\u{85}", "U+0085"),
        ("viking://resources/\r\n", "U+000D"),
    ]

    @Test("Anything else is refused with the reason", arguments: invalid)
    func refuses(written: String, reason: String) throws {
        let error = try #require(throws: OVError.self) { try Self.parse(written) }
        #expect(error.code == .invalidURI)
        #expect(error.message.contains(reason), "\(error.message)")
        #expect(VikingURI(canonical: written) == nil)
    }

    @Test("The hint says what to write instead")
    func hints() throws {
        func hint(_ text: String) -> String? {
            do throws(OVError) {
                _ = try Self.parse(text)
                return nil
            } catch {
                return error.hint
            }
        }
        #expect(hint("Viking://resources/x") == "write viking://resources/x")
        #expect(hint("viking:/resources/x") == "write viking://resources/x")
        #expect(hint("http://example.com/x")?.contains("ov ingest") == true)
        #expect(hint("docs")?.contains("viking://resources/") == true)
        #expect(hint("viking://docs")?.contains("viking://resources/") == true)
        #expect(hint("viking://user/bob/x") == "write viking://user/bob/resources/…")
    }

    @Test("A message repeats no control characters and not the whole of a long text")
    func messagesAreSafe() throws {
        let error = try #require(throws: OVError.self) {
            try Self.parse("\u{1B}[31mhttp://" + String(repeating: "x", count: 100_000))
        }
        #expect(!error.message.unicodeScalars.contains { $0.properties.generalCategory == .control })
        #expect(error.message.utf8.count < 500)
    }

    @Test("2,048 bytes are the most, counted after expansion and normalization")
    func length() throws {
        let prefix = "viking://resources/"
        let longest = prefix + String(repeating: "x", count: 2048 - prefix.utf8.count)
        #expect(try Self.parse(longest).text == longest)
        #expect(try Self.parse(longest + "/").text == longest)
        #expect(throws: OVError.self) { try Self.parse(longest + "x") }
        #expect(throws: OVError.self) { try Self.parse(String(repeating: longest, count: 1000)) }
        let composed = prefix + String(repeating: "e\u{301}", count: 900)
        #expect(try Self.parse(composed).text.utf8.count == prefix.utf8.count + 1800)
        let expanding = "viking://~/resources/" + String(repeating: "x", count: 2000)
        #expect(throws: OVError.self) { try Self.parse(expanding, user: String(repeating: "u", count: 100)) }
    }

    @Test("~ expands to nothing but a proper user id", arguments: ["", "a/b", "..", ".", "~", "a\u{0}"])
    func badUsers(user: String) {
        #expect(throws: OVError.self) { try Self.parse("viking://~/resources/x", user: user) }
    }

    @Test("~ expands to the user id in normal form C")
    func normalizesUser() throws {
        let uri = try Self.parse("viking://~/resources", user: "jose\u{301}")
        #expect(uri.scope == .user("jos\u{E9}"))
    }

    @Test("Text that is not canonical is not restored as if it were")
    func canonicalOnly() {
        #expect(VikingURI(canonical: "viking://resources/") == nil)
        #expect(VikingURI(canonical: "viking://~/resources") == nil)
        #expect(VikingURI(canonical: "viking://resources/e\u{301}") == nil)
    }
}
