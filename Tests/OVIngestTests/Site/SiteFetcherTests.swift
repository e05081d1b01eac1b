// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// What a site is taken for, and what becomes of its pages.
@Suite(.inTurn) struct SiteFetcherTests {
    private let kit: WebKit
    private let site: TestSite

    init() throws {
        kit = try WebKit()
        site = try TestSite()
    }

    private func fetch(
        _ path: String = "/", _ arguments: [String: String] = [:], include: [String] = [], exclude: [String] = [],
        _ validators: [String: Validator] = [:]
    ) async throws -> RecordingSink.Record {
        try await kit.site.record(
            .local("site", site.origin + path, arguments, include: include, exclude: exclude), validators: validators)
    }

    private func failure(_ path: String = "/", _ arguments: [String: String] = [:]) async -> FetchError? {
        await #expect(throws: FetchError.self) { try await fetch(path, arguments) }
    }

    // MARK: Which pages

    @Test func readsTheSitemapsThatRobotsTxtNames() async throws {
        site["/robots.txt"] = .init("Sitemap: \(site.origin)/index.xml\nUser-agent: *\nDisallow: /secret\n")
        site["/index.xml"] = .init(
            "<sitemapindex><sitemap><loc>/a.xml</loc></sitemap><sitemap><loc>http://other.example/b.xml</loc></sitemap>"
                + "</sitemapindex>")
        site["/a.xml"] = site.sitemap(["/", "/guide", "/secret/x", "/picture.png"])
        for target in ["/", "/guide", "/secret/x"] { site[target] = .html("<p>\(target)") }
        let record = try await fetch()
        #expect(record.paths == ["guide.md", "index.md"])
        #expect(record.expected == [2])
        #expect(record.warnings.map(\.message) == ["robots.txt does not allow 1 page, which are left out"])
        #expect(!site.targets.contains("/secret/x"))
    }

    @Test func readsTheListForLanguageModelsAndPrefersMarkdown() async throws {
        site["/llms.txt"] = .init(
            "# Docs\n\n- [Guide](/guide.md): how\n- [Other](http://other.example/x.md)\n", type: "text/plain")
        site["/guide.md"] = .init("# Guide\n", type: "text/markdown")
        #expect(try await fetch().texts == ["guide.md": "# Guide\n"])
        site["/sitemap.xml"] = site.sitemap(["/guide", "/plain", "/tour/"])
        site["/llms.txt"] = .init("[Guide](/guide.md) [Tour](/tour.md) [Not listed](/more.md)")
        site["/tour.md"] = .init("# Tour\n", type: "text/markdown")
        for target in ["/guide", "/plain", "/tour/"] { site[target] = .html("<p>\(target)") }
        let record = try await fetch()
        #expect(record.paths == ["guide.md", "plain.md", "tour/index.md"])
        #expect(record.texts["guide.md"] == "# Guide\n" && record.texts["tour/index.md"] == "# Tour\n")
        let count = site.server.requests.count
        let second = try await fetch(record.validators)
        #expect(second.kept == record.validators)
        #expect(site.server.requests.count - count == 3 + 2)
    }

    private func fetch(_ validators: [String: Validator]) async throws -> RecordingSink.Record {
        try await fetch("/", [:], validators)
    }

    private func fetch(_ path: String, _ arguments: [String: String], _ validators: [String: Validator]) async throws
        -> RecordingSink.Record
    {
        try await fetch(path, arguments, include: [], exclude: [], validators)
    }

    /// One page shows how the others are to be had; where that is not so, the page itself is taken.
    @Test func learnsFromTheFirstPageWhereMarkdownIs() async throws {
        let targets = ["/a", "/b", "/c", "/d"]
        site["/sitemap.xml"] = site.sitemap(targets)
        for target in targets {
            site[target] = .html("<p>\(target)", head: "<link rel=alternate type=text/markdown href='\(target).md'>")
            if target != "/c" { site[target + ".md"] = .init("# \(target)\n", type: "text/markdown") }
        }
        let record = try await fetch()
        #expect(record.texts["a.md"] == "# /a\n" && record.texts["b.md"] == "# /b\n")
        #expect(record.texts["c.md"]?.contains("<p>") == true)
        #expect(site.targets.sorted() == ["/a", "/a.md", "/b.md", "/c", "/c.md", "/d.md"])
        let second = try await fetch(record.validators)
        #expect(second.kept.count == 4)
    }

