// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// Visits the pages of a plan, and those that they lead to, wave by wave: what is done with the answers does not depend
/// on the order in which they come.
struct SiteRun {
    private let plan: SitePlan
    private let visit: PageVisit
    private let arguments: SiteArguments
    private let sink: any DocumentSink

    private enum Seen {
        case waiting, document, other
        case gone([WebURL])
        case alias(String, isDeclared: Bool, PageItem)
    }

    private var seen: [String: Seen] = [:]
    private var next: [String: PageItem] = [:]
    private var count = 0
    private var isCut: Bool
    private var disallowed: Int
    private var unknown = 0
    private var transient = 0
    private var firstError: FetchError?
    /// Transient failures in a row.
    private var streak = 0
    /// The first page that could not be read and whose links nobody knows.
    private var blindSpot: String?
    private var twins: TwinRule?
    /// Where the site is now, when its first page says that it is not where it was.
    private var moved: WebURL?

    /// After so many failures in a row, a run is over.
    private static let longestStreak = 30

    init(_ plan: SitePlan, visit: PageVisit, arguments: SiteArguments, sink: any DocumentSink) {
        self.plan = plan
        self.visit = visit
        self.arguments = arguments
        self.sink = sink
        (isCut, disallowed) = (plan.isCut, plan.disallowed)
    }

    /// - Returns: where the site has moved to; nil when it has not, and was visited.
    /// - Throws: `FetchError`, `CancellationError`, what the sink throws.
    mutating func run(location: String) async throws -> WebURL? {
        prepare()
        if !plan.isCrawl { await sink.expect(documents: next.count) }
        var isFirst = true
        while !next.isEmpty {
            let wave = next.values.sorted { $0.path < $1.path }
            next = [:]
            if isFirst, twins == nil, !plan.isCrawl, visit.known.isEmpty, wave.count > 1 {
                // The first page tells whether the others are to be had as Markdown.
                var first = wave[0]
                first.isProbe = true
                try await go([first])
                isFirst = false
                addTwins(to: Array(next.values) + wave[1...])
                continue
            }
            isFirst = false
            try await go(wave)
            if let moved { return moved }
            if next.isEmpty { revisitOrphans() }
        }
        try check(location)
        if plan.isCrawl { await sink.expect(documents: visit.tally.count) }
        await warn()
        return nil
    }

    // MARK: Before

    private mutating func prepare() {
        for page in plan.pages {
            var item = PageItem(path: page.path, urls: page.urls, lastModified: page.lastModified)
            if plan.isCrawl { item.isDocument = page.urls.allSatisfy { visit.filter.admits($0, at: page.path) } }
            next[page.path] = item
            seen[page.path] = .waiting
        }
        count = next.count
        guard !plan.isCrawl else { return }
        twins = knownRule()
        let items = next.values
        next = [:]
        addTwins(to: items)
    }

    /// How Markdown was found the last time.
    private func knownRule() -> TwinRule? {
        for page in plan.pages {
            if let last = visit.known[page.path].flatMap({ try? WebURL(parsing: $0.url) }), let url = page.urls.first,
                let rule = TwinRule.rule(of: url, twin: last)
            {
                return rule
            }
        }
        return nil
    }

    private mutating func addTwins(to items: some Collection<PageItem>) {
        for var item in items {
            if let twins, let url = item.urls.first, let twin = twins.twin(of: url), plan.robots.allows(twin.target) {
                item.urls.insert(twin, at: 0)
            }
            next[item.path] = item
        }
    }

    // MARK: Going

    private mutating func go(_ wave: [PageItem]) async throws {
        let results = try await Self.visit(wave, visit, sink, atOnce: arguments.concurrency, after: &streak)
        for result in results.sorted(by: { $0.item.path < $1.item.path }) {
            try await take(result.outcome, of: result.item)
        }
    }

    private typealias Result = (item: PageItem, outcome: PageOutcome)

