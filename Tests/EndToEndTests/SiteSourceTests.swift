// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Synchronization
import Testing

/// Whole sites and feeds, with the program as it is.
@Suite(.inTurn) struct SiteSourceTests {
    private static let target = "viking://resources/site"

    /// Thirty pages and a sitemap; overnight every address is answered with 200 and the same words.
    private final class Site: Sendable {
        let isLost = Mutex(false)
        let removed = Mutex<Set<Int>>([])

        func answer(_ target: String) -> ScriptedServer.Step {
            let removed = removed.withLock { $0 }
            let pages = (0..<30).filter { !removed.contains($0) }
            if target == "/robots.txt" || target == "/llms.txt" { return .answer(404) }
            if target == "/sitemap.xml" {
                let urls = pages.map { "<url><loc>/page-\($0)</loc></url>" }.joined()
                return .answer(200, [("Content-Type", "application/xml")], "<urlset>\(urls)</urlset>")
            }
            guard pages.contains(where: { target == "/page-\($0)" }) else { return .answer(404) }
            let html =
                isLost.withLock { $0 }
                ? "<title>Not found</title><h1>Sorry</h1><p>We looked for \(target) and found nothing there.</p>"
                : "<title>Page \(target)</title><h1>Page</h1><p>\(SiteSourceTests.words(target)) are words of its own.</p>"
            return .answer(200, [("Content-Type", "text/html; charset=utf-8")], html)
        }
    }

    /// Without digits, so that pages differ in what they say.
    private static func words(_ target: String) -> String {
        target.utf8.map { "word" + String(repeating: "x", count: Int($0) - 40) }.joined(separator: " ")
    }

    @Test func nothingIsLostWhenASiteAnswersNotFoundWithStatus200() async throws {
        let site = Site()
        let server = try ScriptedServer { [site.answer($0.target)] }
        let ov = try Installation()
        let first = try await ov.json(
            "ingest", server.origin + "/", "--fetcher", "site", "--to", Self.target, "--watch-interval", "60",
            "--allow-private-networks")
        #expect(first.counts == [30, 0, 0, 0])
        let before = try await ov.succeed("read", Self.target + "/page-7.md")

        site.isLost.withLock { $0 = true }
        let held = try await ov.run("task", "watch", "trigger", Self.target, "--wait")
        #expect(held.status == 1 && held.errors.contains("30 of 30 documents"), "\(held.summary)")
        #expect(held.errors.contains("--accept-deletions"), "\(held.summary)")
        #expect(try await ov.succeed("read", Self.target + "/page-7.md") == before)

        site.isLost.withLock { $0 = false }
        site.removed.withLock { $0 = [3, 4] }
        let after = try await ov.json("task", "watch", "trigger", Self.target, "--wait").member("result")
        #expect(after.counts == [0, 0, 2, 28])
        #expect(try await ov.watch(Self.target)["source_type"]?.string == "site")
        try await ov.checkStore()
    }

    @Test func aFeedKeepsWhatLeavesIt() async throws {
        let entries = Entries()
        let server = try ScriptedServer { _ in [.answer(200, [("Content-Type", "application/rss+xml")], entries.text)] }
        let ov = try Installation()
        let first = try await ov.json(
            "ingest", server.origin + "/feed.xml", "--to", Self.target, "--watch-interval", "60",
            "--allow-private-networks")
        #expect(first.counts == [5, 0, 0, 0])
        entries.first.withLock { $0 = 3 }
        let second = try await ov.json("task", "watch", "trigger", Self.target, "--wait").member("result")
        #expect(second.counts == [3, 0, 0, 5])
        let text = try await ov.succeed("read", Self.target + "/blog.example/post-0.md")
        #expect(text.contains("title: \"Post 0\"") && text.contains("Words of post 0"), "\(text)")
        try await ov.checkStore()
    }

    private final class Entries: Sendable {
        let first = Mutex(0)

        var text: String {
            let first = first.withLock { $0 }
            let items = (first..<(first + 5)).map { number in
                "<item><title>Post \(number)</title><guid>http://blog.example/post-\(number)</guid>"
                    + "<description>Words of post \(number).</description></item>"
            }
            return "<rss><channel>\(items.joined())</channel></rss>"
        }
    }
}
