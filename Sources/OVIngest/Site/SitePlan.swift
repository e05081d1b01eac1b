// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// What a run is going to visit.
struct SitePlan: Sendable {
    struct Page: Sendable {
        let path: String
        /// Where it may be had, what is asked first at the front.
        var urls: [WebURL]
        let lastModified: String?
    }

    let scope: SiteScope
    let robots: RobotsRules
    /// Without repetitions of a path; for a crawl where it begins.
    var pages: [Page]
    let isCrawl: Bool
    /// Whether there are more pages than may be visited.
    var isCut = false
    /// How many pages are left out because the site asks for that.
    var disallowed = 0
    /// Why there may be pages that the list should have and has not.
    var gap: String?
}
