// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@testable import OVIngest

@Suite(.inTurn) struct RobotsRulesTests {
    private func rules(_ lines: String...) -> RobotsRules { RobotsRules(Array(lines.joined(separator: "\n").utf8)) }

    /// RFC 9309 §2.2 and its examples, and what sites write beside it.
    @Test(
        arguments: [
            ("", "/x", true),
            ("User-agent: *\nDisallow: /", "/x", false),
            ("User-agent: *\nDisallow:", "/x", true),
            ("user-AGENT : *  # all\r\ndisallow : /x  # not this\r\n", "/x/y", false),
            ("User-agent: other\nDisallow: /", "/x", true),
            ("User-agent: OV\nDisallow: /x\nUser-agent: *\nDisallow: /", "/y", true),
            ("User-agent: ov/1.0\nDisallow: /x", "/x", false),
            ("User-agent: ovation\nDisallow: /x", "/x", true),
            ("User-agent: other\nUser-agent: ov\nDisallow: /x", "/x", false),
            (
                "User-agent: ov\nDisallow: /a\n\nUser-agent: x\nDisallow: /b\n\nUser-agent: ov\nDisallow: /c", "/c",
                false
            ),
            (
                "User-agent: ov\nDisallow: /a\n\nUser-agent: x\nDisallow: /b\n\nUser-agent: ov\nDisallow: /c", "/a",
                false
            ),
            ("User-agent: ov\nDisallow: /a\n\nUser-agent: x\nDisallow: /b\n\nUser-agent: ov\nDisallow: /c", "/b", true),
            ("User-agent: ov\n\nUser-agent: *\nDisallow: /", "/x", false),
            ("User-agent: ov\nAllow: /\nUser-agent: *\nDisallow: /", "/x", true),
            ("User-agent: *\nSitemap: https://x/s.xml\nDisallow: /x", "/x", false),
            ("User-agent: *\nDisallow: /x\nAllow: /x/y", "/x/y/z", true),
            ("User-agent: *\nAllow: /x/y\nDisallow: /x", "/x/z", false),
            ("User-agent: *\nAllow: /x\nDisallow: /x", "/x", true),
            ("User-agent: *\nDisallow: /*.gif$", "/a/b.gif", false),
            ("User-agent: *\nDisallow: /*.gif$", "/a/b.gifs", true),
            ("User-agent: *\nDisallow: /*/x", "/a/b/x", false),
            ("User-agent: *\nDisallow: *x", "/a/x", false),
            ("User-agent: *\nDisallow: /$", "/", false),
            ("User-agent: *\nDisallow: /$", "/a", true),
            ("User-agent: *\nDisallow: /a?*p=", "/a?x=1&p=2", false),
            ("User-agent: *\nDisallow: /caf%C3%A9", "/caf%c3%a9/x", false),
            ("User-agent: *\nDisallow: /café", "/caf%C3%A9", false),
            ("User-agent: *\nDisallow: /%7Ejoe", "/~joe/x", false),
            ("User-agent: *\nDisallow: /a%2Fb", "/a/b", true),
            ("User-agent: *\nDisallow: /a%2fb", "/a%2Fb", false),
            ("User-agent: *\nDisallow: x", "/x", true),
            ("Disallow: /x\nUser-agent: *\nAllow: /", "/x", true),
            ("\u{FEFF}User-agent: *\nDisallow: /x", "/x", false),
            ("<html>User-agent: *</html>\nno robots here", "/x", true),
        ])
    func saysWhatMayBeRead(_ text: String, _ target: String, _ isAllowed: Bool) {
        #expect(RobotsRules(Array(text.utf8)).allows(target) == isAllowed)
    }

    @Test(arguments: [
        ("1", Milliseconds.seconds(1)), ("0.5", Milliseconds(500)), ("-1", nil), ("x", nil), ("1e9", nil),
    ])
    func saysHowLongToWait(_ value: String, _ delay: Milliseconds?) {
        #expect(rules("User-agent: *", "Crawl-delay: \(value)").crawlDelay == delay)
        #expect(rules("User-agent: x", "Crawl-delay: \(value)").crawlDelay == nil)
    }

    @Test func namesSitemapsForEveryone() {
        let rules = rules("Sitemap: https://a/1.xml", "User-agent: x", "Sitemap:https://a/2.xml # two", "sitemap:")
        #expect(rules.sitemaps == ["https://a/1.xml", "https://a/2.xml"])
    }

    /// Half a line at the end of what is read could say the opposite of the whole one.
    @Test func readsNoMoreThanItMust() {
        let filler = String(repeating: "# filler\n", count: 500 * 1024 / 9)
        let text = "User-agent: *\nDisallow: /a\n\(filler)Disallow: /"
        let rules = RobotsRules(Array(text.utf8) + Array("bcdefghijklmnopqrstuvwxyz\nDisallow: /z\n".utf8))
        #expect(!rules.allows("/a") && rules.allows("/b") && rules.allows("/z"))
    }

    @Test func isLinearInWhatIsHostile() {
        let stars = String(repeating: "*a", count: 20_000)
        let rules = rules("User-agent: *", "Disallow: /\(stars)b")
        #expect(rules.allows("/" + String(repeating: "a", count: 8000)))
        let path = "/" + String(repeating: "a", count: 500)
        let many = [5_000, 30_000].map { count in
            RobotsRules(Array(("User-agent: *\n" + String(repeating: "Disallow: /*x\n", count: count)).utf8))
        }
        // What takes longer than anybody's rules is not gone through to its end, and then nothing is allowed.
        #expect(many.map { $0.allows(path) } == [true, false])
    }
}
