// SPDX-License-Identifier: Apache-2.0

internal import OVCore
internal import Synchronization

/// A page that is to be visited.
struct PageItem: Sendable {
    let path: String
    /// What is asked, one after the other until one is there.
    var urls: [WebURL]
    var lastModified: String?
    /// How many links it is from where a crawl began.
    var depth = 0
    /// How many times somebody said to look elsewhere.
    var hops = 0
    /// Whether it becomes a document, or is looked at for its links only.
    var isDocument = true
    /// Whether it is to tell how the site's pages are to be had as Markdown.
    var isProbe = false
    /// Whether it stays what it is, whatever it says of its address: the other place has turned out not to be there.
    var keepsAddress = false
}

/// What came of a visit.
enum PageOutcome: Sendable {
    /// It is a document now; with the pages of the site that it links to, if anyone wants to know.
    case document(links: [WebURL])
    /// It is none yet, and says that it is to be had as Markdown in this way.
    case markdown(TwinRule)
    /// It is somewhere else, and that is another page of the site.
    case alias(WebURL, isDeclared: Bool)
    /// Not there (any more).
    case gone
    /// It leads to another site, or out of the folder that is the site.
    case elsewhere(WebURL)
    /// Nothing to read, or nothing that the site lets us read.
    case nothing(isDisallowed: Bool)
    /// It cannot be said what has become of it: a document of it stays.
    case unknown(FetchError, isTransient: Bool)
}

/// Visits one page: asks for it, on the terms of what was read of it before, and delivers it.
struct PageVisit: Sendable {
    let scope: SiteScope
    let robots: RobotsRules
    let filter: SiteFilter
    let client: PoliteClient
    let options: Source.Options
    let limits: Limits
    let trustsDates: Bool
    let isCrawl: Bool
    let known: [String: PageValidator]
    let tally: SiteTally

    private static let accepted = [
        ("Accept", "text/markdown, text/html;q=0.9, application/xhtml+xml;q=0.9, text/plain;q=0.8, */*;q=0.5")
    ]

    /// - Throws: `CancellationError`, `FetchError` for a limit of the run, what the sink throws.
    func outcome(of item: PageItem, into sink: any DocumentSink) async throws -> PageOutcome {
        for url in candidates(item) {
            let outcome = try await outcome(of: item, at: url, into: sink)
            if case .gone = outcome { continue }
            return outcome
        }
        return .gone
    }

    /// What it was read from the last time goes first, so that it can be asked whether that has changed.
    private func candidates(_ item: PageItem) -> [WebURL] {
        guard !isCrawl, let last = known[item.path].flatMap({ try? WebURL(parsing: $0.url) }), item.urls.count > 1,
            let index = item.urls.firstIndex(of: last), index > 0
        else { return item.urls }
        // Unless there is something better to be had now.
        guard TwinRule.isMarkdown(last) == TwinRule.isMarkdown(item.urls[0]) else { return item.urls }
        return [last] + item.urls.filter { $0 != last }
    }

    private func outcome(of item: PageItem, at url: WebURL, into sink: any DocumentSink) async throws -> PageOutcome {
        var url = url
        for _ in 0...limits.redirects {
            guard robots.allows(url.target) else { return .nothing(isDisallowed: true) }
            let last = usable(item, url)
            if trustsDates, let date = item.lastModified, let last, last.lastModified == date {
                return try await keep(item, last, into: sink)
            }
            let response: WebResponse
            do {
                response = try await client.get(
                    url, headers: Self.accepted + (last?.web?.conditions ?? []), limit: limit(of: item))
            } catch let error as FetchError {
                return .unknown(error, isTransient: error.isTransient)
            }
            switch response.status {
            case 200, 203: return try await read(response, item, url, into: sink)
            case 304: if let last, last.web != nil { return try await keep(item, last, into: sink) }
            case 301, 302, 303, 307, 308:
                guard let next = redirected(response, item) else { break }
                switch next {
                case .same(let same):
                    url = same
                    continue
                case .other(let outcome): return outcome
                }
            case 404, 410: return .gone
            default: break
            }
            let error = FetchError.status(response, asOf: client.clock.now())
            return .unknown(error, isTransient: error.isTransient)
        }
        return .unknown(
            .permanent(cause: "too_many_redirects", "\(url) is redirected more than \(limits.redirects) times"),
            isTransient: false)
    }

