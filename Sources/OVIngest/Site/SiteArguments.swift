// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// What `--arg` says to the fetcher of sites, checked.
struct SiteArguments: Hashable, Sendable {
    static let names = (
        use: "use", depth: "depth", pages: "max_pages", trust: "trust_lastmod", concurrency: "concurrency"
    )

    static let help = [
        (
            name: names.use,
            help: "where the list of pages comes from: sitemap, llms, llms-full or crawl; the first of them that the "
                + "site has when not given"
        ),
        (name: names.depth, help: "how many links a crawl goes from the first page, 0 to 100; 3 when not given"),
        (name: names.pages, help: "how many pages there may be; those beyond are left out"),
        (
            name: names.trust,
            help: "true to ask for no page of which the sitemap says the same lastmod as the last time"
        ),
        (name: names.concurrency, help: "how many requests go on at once, 1 to 16; 4 when not given"),
    ]

    enum Listing: String, CaseIterable, Sendable {
        case sitemap, llms, crawl
        case llmsFull = "llms-full"
    }

    let listing: Listing?
    let depth: Int
    let maximumPages: Int
    let trustsDates: Bool
    let concurrency: Int

    /// - Throws: `FetchError`, permanent.
    init(_ options: Source.Options, limits: Limits) throws(FetchError) {
        let given = options.arguments
        if let word = given[Self.names.use] {
            guard let known = Listing(rawValue: word) else {
                throw Self.invalid(Self.names.use, word, "sitemap, llms, llms-full or crawl")
            }
            listing = known
        } else {
            listing = nil
        }
        depth = try Self.number(given, Self.names.depth, 0...100) ?? 3
        let most = limits.webPagesPerIngest
        maximumPages = try Self.number(given, Self.names.pages, 1...most) ?? most
        concurrency = try Self.number(given, Self.names.concurrency, 1...16) ?? 4
        trustsDates = try Self.isTrue(given, Self.names.trust)
    }

    private static func number(_ given: [String: String], _ name: String, _ range: ClosedRange<Int>)
        throws(FetchError) -> Int?
    {
        guard let text = given[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw invalid(name, text, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// - Throws: `FetchError`, permanent.
    static func isTrue(_ given: [String: String], _ name: String) throws(FetchError) -> Bool {
        switch given[name] {
        case nil, "false": return false
        case "true": return true
        case let text?: throw invalid(name, text, "true or false")
        }
    }

    private static func invalid(_ name: String, _ text: String, _ expected: String) -> FetchError {
        .permanent(
            cause: "invalid_argument", "the argument \(name)=\(LocalPath.shown(text)) is not \(expected)",
            hint: "write --arg \(name)=… with \(expected)")
    }
}
