// SPDX-License-Identifier: Apache-2.0

import OVCore

@testable import OVIngest

extension FuzzTarget {
    static let sites = [
        FuzzTarget("robots", maximumLength: 4 << 10) { bytes in
            // The first line is what is asked for.
            let (line, file) = splitLine(bytes)
            let rules = RobotsRules(file)
            let target = "/" + String(decoding: line.prefix(512), as: UTF8.self)
            let answer = rules.allows(target)
            try check(answer == rules.allows(target), "two answers")
            try check(rules.sitemaps.reduce(0) { $0 + $1.utf8.count } <= 3 * file.count, "sitemaps from nowhere")
            if let delay = rules.crawlDelay { try check((0...86_400_000).contains(delay.count), "a delay of \(delay)") }
            let reversed = RobotsRules(Array("User-agent: *\nDisallow: /\n".utf8) + file)
            _ = reversed.allows(target)
        },
        FuzzTarget("sitemap") { bytes in
            guard let sitemap = Sitemap(bytes, maximum: 100) else { return }
            try check(sitemap.pages.count + sitemap.sitemaps.count <= 100, "too many entries")
            for entry in sitemap.pages + sitemap.sitemaps {
                try check(entry.location.utf8.count <= 3 * 8192, "a location of \(entry.location.utf8.count) bytes")
            }
        },
        FuzzTarget("feed") { bytes in
            let (choice, document) = split(bytes)
            guard let exampleURL else { return }
            let charsets = [nil, "utf-8", "utf-16", "none-such"]
            guard let feed = Feed.read(document, at: exampleURL, charset: charsets[Int(choice & 3)]) else { return }
            try check(feed.entries.count <= document.count, "\(feed.entries.count) entries")
            var size = 0
            for entry in feed.entries {
                if let link = entry.link { try checkPrintsToItself(link) }
                if let title = entry.title { try check(title.utf8.count <= 64 << 10, "a title of that length") }
                size += (entry.content?.bytes.count ?? 0) + (entry.summary?.bytes.count ?? 0)
            }
            // JSON escapes three bytes in six at best; XML makes three of a byte that is none in its charset.
            try check(size <= 4 * document.count + 1024, "\(size) bytes of text from \(document.count)")
        },
        FuzzTarget("page-path", maximumLength: 4 << 10) { bytes in
            let (line, rest) = splitLine(bytes)
            let query = rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
            let path = PagePath.path(String(decoding: line, as: UTF8.self), query: query)
            try check(DocumentPath.canonical(Array(path.utf8))?.path == path, "a path that is not canonical: \(path)")
        },
        FuzzTarget("url", maximumLength: 4 << 10) { bytes in
            // A URL, and what is resolved against it.
            let (line, rest) = splitLine(bytes)
            let reference = String(decoding: rest, as: UTF8.self)
            if let url = try? WebURL(parsing: String(decoding: line, as: UTF8.self)) {
                try checkPrintsToItself(url)
                if let resolved = url.resolving(reference) { try checkPrintsToItself(resolved) }
                // What stands elsewhere as well is no secret.
                let redacted = WebURL.redacted(String(decoding: line, as: UTF8.self))
                if let secret = url.userInformation, secret.utf8.count > 8, count(secret, in: line) == 1 {
                    try check(count(secret, in: Array(redacted.utf8)) == 0, "a password in \(redacted)")
                }
            }
            if let resolved = exampleURL?.resolving(reference) { try checkPrintsToItself(resolved) }
        },
        FuzzTarget("http-date", maximumLength: 256) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if let date = HTTPDate.parse(text) {
                try check(date >= .earliest && date <= .latest, "a date outside of all calendars")
            }
            if let written = FeedDate.text(text) {
                try check(written.utf8.count <= 64 * 4 * 16, "a date of that length")
            }
        },
    ]
}

/// What was accepted is written in a way that is accepted as the same.
func checkPrintsToItself(_ url: WebURL) throws {
    let text = url.text
    guard let again = try? WebURL(parsing: text) else { throw FuzzFinding("\(text) is not accepted again") }
    try check(again.text == text, "\(text) becomes \(again.text)")
    try check(again.host == url.host && again.port == url.port, "\(text) is at another host")
    try check(text.utf8.allSatisfy { $0 > 32 && $0 != 127 }, "\(text.debugDescription) has what no request may have")
}

private func count(_ text: String, in bytes: [UInt8]) -> Int {
    let wanted = Array(text.utf8)
    return bytes.indices.count { bytes[$0...].starts(with: wanted) }
}