    /// What is read for its links only may be larger than a document.
    private func limit(of item: PageItem) -> Int64 {
        let limit = min(limits.documentBytes, limits.bytesPerIngest)
        return item.isDocument ? limit : max(limit, 32 << 20)
    }

    /// What is known of the page from the last time, if it was read from the same place and for all that is wanted now.
    private func usable(_ item: PageItem, _ url: WebURL) -> PageValidator? {
        guard !item.keepsAddress, item.isDocument, let last = known[item.path], last.url == url.text,
            !isCrawl || last.links != nil
        else { return nil }
        return last
    }

    // MARK: Documents

    private func keep(_ item: PageItem, _ last: PageValidator, into sink: any DocumentSink) async throws -> PageOutcome
    {
        guard try tally.claim(item.path, bytes: 0, limits) else { return .document(links: []) }
        var validator = last
        validator.lastModified = item.lastModified
        try await sink.keep([KeptDocument(path: item.path, validator: validator.validator)])
        let links = isCrawl ? (last.links ?? []).compactMap { try? WebURL(parsing: $0) } : []
        return .document(links: links)
    }

    private func read(_ response: WebResponse, _ item: PageItem, _ url: WebURL, into sink: any DocumentSink)
        async throws
        -> PageOutcome
    {
        guard Self.isReadable(response) else { return .nothing(isDisallowed: false) }
        let isEmpty = !response.body.contains { !$0.isHTMLSpace }
        if isEmpty, let last = known[item.path], !last.isEmpty {
            // A server that has lost its template, more likely than an author who has lost all words.
            return .unknown(.transient(cause: "empty_page", "\(url) is empty now"), isTransient: false)
        }
        let found = pageLinks(response)
        if !item.keepsAddress, let place = found?.canonical.flatMap(scope.admit), isOther(place, than: item) {
            return .alias(place, isDeclared: true)
        }
        if item.isProbe, let twin = found?.markdown.flatMap(scope.admit), let rule = TwinRule.rule(of: url, twin: twin)
        {
            return .markdown(rule)
        }
        let links = isCrawl ? (found?.links ?? []).compactMap(admit) : []
        let isCut = isCrawl && found?.isCut == true
        if isCut {
            let message = "its links are too long together; those behind the first are left out"
            await sink.warn(FetchWarning(path: item.isDocument ? item.path : nil, message: "\(url): \(message)"))
        }
        guard item.isDocument else { return .document(links: links) }
        guard try tally.claim(item.path, bytes: Int64(response.body.count), limits) else {
            return .document(links: links)
        }
        let validator = PageValidator(
            url: url.text, web: WebValidator(response, received: client.clock.now()), lastModified: item.lastModified,
            isEmpty: isEmpty, links: isCrawl ? links.map(\.text) : nil)
        // One whose links were left out is read again, so that every run says that.
        let isKept = !item.keepsAddress && !isCut && links.count <= PageValidator.maximumLinks
        try await sink.deliver(
            FetchedDocument(
                path: item.path, bytes: response.body, name: url.lastSegment, declaredType: response.contentType,
                declaredCharset: options.charset(for: response.body) ?? response.charset, location: url,
                validator: isKept ? validator.validator : nil))
        return .document(links: links)
    }

    /// Whether a page says that it is another one. Sites that call each of their pages the first one are not believed.
    private func isOther(_ place: WebURL, than item: PageItem) -> Bool {
        let path = scope.documentPath(of: place)
        guard path != item.path, filter.admits(place, at: path) else { return false }
        let isHome = path == scope.documentPath(of: scope.start) || path == PagePath.index
        return !isHome || item.path.hasPrefix("index?")
    }

