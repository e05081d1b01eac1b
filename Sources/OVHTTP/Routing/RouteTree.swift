// SPDX-License-Identifier: Apache-2.0

/// Paths of routes by their segments, so that a request is compared with those that can be meant and no others.
struct RouteTree: Sendable {
    /// Where the paths that end here are in the list that the tree was made of.
    private var ends: [Int] = []
    private var literals: [String: RouteTree] = [:]
    /// What a parameter leads to: one subtree or none.
    private var parameter: [RouteTree] = []

    init(_ paths: [RoutePath]) {
        for (index, path) in paths.enumerated() { insert(index, path.segments[...]) }
    }

    private mutating func insert(_ index: Int, _ segments: ArraySlice<RoutePath.Segment>) {
        switch segments.first {
        case nil: ends.append(index)
        case .literal(let name): literals[name, default: RouteTree([])].insert(index, segments.dropFirst())
        case .parameter:
            if parameter.isEmpty { parameter.append(RouteTree([])) }
            parameter[0].insert(index, segments.dropFirst())
        }
    }

    /// The paths that a request may mean, the most particular first. Looks no deeper than the longest path goes.
    func candidates(_ segments: [Substring.UTF8View]) -> [Int] {
        var found: [Int] = []
        collect(segments[...], into: &found)
        return found
    }

    private func collect(_ segments: ArraySlice<Substring.UTF8View>, into found: inout [Int]) {
        guard let first = segments.first else { return found += ends }
        if !literals.isEmpty, let subtree = literals[String(Substring(first))] {
            subtree.collect(segments.dropFirst(), into: &found)
        }
        if !first.isEmpty { parameter.first?.collect(segments.dropFirst(), into: &found) }
    }
}