    @Test func saysThatLinksAreLeftOut() async throws {
        let base = "http://other.example/\(String(repeating: "x", count: 8000))/"
        let links = (0..<4300).map { "<a href=\($0)>x</a>" }.joined()
        site["/"] = .html("\(links)<a href=\(site.origin)/a>a</a>", head: "<base href=\(base)>")
        let record = try await fetch()
        #expect(record.paths == ["index.md"] && record.warnings.count == 1)
        #expect(record.warnings.first?.message.contains("links are too long") == true)
        #expect(try await fetch(record.validators).warnings == record.warnings)
    }

    @Test func crawlsWhatHasNoList() async throws {
        site["/"] = .html(
            "<a href=/a>a</a> <a href='b/?utm_source=x#y'>b</a> <a href=http://other.example/>o</a> <a href=x.png>p</a>"
        )
        site["/a"] = .html("<a href=/c>c</a>")
        site["/b/"] = .html("<a href=../paper.pdf>p</a> <a href=/dead>d</a>")
        site["/c"] = .html("<a href=/d>d</a>")
        site["/d"] = .html("<a href=/e>e</a>")
        site["/e"] = .html("too deep")
        site["/paper.pdf"] = .init("%PDF-1.4", type: "application/pdf")
        site["/x.png"] = .init("png")
        let record = try await fetch()
        #expect(record.paths == ["a.md", "b/index.md", "c.md", "d.md", "index.md", "paper.pdf"])
        #expect(record.warnings.isEmpty)
        #expect(try await fetch("/", ["depth": "1"], [:]).paths == ["a.md", "b/index.md", "index.md"])
        let few = try await fetch("/", ["max_pages": "3"], [:])
        #expect(few.paths.count == 3)
        #expect(few.warnings.contains { $0.message.contains("more than 3 pages") })
    }

    @Test(arguments: [
        ("/docs/", ["index.md", "a.md", "deep/b.md"]), ("/docs", ["index.md", "a.md", "deep/b.md"]),
        ("/docs/a", ["index.md", "a.md", "deep/b.md"]),
    ])
    func staysInTheFolderOfItsStart(_ start: String, _ paths: [String]) async throws {
        let links = ["/docs/", "/docs/a", "/docs/deep/b", "/blog/", "/"]
        site["/docs"] = .redirect("/docs/")
        for link in links { site[link] = .hub(links) }
        #expect(try await fetch(start).paths == paths.sorted())
    }

    @Test func leavesOutWhatIsExcluded() async throws {
        site["/"] = .hub(["/docs/a", "/docs/b", "/blog/c", "/d"])
        for target in ["/docs/a", "/docs/b", "/blog/c", "/d"] { site[target] = .html(target) }
        #expect(try await fetch(include: ["docs/**"]).paths == ["docs/a.md", "docs/b.md"])
        #expect(try await fetch(exclude: ["blog/", "docs/b"]).paths == ["d.md", "docs/a.md", "index.md"])
        #expect(!site.targets.contains("/blog/c"))
    }

