// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVCore

/// All routes of a server.
struct RouteTable: Sendable {
    struct Match: Sendable {
        let route: Route
        let parameters: PathParameters
    }

    enum Outcome: Sendable {
        case found(Match)
        /// The path is known, under these methods.
        case otherMethods([HTTPRequest.Method])
        case unknown
    }

    let routes: [Route]
    private let tree: RouteTree

    init(_ groups: [any RouteGroup]) {
        routes = groups.flatMap(\.routes)
        tree = RouteTree(routes.map(\.path))
    }

    /// `HEAD` is `GET` without a body.
    func find(_ method: HTTPRequest.Method, _ target: RequestTarget) -> Outcome {
        let wanted = method == .head ? .get : method
        var others: [HTTPRequest.Method] = []
        for index in tree.candidates(target.segments) {
            guard let parameters = routes[index].path.parameters(in: target.segments) else { continue }
            if routes[index].method == wanted { return .found(Match(route: routes[index], parameters: parameters)) }
            others.append(routes[index].method)
            if routes[index].method == .get { others.append(.head) }
        }
        return others.isEmpty ? .unknown : .otherMethods(others)
    }
}
