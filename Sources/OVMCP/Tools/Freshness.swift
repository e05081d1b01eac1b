// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// How far what an answer says can be relied on: when the source was last looked at, when it changed, and whether the
/// watch on it is failing.
struct Freshness: Hashable, Sendable {
    let checked: Timestamp?
    let changed: Timestamp?
    /// The watch that keeps it current, if any.
    let watch: WatchView?

    func words(at now: Timestamp) -> String {
        var parts = [checked.map { "checked \($0.brief) (\($0.ago(at: now)))" } ?? "not checked yet"]
        if let changed { parts.append("changed \(changed.brief)") }
        if let watch { parts.append(Self.words(of: watch, at: now)) }
        return parts.joined(separator: ", ")
    }

    /// What a watch does next, or why it does nothing.
    static func words(of watch: WatchView, at now: Timestamp) -> String {
        switch watch.state {
        case .paused: return "refresh paused"
        case .suspended(let reason): return "REFRESH SUSPENDED: \(reason.onOneLine)"
        case .active:
            let next = watch.nextRun.map { "next check \($0.ahead(of: now))" } ?? "watched"
            guard watch.consecutiveFailures > 0, let failure = watch.lastFailure else { return next }
            return "REFRESH FAILING (\(watch.consecutiveFailures)×): \(failure.message.onOneLine), \(next)"
        }
    }
}

extension ControlPlane {
    /// The watch that keeps an address current: on it or on what it lies in.
    func watch(covering uri: VikingURI, as caller: Caller) async -> WatchView? {
        var places: [VikingURI] = []
        var place: VikingURI? = uri
        while let next = place, next.isTarget {
            places.append(next)
            place = next.parent
        }
        // Most resources lie right below the top.
        for place in places.reversed() {
            if let watch = try? await watch(WatchKey(uri: place.text), as: caller) { return watch }
        }
        return nil
    }
}