    @Test func usesOnlyWhatIsAskedFor() async throws {
        site["/"] = .hub(["/a"])
        site["/a"] = .html("a")
        site["/b"] = .html("b")
        site["/llms-full.txt"] = .init("# All of it\n")
        #expect(await failure("/", ["use": "sitemap"])?.cause == "source_gone")
        #expect(await failure("/", ["use": "llms"])?.cause == "source_gone")
        site["/sitemap.xml"] = site.sitemap(["/b"])
        #expect(try await fetch("/", ["use": "crawl"], [:]).paths == ["a.md", "index.md"])
        #expect(try await fetch("/", ["use": "sitemap"], [:]).paths == ["b.md"])
        #expect(try await fetch("/", ["use": "llms-full"], [:]).texts == ["llms-full.md": "# All of it\n"])
        for (name, value) in [
            ("use", "x"), ("depth", "-1"), ("max_pages", "0"), ("concurrency", "99"), ("trust_lastmod", "1"),
        ] {
            #expect(await failure("/", [name: value])?.cause == "invalid_argument")
        }
    }

    // MARK: One page, one document

    @Test func mergesWhatIsOnePage() async throws {
        site["/"] = .hub(["/a", "/a/", "/a.html", "/b?x=1", "/b", "/old", "/c?sort=1", "/lost"])
        site["/a"] = .redirect("/a/")
        site["/a/"] = .html("a")
        site["/b"] = .html("b", head: "<link rel=canonical href=/b>")
        site["/b?x=1"] = .html("b", head: "<link rel=canonical href=/b>")
        site["/old"] = .redirect("/b", 302)
        // An address that nobody answers at is no reason to lose a page.
        site["/c?sort=1"] = .html("c", head: "<link rel=canonical href=/c>")
        site["/lost"] = .html("lost", head: "<link rel=canonical href=/>")
        let record = try await fetch()
        #expect(record.paths == ["a/index.md", "b.md", "c?sort=1.md", "index.md", "lost.md"])
    }

    @Test func leavesNothingOutWherePagesCallEachOtherTheRealOne() async throws {
        site["/"] = .hub(["/a", "/b"])
        site["/a"] = .html("a", head: "<link rel=canonical href=/b>")
        site["/b"] = .html("b", head: "<link rel=canonical href=/a>")
        #expect(try await fetch().paths.count == 2)
    }

    @Test func followsASiteThatHasMoved() async throws {
        site["/docs/"] = .redirect("/documentation/")
        site["/documentation/"] = .hub(["/documentation/a"])
        site["/documentation/a"] = .html("a")
        #expect(try await fetch("/docs/").paths == ["a.md", "index.md"])
        let other = try TestSite(["/": .html("elsewhere")])
        site["/gone/"] = .redirect(other.origin + "/")
        #expect(await failure("/gone/")?.hint?.contains(other.origin) == true)
        site["/round/"] = .redirect("/round/")
        #expect(await failure("/round/")?.cause == "too_many_redirects")
    }

    // MARK: Refresh

    @Test func asksOnlyForWhatTheSitemapSaysHasChanged() async throws {
        let targets = ["/a", "/b"]
        site["/sitemap.xml"] = site.sitemap(targets, lastmod: "2026-01-01")
        for target in targets { site[target] = .html(target) }
        let first = try await fetch("/", ["trust_lastmod": "true"], [:])
        let count = site.server.requests.count
        let second = try await fetch("/", ["trust_lastmod": "true"], first.validators)
        #expect(second.kept == first.validators)
        #expect(site.server.requests[count...].map(\.target) == ["/sitemap.xml"])
        site["/sitemap.xml"] = site.sitemap(targets, lastmod: "2026-01-02")
        site["/b"] = .html("new")
        let third = try await fetch("/", ["trust_lastmod": "true"], second.validators)
        #expect(Array(third.kept.keys) == ["a.md"] && Array(third.delivered.keys) == ["b.md"])
    }

    /// A crawled page that has not changed is not sent, and its links are known all the same.
    @Test func anUnchangedPageKeepsWhatIsBelowIt() async throws {
        site["/"] = .hub(["/a"])
        site["/a"] = .hub(["/b"])
        site["/b"] = .html("one")
        let first = try await fetch()
        site["/b"] = .html("two")
        let second = try await fetch(first.validators)
        #expect(second.kept.keys.sorted() == ["a.md", "index.md"])
        #expect(Array(second.delivered.keys) == ["b.md"])
    }

