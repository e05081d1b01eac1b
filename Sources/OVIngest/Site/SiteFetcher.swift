// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// A whole site on the web: a document for each of its pages.
///
/// Which pages there are says its sitemap, else its `llms.txt`, else a crawl. Each page is asked for on its own terms
/// (`If-None-Match`), and what cannot be looked at stays as it was. `robots.txt` is obeyed on every run.
package struct SiteFetcher: Fetcher {
    private let access: SiteAccess

    package init(_ access: SiteAccess) { self.access = access }

    package let name = "site"
    package let version = 1
    package let arguments = SiteArguments.help + [charsetArgument, authArgument]

    package func recognise(_ text: String, in context: SourceContext) async throws(OVError) -> RecognisedSource? {
        guard let url = try WebURL.address(text, in: context) else { return nil }
        guard context.isFetcherNamed || SiteDiscovery.isSitemap(url) && !url.path.hasSuffix(".txt") else { return nil }
        let isList = SiteDiscovery.isSitemap(url) || url.path == "/llms.txt" || url.path == "/llms-full.txt"
        return RecognisedSource(
            location: url.withoutFragment.text,
            suggestedName: isList && VikingURI.isSegment(url.host) ? url.host : url.suggestedName)
    }

    package func fetch(_ request: FetchRequest, into sink: any DocumentSink) async throws -> FetchSummary {
        let source = request.source
        let arguments = try SiteArguments(source.options, limits: request.limits)
        let filter = try SiteFilter(source.options)
        let url = try source.webURL
        let known = request.validators.compactMapValues(PageValidator.init)
        try await access.withClient(for: request, from: url) { client in
            let discovery = SiteDiscovery(
                client: client, robots: access.robots, arguments: arguments, filter: filter,
                looksForTwins: !arguments.trustsDates || known.isEmpty, known: known)
            var start = url
            for _ in 0...3 {
                let plan = try await discovery.plan(from: start)
                let visit = PageVisit(
                    scope: plan.scope, robots: plan.robots, filter: filter, client: client, options: source.options,
                    limits: request.limits, trustsDates: arguments.trustsDates, isCrawl: plan.isCrawl, known: known,
                    tally: SiteTally())
                var run = SiteRun(plan, visit: visit, arguments: arguments, sink: sink)
                guard let moved = try await run.run(location: source.location) else { return }
                start = moved
            }
            throw FetchError.permanent(
                cause: "too_many_redirects", "\(url) leads from one folder to another without end",
                hint: "give the address at which the site is in the end")
        }
        return FetchSummary(shape: .tree)
    }
}

extension WebURL {
    /// The URL that a source text is; for somebody who has named the fetcher also one without a scheme.
    static func address(_ text: String, in context: SourceContext) throws(OVError) -> WebURL? {
        if let scheme = LocalPath.scheme(of: text), WebURL.Scheme(rawValue: scheme) != nil {
            return try WebURL(parsing: text)
        }
        guard context.isFetcherNamed else { return nil }
        if let address = SourceGuess.address(of: text, isCertain: true) { return try WebURL(parsing: address) }
        return nil
    }
}

extension Source {
    /// - Throws: `FetchError`, permanent.
    var webURL: WebURL {
        get throws(FetchError) {
            do throws(OVError) { return try WebURL(parsing: location) } catch {
                throw FetchError.permanent(cause: "source_gone", error.message, hint: error.hint)
            }
        }
    }
}