    private func admit(_ link: WebURL) -> WebURL? {
        guard let url = scope.admit(link), SiteFilter.isPage(url) else { return nil }
        return url
    }

    private static func isReadable(_ response: WebResponse) -> Bool {
        guard let type = response.contentType else { return true }
        if type == MediaType.binary {
            return SiteFilter.isDocument(MediaType.guess(fromName: response.url.lastSegment))
        }
        return SiteFilter.isDocument(type)
    }

    private func pageLinks(_ response: WebResponse) -> PageLinks? {
        let type = response.contentType ?? MediaType.guess(fromName: response.url.lastSegment)
        switch type {
        case "text/html", "application/xhtml+xml":
            return PageLinks(html: response.body, at: response.url, isWhole: isCrawl)
        case MediaType.markdown: return isCrawl ? PageLinks(markdown: response.body, at: response.url) : nil
        default: return nil
        }
    }

    // MARK: Elsewhere

    private enum Redirection {
        case same(WebURL)
        case other(PageOutcome)
    }

    private func redirected(_ response: WebResponse, _ item: PageItem) -> Redirection? {
        guard let place = response.header("Location"), let next = response.url.resolving(place)?.withoutFragment else {
            return nil
        }
        if Self.isLogin(next), !Self.isLogin(response.url) {
            return .other(
                .unknown(.permanent(cause: "access_denied", "\(response.url) asks for a login"), isTransient: false))
        }
        guard let admitted = scope.admit(next) else { return .other(.elsewhere(next)) }
        let path = scope.documentPath(of: admitted)
        if path == item.path { return .same(admitted) }
        if path == PagePath.index, known[item.path] != nil {
            // Some sites do so with what is gone, some with everybody whom they do not like.
            let error = FetchError.transient(cause: "protocol_error", "\(response.url) leads to the start page now")
            return .other(.unknown(error, isTransient: false))
        }
        return .other(.alias(admitted, isDeclared: false))
    }

    private static let logins: Set<String> = [
        "login", "log-in", "log_in", "signin", "sign-in", "sign_in", "sso", "wp-login", "authorize", "auth", "oauth",
    ]

    private static func isLogin(_ url: WebURL) -> Bool {
        url.path.lowercased().split(separator: "/").contains { segment in
            logins.contains(String(segment.prefix { $0 != "." }))
        }
    }
}

extension FetchError {
    var isTransient: Bool {
        if case .transient = persistence { true } else { false }
    }
}

/// What the visits of a run have delivered together.
final class SiteTally: Sendable {
    private struct State {
        var paths: Set<String> = []
        var bytes: Int64 = 0
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.paths.count } }

    func has(_ path: String) -> Bool { state.withLock { $0.paths.contains(path) } }

    /// - Returns: whether nobody has delivered the path before.
    /// - Throws: `FetchError` when the run would have more than it may.
    @inline(never)
    func claim(_ path: String, bytes: Int64, _ limits: Limits) throws(FetchError) -> Bool {
        let (isNew, count, total) = state.withLock { state in
            let isNew = state.paths.insert(path).inserted
            if isNew { state.bytes += bytes }
            return (isNew, state.paths.count, state.bytes)
        }
        if count > limits.documentsPerIngest {
            throw .permanent(
                cause: "limit_exceeded", "it has more than \(limits.documentsPerIngest) documents",
                hint: "narrow it with --include and --exclude, or raise `documents_per_ingest` in config.json")
        }
        if total > limits.bytesPerIngest {
            throw .permanent(
                cause: "limit_exceeded", "it has more than \(limits.bytesPerIngest) bytes",
                hint: "narrow it with --include and --exclude, or raise `bytes_per_ingest` in config.json")
        }
        return isNew
    }
}