    private static func visit(
        _ wave: [PageItem], _ visit: PageVisit, _ sink: any DocumentSink, atOnce concurrency: Int,
        after streak: inout Int
    ) async throws -> [Result] {
        var failures = streak
        let results = try await withThrowingTaskGroup(of: Result.self) { group in
            var results: [Result] = []
            for (index, item) in wave.enumerated() {
                if index >= concurrency, let result = try await group.next() {
                    results.append(result)
                    try count(result.outcome, &failures)
                }
                group.addTask { (item, try await visit.outcome(of: item, into: sink)) }
            }
            while let result = try await group.next() {
                results.append(result)
                try count(result.outcome, &failures)
            }
            return results
        }
        streak = failures
        return results
    }

    @inline(never)
    private static func count(_ outcome: PageOutcome, _ failures: inout Int) throws(FetchError) {
        guard case .unknown(let error, true) = outcome else {
            failures = 0
            return
        }
        if case .transient(let wait?) = error.persistence, wait > .minutes(1) { throw error }
        failures += 1
        if failures >= longestStreak {
            throw FetchError(
                error.persistence, cause: error.cause,
                "\(longestStreak) pages in a row could not be read, the last because \(error.message)",
                hint: "nothing was changed; it is tried again")
        }
    }

    private mutating func take(_ outcome: PageOutcome, of item: PageItem) async throws {
        let isStart = plan.isCrawl && item.depth == 0 && item.hops == 0 && item.path == plan.pages.first?.path
        switch outcome {
        case .document(let links):
            seen[item.path] = .document
            follow(links, from: item)
        case .markdown(let rule):
            twins = rule
            var item = item
            item.isProbe = false
            next[item.path] = item
        case .alias(let url, let isDeclared):
            seen[item.path] = .alias(plan.scope.documentPath(of: url), isDeclared: isDeclared, item)
            add(url, depth: item.depth, hops: item.hops + 1, lastModified: item.lastModified)
        case .gone:
            seen[item.path] = .gone(item.urls)
            if isStart { throw FetchError.gone(item.urls[0]) }
        case .elsewhere(let url):
            seen[item.path] = .other
            guard isStart else { return }
            guard plan.scope.isSameHost(url) else { throw FetchError.moved(item.urls[0], to: url) }
            moved = url
        case .nothing(let isDisallowed):
            seen[item.path] = .other
            if isDisallowed { disallowed += 1 }
            if isStart, isDisallowed { throw FetchError.disallowed(item.urls[0]) }
        case .unknown(let error, let isTransient):
            seen[item.path] = .other
            if isStart { throw error }
            await note(error, isTransient: isTransient, item)
        }
    }

    private mutating func note(_ error: FetchError, isTransient: Bool, _ item: PageItem) async {
        let last = visit.known[item.path]
        let isUnchecked = isTransient || last != nil || error.cause == "limit_exceeded"
        await sink.warn(FetchWarning(path: item.path, message: error.message, isUnchecked: isUnchecked))
        firstError = firstError ?? error
        if last != nil || isTransient { unknown += 1 }
        if isTransient { transient += 1 }
        guard plan.isCrawl else { return }
        if let links = last?.links {
            follow(links.compactMap { try? WebURL(parsing: $0) }, from: item)
        } else if isTransient || last != nil {
            blindSpot = blindSpot ?? item.urls[0].text
        }
    }

    private mutating func follow(_ links: [WebURL], from item: PageItem) {
        guard plan.isCrawl, item.depth < arguments.depth else { return }
        for link in links { add(link, depth: item.depth + 1, hops: 0, lastModified: nil) }
    }

