// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestTraits
import Testing

@Suite(.inTurn) struct WebURLTests {
    @Test(arguments: [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://Example.COM:443/a/../b/./c?x=1#y", "https://example.com/b/c?x=1#y"),
        ("  http://example.com/\n", "http://example.com/"),
        ("http://example.com:80/", "http://example.com/"),
        ("http://example.com:8080", "http://example.com:8080/"),
        ("http:\\\\example.com\\a\\b", "http://example.com/a/b"),
        ("http:////example.com/a", "http://example.com/a"),
        ("http://example.com./a", "http://example.com/a"),
        ("http://example.com/%2e%2E/a/%2e", "http://example.com/a/"),
        ("http://example.com/a b/ü?q=ä b'", "http://example.com/a%20b/%C3%BC?q=%C3%A4%20b%27"),
        ("http://example.com/%zz%41", "http://example.com/%zz%41"),
        ("https://user:secret@example.com/", "https://example.com/"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("http://[2001:DB8:0:0:1:0:0:1]/", "http://[2001:db8::1:0:0:1]/"),
        ("http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://BÜCHER.example/", "http://xn--bcher-kva.example/"),
        ("http://bu\u{308}cher.example/", "http://xn--bcher-kva.example/"),
        ("http://例え.テスト/", "http://xn--r8jz45g.xn--zckzah/"),
        ("http://straße.example/", "http://xn--strae-oqa.example/"),
        ("http://ｅｘａｍｐｌｅ。com/", "http://example.com/"),
        ("http://a_b.example/", "http://a_b.example/"),
        ("http://ex%61mple.com/", "http://example.com/"),
    ])
    func hasOneSpelling(_ text: String, _ canonical: String) throws {
        #expect(try WebURL(parsing: text).text == canonical)
        // What was brought to it stays as it is.
        #expect(try WebURL(parsing: canonical).text == canonical)
    }

    /// Spellings of IPv4 addresses that get around checks that look at letters.
    @Test(arguments: [
        ("2130706433", "127.0.0.1"), ("0x7f000001", "127.0.0.1"), ("017700000001", "127.0.0.1"),
        ("127.1", "127.0.0.1"), ("127.0.1", "127.0.0.1"), ("0x7f.1", "127.0.0.1"), ("0177.0.0.01", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"), ("0", "0.0.0.0"), ("0x", "0.0.0.0"), ("１２７.0.0.1", "127.0.0.1"),
        ("169.254.43518", "169.254.169.254"), ("0xA9FEA9FE", "169.254.169.254"), ("%31%32%37.0.0.1", "127.0.0.1"),
    ])
    func readsNumbersAsAddresses(_ host: String, _ address: String) throws {
        #expect(try WebURL(parsing: "http://\(host)/").host == address)
    }

    @Test(arguments: [
        "", "example.com", "//example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/",
        "http:/example.com/", "http://", "http:///", "http://a..b/", "http://.a/", "http://a b/", "http://a<b/",
        "http://example.com:0/", "http://example.com:65536/", "http://example.com:8x/", "http://[::1/",
        "http://[::1]x/",
        "http://[fe80::1%25eth0]/", "http://[1:2:3]/", "http://256.1.1.1/", "http://1.2.3.4.5/",
        "http://09.1.1.1/", "http://0x100000000/", "http://4294967296/", "http://a%00b/", "http://a%2fb/",
        "http://%ff/", "http://ex\u{AD}ample.com/", "http://\u{2168}.example/", "http://a\u{202E}b.example/",
        "http://\(String(repeating: "a", count: 64)).example/",
        "http://e.example/\(String(repeating: "a", count: 9000))",
    ])
    func refusesWhatIsNoURL(_ text: String) {
        let error = #expect(throws: OVError.self) { try WebURL(parsing: text) }
        #expect(error?.code == .invalidURI)
    }

    @Test(arguments: [
        "https://user:secret@exa mple.com/", "https://secret@[x]/", "ftp://user:secret@example.com/a@b",
        "https:///user:secret@[x]/", "https:\\\\user:secret@[x]", "https:/\\/user:secret@[x]",
        "https://user:a/secret@example.com/", "https://user:a?secret@example.com/",
        "https://user:secret/x@example.com/",
    ])
    func showsNoPasswords(_ text: String) {
        let error = #expect(throws: OVError.self) { try WebURL(parsing: text) }
        #expect(error?.message.contains("secret") == false)
    }

    /// RFC 3986 §5.4, as far as browsers agree with it, and what else pages hold.
    @Test(arguments: [
        ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
        ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q#s"),
        ("g#s", "http://a/b/c/g#s"), (";x", "http://a/b/c/;x"), ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"),
        ("..", "http://a/b/"), ("../..", "http://a/"), ("../../../g", "http://a/g"), ("/./g", "http://a/g"),
        ("g.", "http://a/b/c/g."), ("..g", "http://a/b/c/..g"), ("./g/.", "http://a/b/c/g/"),
        ("g;x=1/../y", "http://a/b/c/y"), ("g?y/../x", "http://a/b/c/g?y/../x"), ("http:g", "http://a/b/c/g"),
        ("https://h/x", "https://h/x"), ("https:h", "https://h/"), (" g\t", "http://a/b/c/g"), ("\\g", "http://a/g"),
        ("a b", "http://a/b/c/a%20b"),
    ])
    func resolvesReferences(_ reference: String, _ result: String) throws {
        // `https:h` has no slashes, and the scheme is another one.
        let expected = reference == "https:h" ? nil : result
        #expect(try WebURL(parsing: "http://a/b/c/d;p?q#r").resolving(reference)?.text == expected)
    }

    @Test(arguments: ["mailto:a@b", "javascript:alert(1)", "data:text/html,x", "tel:1", "http://[", "file:///etc"])
    func leadsOnlyToTheWeb(_ reference: String) throws {
        #expect(try WebURL(parsing: "http://a/b").resolving(reference) == nil)
    }

    @Test(arguments: [
        ("https://example.com/docs/guide.html", "guide.html"), ("https://example.com/docs/", "docs"),
        ("https://example.com/", "example.com"), ("https://example.com/%C3%BC.md", "ü.md"),
        ("https://example.com/page.php?id=3&lang=en", "page.php-id-3-lang-en"),
        ("https://example.com/%2F", "example.com"),
        ("https://example.com/~", "%7E"), ("https://example.com/a%0Ab", "a%0Ab"),
    ])
    func suggestsAName(_ text: String, _ name: String) async throws {
        let context = SourceContext(workingDirectory: "/", homeDirectory: nil)
        let fetcher = URLFetcher(client: WebClient(egress: EgressGuard()), secrets: SecretSource(environment: [:]))
        #expect(try await fetcher.recognise(text, in: context)?.suggestedName == name)
    }
}
