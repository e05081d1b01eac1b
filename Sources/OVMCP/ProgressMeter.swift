// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Which figures of progress are told: only such as rise, and not more than a few each second.
struct ProgressMeter: Hashable, Sendable {
    private static let rest = Milliseconds(200)

    private var last: Int?
    private var lastTime: Timestamp?

    /// The figure to tell at this moment; nil for none.
    mutating func next(_ progress: Int, at now: Timestamp) -> Int? {
        if let last, progress <= last { return nil }
        // A clock that was set back must not silence it.
        if let lastTime, now >= lastTime, now.since(lastTime) < Self.rest { return nil }
        (last, lastTime) = (progress, now)
        return progress
    }
}