    private mutating func add(_ url: WebURL, depth: Int, hops: Int, lastModified: String?) {
        guard let url = plan.scope.admit(url), SiteFilter.isPage(url), hops <= visit.limits.redirects else { return }
        let path = plan.scope.documentPath(of: url)
        if var item = next[path] {
            guard !item.urls.contains(url) else { return }
            item.urls.append(url)
            item.urls.sort { $0.text < $1.text }
            item.urls = Array(item.urls.prefix(4))
            next[path] = item
            return
        }
        switch seen[path] {
        case nil: break
        // It may be there under another spelling.
        case .gone(let tried): if tried.contains(url) || tried.count >= 4 { return }
        default: return
        }
        guard visit.filter.admits(url, at: path) else { return }
        if seen[path] == nil {
            guard count < arguments.maximumPages else {
                isCut = true
                return
            }
            count += 1
        }
        seen[path] = .waiting
        next[path] = PageItem(path: path, urls: [url], lastModified: lastModified, depth: depth, hops: hops)
    }

    /// Pages that called themselves by another address, where nothing is at that address.
    private mutating func revisitOrphans() {
        for (path, state) in seen.sorted(by: { $0.key < $1.key }) {
            guard case .alias(_, true, var item) = state, !leadsToDocument(path) else { continue }
            item.keepsAddress = true
            seen[path] = .waiting
            next[path] = item
            // Of two that call each other by their names one is enough; the other is looked at again after it.
            return
        }
    }

    private func leadsToDocument(_ path: String) -> Bool {
        var path = path
        for _ in 0...32 {
            switch seen[path] {
            case .document: return true
            case .alias(let next, _, _): path = next
            default: return false
            }
        }
        return false
    }

    // MARK: After

    private func check(_ location: String) throws(FetchError) {
        if visit.tally.count == 0 {
            if let firstError { throw firstError }
            let isGone = seen.values.contains { if case .gone = $0 { true } else { false } }
            if disallowed > 0, !isGone, let url = plan.pages.first?.urls.first ?? Optional(plan.scope.start) {
                throw .disallowed(url)
            }
            if isGone {
                throw .permanent(
                    cause: "source_gone", "none of the pages of \(location) is there",
                    hint: "check the address; what was read stays")
            }
        }
        // One page that fails is a page that fails; a good part of them is a site that does.
        if transient >= 4, transient * 4 > transient + visit.tally.count {
            throw .transient(
                cause: "server_error",
                "\(transient) of \(transient + visit.tally.count) pages of \(location) could not be read",
                hint: "nothing was changed; it is tried again")
        }
    }

    private func warn() async {
        func say(_ message: String) async { await sink.warn(FetchWarning(path: nil, message: message)) }
        if unknown > 1 {
            await say("\(unknown) pages could not be looked at this time; documents of them stay as they were")
        }
        if disallowed > 0 {
            await say("robots.txt does not allow \(disallowed) page\(disallowed == 1 ? "" : "s"), which are left out")
        }
        if isCut {
            await say(
                "it has more than \(arguments.maximumPages) pages, and the others are left out; raise --arg max_pages=N, "
                    + "or narrow it with --include and --exclude")
        }
        let gap = plan.gap ?? blindSpot.map { "\($0) could not be read, nor what it links to" }
        guard let gap else { return }
        await sink.warn(
            FetchWarning(path: "", message: "\(gap); so nothing is removed this time", isUnchecked: true))
    }
}

extension FetchError {
    static func gone(_ url: WebURL) -> FetchError {
        .permanent(
            cause: "source_gone", "\(url) is not there (404 or 410)", hint: "check the address; what was read stays")
    }

    static func moved(_ url: WebURL, to other: WebURL) -> FetchError {
        .permanent(
            cause: "source_gone", "\(url) is another site now: \(other)", hint: "if you want that one, ingest \(other)")
    }

    static func disallowed(_ url: WebURL) -> FetchError {
        .permanent(
            cause: "access_denied", "robots.txt of \(url.authority) does not allow \(url.target) to be read",
            hint: "ask whoever runs the site; a single page can be ingested without --fetcher site")
    }
}
