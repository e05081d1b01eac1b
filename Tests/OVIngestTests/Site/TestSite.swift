// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import Synchronization

/// A site on this machine whose pages a test changes while it is up. Everything has an entity tag.
final class TestSite: Sendable {
    struct Page: Hashable, Sendable {
        var body: String
        var type: String?
        var status = 200
        var headers: [String: String] = [:]

        init(_ body: String, type: String? = nil, status: Int = 200, headers: [String: String] = [:]) {
            self.body = body
            self.type = type
            self.status = status
            self.headers = headers
        }

        static func html(_ body: String, head: String = "") -> Page {
            Page("<!DOCTYPE html><html><head>\(head)</head><body>\(body)</body></html>", type: "text/html")
        }

        /// A page with nothing but links.
        static func hub(_ links: [String]) -> Page { html(links.map { "<a href=\"\($0)\">x</a> " }.joined()) }

        static func redirect(_ place: String, _ status: Int = 301) -> Page {
            Page("", status: status, headers: ["Location": place])
        }
    }

    private final class State: Sendable {
        let pages = Mutex<[String: Page]>([:])
        let isGone = Mutex(false)

        func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Step {
            if isGone.withLock({ $0 }) { return .answer(410) }
            guard let page = pages.withLock({ $0[request.target] }) else { return .answer(404, [], "not here") }
            let tag = "\"\(page.hashValue)\""
            var headers = page.headers.map { ($0.key, $0.value) }
            if let type = page.type { headers.append(("Content-Type", type)) }
            guard page.status == 200 else { return .answer(page.status, headers, page.body) }
            headers.append(("ETag", tag))
            return request.headers["if-none-match"] == tag ? .answer(304, headers) : .answer(200, headers, page.body)
        }
    }

    private let state: State
    let server: ScriptedServer

    init(_ pages: [String: Page] = [:]) throws {
        let state = State()
        state.pages.withLock { $0 = pages }
        self.state = state
        server = try ScriptedServer { [state.answer($0)] }
    }

    var origin: String { server.origin }

    subscript(target: String) -> Page? {
        get { state.pages.withLock { $0[target] } }
        set { state.pages.withLock { $0[target] = newValue } }
    }

    func set(_ pages: [String: Page]) { state.pages.withLock { $0 = pages } }
    func edit(_ change: (inout [String: Page]) -> Void) { state.pages.withLock { change(&$0) } }
    func takeDown() { state.isGone.withLock { $0 = true } }

    /// What was asked for, without what is asked of every site.
    var targets: [String] {
        server.requests.map(\.target).filter { !["/robots.txt", "/sitemap.xml", "/llms.txt"].contains($0) }
    }

    /// A sitemap of this site.
    func sitemap(_ targets: [String], lastmod: String? = nil) -> Page {
        let urls = targets.map { target in
            "<url><loc>\(origin)\(target)</loc>\(lastmod.map { "<lastmod>\($0)</lastmod>" } ?? "")</url>"
        }
        return Page(
            "<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">"
                + urls.joined(separator: "\n") + "</urlset>", type: "application/xml")
    }
}

/// Stands still, but for waiting.
final class WaitingClock: WallClock {
    private let instant: Mutex<Timestamp>

    init(_ text: String = "2026-03-01T12:00:00.000Z") { instant = Mutex(Timestamp(text) ?? .earliest) }

    func now() -> Timestamp { instant.withLock { $0 } }

    func sleep(for duration: Milliseconds) async throws {
        try Task.checkCancellation()
        instant.withLock { $0 = $0.advanced(by: duration) }
    }
}

/// What fetchers of the web need, with a cache of their own at a home that is not there yet.
struct WebKit {
    let folder: TemporaryFolder
    let clock: WaitingClock
    let client: WebClient

    init() throws {
        folder = try TemporaryFolder()
        clock = WaitingClock()
        client = WebClient(egress: EgressGuard(resolver: TableResolver(table: [:])), clock: clock)
    }

    private var access: SiteAccess {
        SiteAccess(client: client, secrets: SecretSource(environment: [:]), cache: folder.path("home/cache/robots"))
    }

    var site: SiteFetcher { SiteFetcher(access) }
    var feed: FeedFetcher { FeedFetcher(access) }
}

extension Source {
    /// A site or feed on this machine.
    static func local(
        _ fetcher: String, _ location: String, _ arguments: [String: String] = [:], include: [String] = [],
        exclude: [String] = []
    ) -> Source {
        Source(
            fetcher: fetcher, location: location,
            options: Options(
                include: include, exclude: exclude, arguments: arguments, allowsPrivateNetworks: true))
    }
}

/// What an engine would hold after each run of a fetcher.
struct HeldDocuments {
    private(set) var texts: [String: String] = [:]
    private(set) var validators: [String: Validator] = [:]

    mutating func apply(_ record: RecordingSink.Record) {
        let unchecked = record.warnings.filter(\.isUnchecked).compactMap(\.path)
        let kept = texts.filter { path, _ in
            record.kept[path] != nil || unchecked.contains { $0.isEmpty || $0 == path || path.hasPrefix($0 + "/") }
        }
        validators = record.validators.merging(validators.filter { kept[$0.key] != nil }) { new, _ in new }
        texts = record.texts.merging(kept) { new, _ in new }
    }
}
