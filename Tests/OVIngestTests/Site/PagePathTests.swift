// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@testable import OVIngest

@Suite(.inTurn) struct PagePathTests {
    private func path(_ target: String, below start: String = "/") throws -> String? {
        let scope = SiteScope(try WebURL(parsing: "https://site.example" + start))
        let url = try WebURL(parsing: "https://site.example" + target)
        return scope.admit(url).map { scope.documentPath(of: $0) }
    }

    @Test(arguments: [
        ("/", "index.md"), ("/index.html", "index.md"), ("/index.md", "index.md"), ("/index", "index.md"),
        ("/guide", "guide.md"), ("/guide/", "guide/index.md"), ("/guide.html", "guide.md"), ("/guide.md", "guide.md"),
        ("/a/b.htm", "a/b.md"), ("/a/paper.PDF", "a/paper.pdf"), ("/a/notes.txt", "a/notes.txt"),
        ("/page.php", "page.php.md"), ("/page.php?id=3", "page.php?id=3.md"), ("/?id=3", "index?id=3.md"),
        ("/list?page=2", "list?page=2.md"), ("/list.html?page=2", "list?page=2.md"), ("/f.pdf?v=1", "f?v=1.pdf"),
        ("/list?a=b/c", "list?a=b%2Fc.md"), ("/v1.2/x", "v1.2/x.md"), ("/v1.2", "v1.2.md"), ("/node.js", "node.js.md"),
        ("/node.js/x", "node.js/x.md"), ("/notes.md/x", "notes%2Emd/x.md"), ("/notes.md", "notes.md"),
        ("/caf%C3%A9", "café.md"), ("/cafe%CC%81", "cafe%CC%81.md"), ("/a%20b", "a b.md"), ("/a%2Fb", "a%2Fb.md"),
        ("/a%2fb", "a%2Fb.md"), ("/a%3Fb", "a%3Fb.md"), ("/100%25", "100%25.md"), ("/%FF", "%FF.md"),
        ("/%00", "%00.md"),
        ("/a//b", "a/%/b.md"), ("/A/B", "A/B.md"), ("/%7Ejoe/", "~joe/index.md"), ("/~/x", "%7E/x.md"),
        ("/.md", ".md.md"), ("/.well-known/x", ".well-known/x.md"), ("/a/../b", "b.md"), ("/a/%2e%2e/b", "b.md"),
        ("/x?utm_source=a&id=1&gclid=2", "x?id=1.md"), ("/x?utm_source=a", "x.md"), ("/x#part", "x.md"),
        ("/x?", "x.md"),
    ])
    func isMadeOfTheURL(_ target: String, _ expected: String) throws {
        #expect(try path(target) == expected)
        #expect(DocumentPath.canonical(Array(expected.utf8))?.path == expected)
    }

    @Test(
        arguments: [
            ("/docs/", "/docs/", "index.md"), ("/docs/", "/docs/a/b", "a/b.md"), ("/docs/", "/docs", "index.md"),
            ("/docs/", "/docsx/a", nil), ("/docs/", "/", nil), ("/docs", "/docs/a", "a.md"),
            ("/docs", "/docs", "index.md"),
            ("/docs", "/other", nil), ("/docs/intro", "/docs/other", "other.md"), ("/docs/intro", "/x", nil),
            ("/index.html", "/x", "x.md"), ("/docs/index.html", "/docs/x", "x.md"), ("/docs/index.html", "/x", nil),
        ] as [(String, String, String?)])
    func belongsToTheFolderOfTheStart(_ start: String, _ target: String, _ expected: String?) throws {
        #expect(try path(target, below: start) == expected)
    }

    @Test(
        arguments: [
            ("https://site.example/", "http://www.site.example/x", "https://www.site.example/x"),
            ("http://site.example/", "https://site.example/x", "https://site.example/x"),
            ("http://site.example/", "http://site.example/x", "http://site.example/x"),
            ("https://www.site.example/", "https://site.example/x", "https://site.example/x"),
            ("https://site.example/", "https://docs.site.example/x", nil),
            ("https://a.example/", "https://b.example/", nil),
            ("https://site.example/", "https://site.example:8443/x", nil),
            ("http://site.example:8080/", "http://site.example:8080/x", "http://site.example:8080/x"),
            ("https://site.example/", "https://user:pass@site.example/x", "https://site.example/x"),
        ] as [(String, String, String?)])
    func isOneHostHoweverItIsWritten(_ start: String, _ link: String, _ expected: String?) throws {
        #expect(SiteScope(try WebURL(parsing: start)).admit(try WebURL(parsing: link))?.text == expected)
    }

    /// Whatever a site calls its pages: no two paths are the same, and none is the folder of another one.
    @Test(arguments: 1...20) func hasNoCollisions(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let pieces = [
            "a", "A", "b.md", "b.txt", "b.html", "%2F", "%2E", "%25", "%", "~", "%C3%A9", "e%CC%81", "é", "?", "#",
            "%3F",
            "%23", ".", "..", " ", "x=1", "&", "index", "long\(String(repeating: "o", count: 300))", ":", "@", "md",
            "%FF",
        ]
        var urls: [String: WebURL] = [:]
        let scope = SiteScope(try WebURL(parsing: "https://site.example/"))
        for _ in 0..<3000 {
            let segments = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                (0..<Int.random(in: 0...3, using: &random)).map { _ in random.pick(pieces) }.joined()
            }
            guard let url = scope.start.resolving("/" + segments.joined(separator: "/")).flatMap(scope.admit) else {
                continue
            }
            let path = scope.documentPath(of: url)
            #expect(DocumentPath.canonical(Array(path.utf8))?.path == path, "\(url)")
            if let other = urls[path] { #expect(Self.isSame(url, other), "\(path): \(url) and \(other)") }
            urls[path] = url
        }
        let folders = Set(
            urls.keys.flatMap { path in
                path.indices.filter { path[$0] == "/" }.map { String(path[..<$0]) }
            })
        for path in urls.keys { #expect(!folders.contains(path), "\(path)") }
    }

    /// What is meant to be one page.
    private static func isSame(_ one: WebURL, _ other: WebURL) -> Bool { plain(one) == plain(other) }

    private static func plain(_ url: WebURL) -> String {
        var path = WebURLReader.percentDecoded(Array(url.path.utf8)).map { Character(Unicode.Scalar($0)) }
        for ending in [".html", ".md"]
        where path.suffix(ending.count).elementsEqual(ending) && path.count > ending.count {
            if path[path.count - ending.count - 1] != "/" { path.removeLast(ending.count) }
        }
        if path.last == "/" { path += "index" }
        let query = url.query.map { WebURLReader.percentDecoded(Array($0.utf8)) } ?? []
        return String(path) + "?" + String(query.map { Character(Unicode.Scalar($0)) })
    }
}
