// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Where what was found lies, and how far it can be relied on.
struct FoundPlaces: Sendable {
    /// For how many resources the watch is looked up.
    private static let maximumLookups = 10

    /// What lies in the same resource, as far as addresses and times tell.
    private struct Group: Hashable {
        let place: VikingURI
        let checked: Timestamp
    }

    /// The deepest folder that everything lies in: what is said of each document is relative to it.
    let root: VikingURI
    private let groups: Set<Group>
    private let watches: [WatchView]

    init(of documents: [(uri: VikingURI, checked: Timestamp?)], _ context: ToolContext) async {
        root = Self.commonFolder(of: documents.map(\.uri))
        var (groups, watches): (Set<Group>, [WatchView]) = ([], [])
        for (uri, checked) in documents {
            guard let checked, groups.insert(Group(place: Self.top(of: uri), checked: checked)).inserted else {
                continue
            }
            guard groups.count <= Self.maximumLookups,
                let watch = await context.plane.watch(covering: uri, as: context.caller),
                !watches.contains(where: { $0.uri == watch.uri })
            else { continue }
            watches.append(watch)
        }
        (self.groups, self.watches) = (groups, watches)
    }

    private static func commonFolder(of uris: [VikingURI]) -> VikingURI {
        guard var root = uris.first?.parent else { return .root }
        for uri in uris {
            while !uri.isWithin(root), let parent = root.parent { root = parent }
        }
        return root
    }

    /// The highest place at or above an address at which a resource could be.
    private static func top(of uri: VikingURI) -> VikingURI {
        var top = uri
        while let parent = top.parent, parent.isTarget { top = parent }
        return top
    }

    /// When the one that was checked longest ago was checked.
    private var checked: Timestamp? { groups.map(\.checked).min() }

    func path(of uri: VikingURI) -> String { uri.relativePath(to: root) ?? uri.text }

    func words(at now: Timestamp) -> String {
        guard let checked else { return "below \(root)" }
        if groups.count == 1 {
            let freshness = Freshness(checked: checked, changed: nil, watch: watches.first)
            return "below \(root), \(freshness.words(at: now))"
        }
        let doubts = watches.filter(\.isDoubtful).map { ", \($0.uri): \(Freshness.words(of: $0, at: now))" }
        return "below \(root), checked \(checked.brief) (\(checked.ago(at: now))) or later\(doubts.joined())"
    }

    /// The same for an object.
    func members(at now: Timestamp) -> [(name: String, value: JSONValue)] {
        var members: [(name: String, value: JSONValue)] = [("root", .string(root.text))]
        if let checked { members.append(("checked", .string(checked.brief))) }
        let doubts = watches.filter(\.isDoubtful).map { "\($0.uri): \(Freshness.words(of: $0, at: now))" }
        if !doubts.isEmpty { members.append(("warnings", .array(doubts.map { .string($0) }))) }
        return members
    }
}

extension WatchView {
    /// Whether what it keeps may be out of date.
    fileprivate var isDoubtful: Bool {
        switch state {
        case .paused, .suspended: true
        case .active: consecutiveFailures > 0
        }
    }
}
