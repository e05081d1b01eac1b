// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// A feed (RSS, Atom, JSON Feed): a document for each entry. What is not in it any more stays.
package struct FeedFetcher: Fetcher {
    private let access: SiteAccess

    private static let full = "full"
    /// Bytes of a feed.
    private static let maximumBytes: Int64 = 64 << 20

    package init(_ access: SiteAccess) { self.access = access }

    package let name = "feed"
    package let version = 1
    package let arguments = [
        (name: full, help: "true to read the pages of entries of which the feed has no more than a summary"),
        authArgument,
    ]

    package func recognise(_ text: String, in context: SourceContext) async throws(OVError) -> RecognisedSource? {
        guard let url = try WebURL.address(text, in: context), context.isFetcherNamed || Self.isFeed(url) else {
            return nil
        }
        return RecognisedSource(location: url.withoutFragment.text, suggestedName: Self.name(of: url))
    }

    private static func isFeed(_ url: WebURL) -> Bool {
        let name = url.lastSegment.lowercased()
        return ["feed.xml", "atom.xml", "rss.xml", "feed.json", "index.rdf"].contains(name) || name.hasSuffix(".rss")
            || name.hasSuffix(".atom")
    }

    /// All feeds are called alike; where they are is what tells them apart.
    private static func name(of url: WebURL) -> String {
        guard isFeed(url) else { return url.suggestedName }
        let folder = url.path.utf8.split(separator: UInt8(ascii: "/")).dropLast().last.map { "-\(Substring($0))" } ?? ""
        let name = url.host + folder
        return VikingURI.isSegment(name) ? name : url.suggestedName
    }

    package func fetch(_ request: FetchRequest, into sink: any DocumentSink) async throws -> FetchSummary {
        let source = request.source
        let isFull = try SiteArguments.isTrue(source.options.arguments, Self.full)
        let filter = try SiteFilter(source.options)
        let url = try source.webURL
        let known = request.validators.compactMapValues(FeedValidator.init)
        return try await access.withClient(for: request, from: url) { client in
            let window = FeedValidator.window(of: known.values)
            guard let found = try await feed(at: url, window, by: client) else {
                for (path, _) in known {
                    guard let validator = request.validators[path] else { continue }
                    try await sink.keep([KeptDocument(path: path, validator: validator)])
                }
                return FetchSummary(shape: .tree, isAdditive: true, isUnchanged: true)
            }
            let delivery = FeedDelivery(
                location: url, response: found.response, known: known, filter: filter, limits: request.limits,
                isFull: isFull, client: client, robots: access.robots)
            try await delivery.deliver(found.feed, into: sink)
            return FetchSummary(shape: .tree, isAdditive: true)
        }
    }

    private typealias Found = (feed: Feed, response: WebResponse)

    /// - Returns: nil when it is as it was.
    private func feed(at url: WebURL, _ window: FeedValidator.Window?, by client: PoliteClient) async throws -> Found? {
        // Found the last time in a page.
        if let window, let place = try? WebURL(parsing: window.feed), place != url {
            let response = try await ask(place, window, client)
            if response.status == 304, window.web != nil { return nil }
            if let found = try read(response) { return found }
        }
        let response = try await ask(url, window?.feed == url.text ? window : nil, client)
        if response.status == 304, window?.web != nil { return nil }
        guard [200, 203].contains(response.status) else { throw FetchError.status(response, asOf: client.clock.now()) }
        if let found = try read(response) { return found }
        // A page, which may say where its feed is.
        let feeds = PageLinks(html: response.body, at: response.url, isWhole: false).feeds
        guard let place = feeds.first(where: { !$0.path.contains("comment") }) ?? feeds.first else {
            throw FetchError.permanent(
                cause: "no_feed", "\(url) is no feed, and names none", hint: "give the address of the feed itself")
        }
        let second = try await ask(place, nil, client)
        guard [200, 203].contains(second.status) else { throw FetchError.status(second, asOf: client.clock.now()) }
        guard let found = try read(second) else {
            throw FetchError.permanent(
                cause: "no_feed", "\(place), which \(url) names as its feed, is none",
                hint: "give the address of the feed itself")
        }
        return found
    }

    private func ask(_ url: WebURL, _ window: FeedValidator.Window?, _ client: PoliteClient) async throws -> WebResponse
    {
        let accept = (
            "Accept",
            "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
        )
        return try await client.get(
            url, headers: [accept] + (window?.web?.conditions ?? []), limit: Self.maximumBytes, redirects: .followed)
    }

    private func read(_ response: WebResponse) throws -> Found? {
        guard [200, 203].contains(response.status) else { return nil }
        guard !response.body.isEmpty else {
            throw FetchError.transient(cause: "protocol_error", "\(response.url) is empty, which no feed is")
        }
        return Feed.read(response.body, at: response.url, charset: response.charset).map { ($0, response) }
    }
}
