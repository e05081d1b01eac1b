// SPDX-License-Identifier: Apache-2.0

/// The well-known sites that host repositories, where an address says by its form what it is.
enum Forge {
    private static let hosts: Set<String> = ["github.com", "gitlab.com", "codeberg.org", "bitbucket.org"]
    /// First parts of paths that belong to the sites themselves.
    private static let reserved: Set<String> = [
        "-", "about", "account", "admin", "api", "apps", "blog", "collections", "contact", "customer-stories",
        "dashboard", "enterprise", "events", "explore", "features", "groups", "help", "issues", "login", "marketplace",
        "new", "notifications", "organizations", "orgs", "pricing", "product", "projects", "pulls", "repo", "search",
        "security", "settings", "signup", "site", "sponsors", "stars", "team", "topics", "trending", "user", "users",
    ]

    /// The path under which the site serves a repository to git, `/owner/name.git`, when a URL names one.
    static func repositoryPath(of url: WebURL) -> String? {
        guard hosts.contains(url.host), url.query == nil, url.fragment == nil else { return nil }
        let segments = url.path.split(separator: "/")
        guard segments.count == 2, !reserved.contains(segments[0].lowercased()) else { return nil }
        return "/\(segments[0])/\(segments[1])" + (segments[1].hasSuffix(".git") ? "" : ".git")
    }

    /// The repository, the ref and the folder that a page of a site shows: `/owner/name/tree/main/docs`. Where the
    /// name of a branch has slashes nothing says where it ends, so this is only good for a hint.
    static func folder(of url: WebURL) -> (repository: String, ref: String, path: String)? {
        guard hosts.contains(url.host) else { return nil }
        var segments = url.path.split(separator: "/").map(String.init)
        if segments.count > 4, segments[2] == "-" { segments.remove(at: 2) }
        guard segments.count > 3, segments[2] == "tree" || url.host == "bitbucket.org" && segments[2] == "src" else {
            return nil
        }
        let repository = "\(url.scheme.rawValue)://\(url.authority)/\(segments[0])/\(segments[1])"
        return (repository, segments[3], segments[4...].joined(separator: "/"))
    }
}
