// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// Finds out which pages a site has: from its sitemaps, else from its list for language models, else by a crawl.
struct SiteDiscovery: Sendable {
    let client: PoliteClient
    let robots: SiteRobots
    let arguments: SiteArguments
    let filter: SiteFilter
    /// Whether a site that lists its pages is asked for Markdown of them, too.
    let looksForTwins: Bool

    private static let maximumSitemaps = 1000

    /// - Throws: `FetchError`, `CancellationError`.
    func plan(from start: WebURL) async throws -> SitePlan {
        var (rules, isCached) = try await robots.rules(of: start, by: client)
        if isCached, !rules.allows(start.target) {
            // Somebody may have read the message and changed the file since.
            (rules, isCached) = try await robots.rules(of: start, by: client, isFresh: true)
        }
        if let delay = rules.crawlDelay { client.keepApart(delay) }
        let scope = SiteScope(start, isWhole: Self.isSitemap(start) || Self.isList(start))
        if arguments.listing != .crawl {
            if Self.isSitemap(start) { return try await named(start, scope, rules) }
            if Self.isList(start) {
                return try await list(at: [start], scope, rules, isNamed: true) ?? crawl(scope, rules)
            }
            if let plan = try await listed(scope, rules) { return plan }
        }
        return crawl(scope, rules)
    }

    /// The name of a sitemap: `sitemap.xml`, `sitemap-posts.xml.gz`, `sitemap_index.xml`.
    static func isSitemap(_ url: WebURL) -> Bool {
        let name = url.lastSegment.lowercased()
        return name.hasPrefix("sitemap")
            && (name.hasSuffix(".xml") || name.hasSuffix(".xml.gz") || name.hasSuffix(".txt"))
    }

    private static func isList(_ url: WebURL) -> Bool { ["llms.txt", "llms-full.txt"].contains(url.lastSegment) }

    private func crawl(_ scope: SiteScope, _ rules: RobotsRules) -> SitePlan {
        let page = SitePlan.Page(path: scope.documentPath(of: scope.start), urls: [scope.start], lastModified: nil)
        return SitePlan(scope: scope, robots: rules, pages: [page], isCrawl: true)
    }

    private func listed(_ scope: SiteScope, _ rules: RobotsRules) async throws -> SitePlan? {
        if arguments.listing == nil || arguments.listing == .sitemap {
            if var plan = try await sitemaps(scope, rules) {
                if looksForTwins { try await preferTwins(in: &plan) }
                return plan
            }
            if arguments.listing == .sitemap { throw missing("sitemap", scope) }
        }
        if arguments.listing == .llmsFull {
            guard let plan = try await list(at: places("llms-full.txt", scope), scope, rules, isNamed: true) else {
                throw missing("llms-full.txt", scope)
            }
            return plan
        }
        if let plan = try await list(at: places("llms.txt", scope), scope, rules, isNamed: false) { return plan }
        if arguments.listing == .llms { throw missing("llms.txt", scope) }
        return nil
    }

    private func places(_ name: String, _ scope: SiteScope) -> [WebURL] {
        [scope.address(of: name), scope.topAddress(of: name)].compactMap(\.self)
    }

    private func missing(_ what: String, _ scope: SiteScope) -> FetchError {
        .permanent(
            cause: "source_gone", "\(scope.start) has no \(what) that lists pages of it",
            hint: "leave out --arg use=\(arguments.listing?.rawValue ?? "") to have the pages found otherwise")
    }

    // MARK: Sitemaps

    private func named(_ start: WebURL, _ scope: SiteScope, _ rules: RobotsRules) async throws -> SitePlan {
        var plan = SitePlan(scope: scope, robots: rules, pages: [], isCrawl: false)
        guard try await read([start], into: &plan) else {
            throw FetchError.permanent(
                cause: "source_gone", "\(start) is no sitemap, or not there any more", hint: "check the address")
        }
        return plan
    }

    /// - Returns: nil when there is none with a page of the site.
    private func sitemaps(_ scope: SiteScope, _ rules: RobotsRules) async throws -> SitePlan? {
        let named = rules.sitemaps.compactMap { scope.start.resolving($0) }.filter(scope.isSameHost)
        var plan = SitePlan(scope: scope, robots: rules, pages: [], isCrawl: false)
        if try await read(named, into: &plan), !plan.pages.isEmpty { return plan }
        for place in places("sitemap.xml", scope) where !named.contains(place) {
            if try await read([place], into: &plan), !plan.pages.isEmpty { return plan }
        }
        return nil
    }

