// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// Delivers the entries of a feed that was read.
struct FeedDelivery: Sendable {
    /// What the user gave: paths are made in relation to it.
    let location: WebURL
    let response: WebResponse
    let known: [String: FeedValidator]
    let filter: SiteFilter
    let limits: Limits
    /// Whether pages are read where the feed has only a summary.
    let isFull: Bool
    let client: PoliteClient
    let robots: SiteRobots

    private static let concurrency = 4

    private struct Item: Sendable {
        let path: String
        let entry: FeedEntry
        let page: [UInt8]
        let validator: FeedValidator
    }

    func deliver(_ feed: Feed, into sink: any DocumentSink) async throws {
        let items = items(of: feed)
        await sink.expect(documents: items.count)
        let tally = SiteTally()
        var kept: [KeptDocument] = []
        var new: [Item] = []
        for item in items {
            _ = try tally.claim(item.path, bytes: Int64(item.entry.size), limits)
            if let last = known[item.path], last.digest == item.validator.digest, last.window.feed == response.url.text
            {
                kept.append(KeptDocument(path: item.path, validator: item.validator.validator))
            } else {
                new.append(item)
            }
        }
        try Task.checkCancellation()
        if !kept.isEmpty { try await sink.keep(kept) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, item) in new.enumerated() {
                if index >= Self.concurrency { try await group.next() }
                group.addTask { try await deliver(item, into: sink) }
            }
            try await group.waitForAll()
        }
    }

    /// The entries that become documents; of several that are known by the same the first.
    private func items(of feed: Feed) -> [Item] {
        var entries: [(path: String, entry: FeedEntry)] = []
        var paths: Set<String> = []
        for entry in feed.entries {
            let path = entry.path(in: location)
            guard filter.admits(path), paths.insert(path).inserted else { continue }
            entries.append((path, entry))
        }
        let window = FeedValidator.Window(
            feed: response.url.text, web: WebValidator(response, received: client.clock.now()), count: entries.count)
        return entries.map { path, entry in
            let page = entry.page
            let digest = PagePath.hash(String(decoding: page, as: UTF8.self)) + (isFull ? "f" : "")
            return Item(
                path: path, entry: entry, page: page, validator: FeedValidator(window: window, digest: digest))
        }
    }

    private func deliver(_ item: Item, into sink: any DocumentSink) async throws {
        try Task.checkCancellation()
        guard item.entry.size <= limits.documentBytes else {
            let message = "it has more than \(limits.documentBytes) bytes; that is the limit on one document"
            return await sink.warn(FetchWarning(path: item.path, message: message, isUnchecked: true))
        }
        if isFull, item.entry.content == nil, let link = item.entry.link {
            switch try await page(at: link) {
            case .page(let response):
                return try await sink.deliver(
                    FetchedDocument(
                        path: item.path, bytes: response.body, name: response.url.lastSegment,
                        declaredType: response.contentType, declaredCharset: response.charset, location: response.url,
                        validator: item.validator.validator))
            case .later(let error):
                return await sink.warn(FetchWarning(path: item.path, message: error.message, isUnchecked: true))
            case .never: break
            }
        }
        try await sink.deliver(
            FetchedDocument(
                path: item.path, bytes: item.page, name: "entry.html", declaredType: "text/html",
                declaredCharset: "utf-8", location: item.entry.base ?? item.entry.link ?? response.url,
                validator: item.validator.validator))
    }

    private enum Page {
        case page(WebResponse)
        /// It may be there the next time.
        case later(FetchError)
        /// The summary has to do.
        case never
    }

    private func page(at url: WebURL) async throws -> Page {
        do {
            guard try await robots.rules(of: url, by: client).rules.allows(url.target) else { return .never }
            let accept = ("Accept", "text/markdown, text/html;q=0.9, text/plain;q=0.8, */*;q=0.5")
            let response = try await client.get(
                url.withoutFragment, headers: [accept], limit: limits.documentBytes, redirects: .followed)
            let error = FetchError.status(response, asOf: client.clock.now())
            guard [200, 203].contains(response.status) else { return error.isTransient ? .later(error) : .never }
            return response.contentType.map(SiteFilter.isDocument) == false ? .never : .page(response)
        } catch let error as FetchError {
            return error.isTransient ? .later(error) : .never
        }
    }
}