    @Test(arguments: [500, 503, 429, 401, 403, 451, 418])
    func keepsWhatCannotBeLookedAt(_ status: Int) async throws {
        site["/"] = .hub(["/a", "/b"])
        site["/a"] = .hub(["/c"])
        for target in ["/b", "/c"] { site[target] = .html(target) }
        var held = HeldDocuments()
        held.apply(try await fetch())
        for _ in 0..<3 {
            site["/a"] = TestSite.Page("no", status: status)
            let record = try await fetch(held.validators)
            #expect(record.warnings(about: "a.md").map(\.isUnchecked) == [true])
            held.apply(record)
            #expect(held.texts.keys.sorted() == ["a.md", "b.md", "c.md", "index.md"])
        }
    }

    @Test func isCarefulWithWhatLooksLikeTrouble() async throws {
        site["/"] = .hub(["/a", "/b", "/c", "/d"])
        for target in ["/a", "/b", "/c", "/d"] { site[target] = .html(target) }
        var held = HeldDocuments()
        held.apply(try await fetch())
        site["/a"] = .init("", type: "text/html")
        site["/b"] = .redirect("/login?next=/b", 302)
        site["/c"] = .redirect("/", 302)
        site["/d"] = nil
        let record = try await fetch(held.validators)
        #expect(Set(record.warnings.filter(\.isUnchecked).compactMap(\.path)) == ["a.md", "b.md", "c.md"])
        held.apply(record)
        #expect(held.texts.keys.sorted() == ["a.md", "b.md", "c.md", "index.md"])
    }

    /// When it cannot be read where a page leads, what may be below it is not taken for gone.
    @Test func losesNothingBehindAPageThatItNeverRead() async throws {
        site["/"] = .hub(["/a", "/b"])
        site["/a"] = .hub(["/c"])
        site["/b"] = .html("b")
        site["/c"] = .html("c")
        var held = HeldDocuments()
        held.apply(try await fetch())
        let known = held.validators.filter { $0.key != "a.md" }
        site["/a"] = TestSite.Page("", status: 500)
        held.apply(try await fetch(known))
        #expect(held.texts.keys.contains("c.md"))
    }

    @Test func endsWhenTooMuchOfASiteFails() async throws {
        let targets = (0..<20).map { "/p\($0)" }
        site["/sitemap.xml"] = site.sitemap(targets)
        for target in targets { site[target] = .html(target) }
        let validators = try await fetch().validators
        for target in targets.prefix(6) { site[target] = TestSite.Page("", status: 500) }
        let error = await #expect(throws: FetchError.self) { try await fetch(validators) }
        #expect(error?.isTransient == true && error?.message.contains("6 of 20 pages") == true)
    }

    @Test(arguments: [500, 503, 429]) func endsWhenNobodySaysWhichPagesThereAre(_ status: Int) async throws {
        // A server that fails over what it does not know has no sitemap, unless it had one before.
        let targets = ["/robots.txt", "/"] + (status == 500 ? [] : ["/sitemap.xml", "/llms.txt"])
        for target in targets {
            site.set(["/": .hub(["/a"]), "/a": .html("a")])
            site[target] = TestSite.Page("", status: status)
            #expect(await failure()?.isTransient == true, "\(target)")
        }
        site.set(["/sitemap.xml": site.sitemap(["/a"]), "/a": .html("a")])
        let validators = try await fetch().validators
        site["/sitemap.xml"] = TestSite.Page("", status: status)
        let error = await #expect(throws: FetchError.self) { try await fetch(validators) }
        #expect(error?.isTransient == true)
        site.set(["/sitemap.xml": .init("<urlset><url><loc>/a</loc></url><url><lo")])
        #expect(await failure()?.message.contains("ends in the middle") == true)
    }

