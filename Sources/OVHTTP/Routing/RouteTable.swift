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
    /// By number of segments, the most particular first.
    private let byLength: [Int: [Route]]

    init(_ groups: [any RouteGroup]) {
        routes = groups.flatMap(\.routes)
        byLength = Dictionary(grouping: routes) { $0.path.segments.count }
            .mapValues { $0.sorted { $0.path.literals > $1.path.literals } }
    }

    /// `HEAD` is `GET` without a body.
    func find(_ method: HTTPRequest.Method, _ target: RequestTarget) -> Outcome {
        let wanted = method == .head ? .get : method
        var others: [HTTPRequest.Method] = []
        for route in byLength[target.segments.count] ?? [] {
            guard let parameters = route.path.match(target.segments) else { continue }
            if route.method == wanted { return .found(Match(route: route, parameters: parameters)) }
            others.append(route.method)
            if route.method == .get { others.append(.head) }
        }
        return others.isEmpty ? .unknown : .otherMethods(others)
    }
}