    /// Reads sitemaps, and those that they name.
    /// - Returns: whether any of them is one.
    private func read(_ places: [WebURL], into plan: inout SitePlan) async throws -> Bool {
        var (waiting, known, paths) = (places, Set(places), [String: Int]())
        var (isFound, next) = (false, 0)
        while next < waiting.count {
            let place = waiting[next]
            next += 1
            guard let sitemap = try await sitemap(at: place) else {
                // Whatever it lists may be there all the same.
                if next > places.count { plan.gap = "\(place), which the sitemap names, cannot be read" }
                continue
            }
            isFound = true
            for entry in sitemap.sitemaps {
                guard let url = place.resolving(entry.location), plan.scope.isSameHost(url), known.insert(url).inserted
                else { continue }
                guard waiting.count < Self.maximumSitemaps else {
                    plan.isCut = true
                    break
                }
                waiting.append(url)
            }
            add(sitemap.pages, of: place, to: &plan, &paths)
            if plan.isCut { break }
        }
        return isFound
    }

    private func add(
        _ entries: [Sitemap.Entry], of place: WebURL, to plan: inout SitePlan, _ paths: inout [String: Int]
    ) {
        for entry in entries {
            guard let url = place.resolving(entry.location) else { continue }
            add(url, lastModified: entry.lastModified, to: &plan, &paths)
        }
    }

    private func add(_ url: WebURL, lastModified: String?, to plan: inout SitePlan, _ paths: inout [String: Int]) {
        guard let url = plan.scope.admit(url), SiteFilter.isPage(url) else { return }
        let path = plan.scope.documentPath(of: url)
        guard filter.admits(url, at: path) else { return }
        guard plan.robots.allows(url.target) else {
            plan.disallowed += 1
            return
        }
        if let index = paths[path] {
            guard plan.pages[index].urls.count < 4, !plan.pages[index].urls.contains(url) else { return }
            plan.pages[index].urls.append(url)
            // Whatever order they come in: Markdown first, then the shortest.
            plan.pages[index].urls.sort(by: Self.isPreferred)
            return
        }
        guard plan.pages.count < arguments.maximumPages else {
            plan.isCut = true
            return
        }
        paths[path] = plan.pages.count
        plan.pages.append(SitePlan.Page(path: path, urls: [url], lastModified: lastModified))
    }

    private static func isPreferred(_ one: WebURL, _ other: WebURL) -> Bool {
        let (first, second) = (TwinRule.isMarkdown(one), TwinRule.isMarkdown(other))
        return first != second ? first : one.text < other.text
    }

    private func sitemap(at url: WebURL) async throws -> Sitemap? {
        guard let body = try await body(of: url, accept: "application/xml, text/xml, text/plain;q=0.8, */*;q=0.5")
        else {
            return nil
        }
        let sitemap = Sitemap(body, maximum: 1_000_000)
        if sitemap?.isTruncated == true {
            throw FetchError.transient(cause: "protocol_error", "\(url) ends in the middle")
        }
        return sitemap
    }

    /// - Returns: nil when it is not there.
    private func body(of url: WebURL, accept: String) async throws -> [UInt8]? {
        let response = try await client.get(
            url, headers: [("Accept", accept)], limit: Int64(Sitemap.maximumBytes), redirects: .followed)
        switch response.status {
        case 200, 203: return response.body
        case 408, 429: throw FetchError.status(response, asOf: client.clock.now())
        case 400...499: return nil
        default: throw FetchError.status(response, asOf: client.clock.now())
        }
    }

    // MARK: Lists for language models

    private func llms(_ url: WebURL) async throws -> PageLinks? {
        guard let body = try await body(of: url, accept: "text/plain, text/markdown, */*;q=0.5"),
            body.first(where: { !$0.isHTMLSpace }) != UInt8(ascii: "<")
        else { return nil }
        return PageLinks(markdown: body, at: url)
    }

    /// - Parameter isNamed: whether the list itself is what is asked for, if it has no links.
    private func list(at places: [WebURL], _ scope: SiteScope, _ rules: RobotsRules, isNamed: Bool) async throws
        -> SitePlan?
    {
        for place in places {
            var (plan, paths) = (SitePlan(scope: scope, robots: rules, pages: [], isCrawl: false), [String: Int]())
            if place.lastSegment == "llms-full.txt" {
                guard isNamed, try await llms(place) != nil else { continue }
                plan.pages = [SitePlan.Page(path: "llms-full.md", urls: [place], lastModified: nil)]
                return plan
            }
            for link in try await llms(place)?.links ?? [] { add(link, lastModified: nil, to: &plan, &paths) }
            if !plan.pages.isEmpty { return plan }
        }
        return nil
    }

    /// Asks for the Markdown of those pages of which `llms.txt` names it.
    private func preferTwins(in plan: inout SitePlan) async throws {
        for place in places("llms.txt", plan.scope) {
            guard let links = try await llms(place)?.links, !links.isEmpty else { continue }
            let indices = Dictionary(
                plan.pages.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { first, _ in first })
            for link in links {
                guard let link = plan.scope.admit(link), TwinRule.isMarkdown(link), plan.robots.allows(link.target)
                else { continue }
                for path in TwinRule.pages(ofTwinAt: plan.scope.documentPath(of: link)) {
                    guard let index = indices[path], !plan.pages[index].urls.contains(link) else { continue }
                    plan.pages[index].urls.insert(link, at: 0)
                    break
                }
            }
            return
        }
    }
}
