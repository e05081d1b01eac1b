// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVCore

/// All routes of a server.
struct RouteTable: Sendable {
    struct Match: Sendable {
        let route: Route
        let parameters: [String: String]
    }

    enum Outcome: Sendable {
        case found(Match)
        /// The path is known, under these methods.
        case otherMethods([HTTPRequest.Method])
        case unknown
    }

    let routes: [Route]
    /// By number of segments, the most particular first: where in `routes` they are, because a route is large and a
    /// request looks at many.
    private let byLength: [Int: [Int]]

    init(_ groups: [any RouteGroup]) {
        let routes = groups.flatMap(\.routes)
        self.routes = routes
        byLength = Dictionary(grouping: routes.indices) { routes[$0].path.segments.count }
            .mapValues { $0.sorted { routes[$0].path.literals > routes[$1].path.literals } }
    }

    /// `HEAD` is `GET` without a body.
    func find(_ method: HTTPRequest.Method, _ target: RequestTarget) -> Outcome {
        let wanted = method == .head ? .get : method
        var others: [HTTPRequest.Method] = []
        for index in byLength[target.segments.count] ?? [] {
            guard let parameters = routes[index].path.match(target.segments) else { continue }
            if routes[index].method == wanted { return .found(Match(route: routes[index], parameters: parameters)) }
            others.append(routes[index].method)
            if routes[index].method == .get { others.append(.head) }
        }
        return others.isEmpty ? .unknown : .otherMethods(others)
    }
}