    @Test func removesNothingWhenAPartOfTheListIsMissing() async throws {
        site["/sitemap.xml"] = .init(
            "<sitemapindex><sitemap><loc>/1.xml</loc></sitemap><sitemap><loc>/2.xml</loc></sitemap></sitemapindex>")
        site["/1.xml"] = site.sitemap(["/a"])
        site["/2.xml"] = site.sitemap(["/b"])
        for target in ["/a", "/b"] { site[target] = .html(target) }
        var held = HeldDocuments()
        held.apply(try await fetch())
        site["/2.xml"] = nil
        held.apply(try await fetch(held.validators))
        #expect(held.texts.keys.sorted() == ["a.md", "b.md"])
    }

    // MARK: Manners

    @Test func asksForRobotsTxtOnceADay() async throws {
        site["/"] = .html("x")
        func count() -> Int { site.server.requests.filter { $0.target == "/robots.txt" }.count }
        for _ in 0..<3 { _ = try await fetch() }
        #expect(count() == 1)
        try await kit.clock.sleep(for: .hours(25))
        site["/robots.txt"] = .init("User-agent: ov\nDisallow: /\n")
        #expect(await failure()?.cause == "access_denied")
        #expect(count() == 2)
        // What is forbidden is looked up again: somebody may have changed it for us.
        site["/robots.txt"] = nil
        _ = try await fetch()
        #expect(count() == 3)
    }

    @Test func waitsAsLongAsItIsAskedTo() async throws {
        site["/robots.txt"] = .init("User-agent: *\nCrawl-delay: 2\n")
        site["/"] = .hub((0..<5).map { "/p\($0)" })
        for number in 0..<5 { site["/p\(number)"] = .html("\(number)") }
        let start = kit.clock.now()
        _ = try await fetch()
        #expect(kit.clock.now().since(start) >= .seconds(2 * 5))
    }

    @Test func comesBackLaterWhenASiteWantsThat() async throws {
        site["/sitemap.xml"] = site.sitemap(["/a", "/b"])
        site["/a"] = .html("a")
        site["/b"] = TestSite.Page("", status: 503, headers: ["Retry-After": "5"])
        let start = kit.clock.now()
        let record = try await fetch()
        #expect(kit.clock.now().since(start) >= .seconds(10))
        #expect(record.warnings(about: "b.md").map(\.isUnchecked) == [true])
        #expect(site.targets.filter { $0 == "/b" }.count == 3)
        site["/b"] = TestSite.Page("", status: 429, headers: ["Retry-After": "3600"])
        let error = await failure()
        #expect(error?.persistence == .transient(retryAfter: .hours(1)))
    }

    @Test func givesUpOnASiteThatIsDown() async throws {
        let targets = (0..<200).map { "/p\($0)" }
        site["/sitemap.xml"] = site.sitemap(targets)
        for target in targets { site[target] = TestSite.Page("", status: 500) }
        #expect(await failure()?.message.contains("in a row") == true)
        #expect(site.targets.count < 100)
    }

    // MARK: Recognition

    @Test(
        arguments: [
            ("https://a.example/sitemap.xml", false, "https://a.example/sitemap.xml", "a.example"),
            (
                "https://a.example/x/sitemap-posts.xml.gz", false, "https://a.example/x/sitemap-posts.xml.gz",
                "a.example"
            ),
            ("https://a.example/", false, nil, nil), ("https://a.example/sitemap", false, nil, nil),
            ("a.example", false, nil, nil), ("a.example", true, "https://a.example/", "a.example"),
            ("https://a.example/docs/#x", true, "https://a.example/docs/", "docs"),
            ("guide.md", true, "https://guide.md/", "guide.md"), ("/docs", true, nil, nil),
        ] as [(String, Bool, String?, String?)])
    func recognises(_ text: String, _ isNamed: Bool, _ location: String?, _ name: String?) async throws {
        var context = SourceContext(workingDirectory: "/", homeDirectory: nil)
        context.isFetcherNamed = isNamed
        let source = try await kit.site.recognise(text, in: context)
        #expect(source?.location == location && source?.suggestedName == name)
    }
}

extension FetchError {
    var isTransient: Bool { persistence != .permanent }
}
