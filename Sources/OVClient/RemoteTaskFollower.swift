// SPDX-License-Identifier: Apache-2.0

internal import OVAPI
internal import OVCore

/// Follows an execution by asking for it again and again: soon while it changes, and less and less often while not.
actor RemoteTaskFollower {
    private static let shortestPause = Milliseconds(20)
    private static let longestPause = Milliseconds(1000)

    private let plane: RemotePlane
    private let caller: Caller
    private var pause = shortestPause
    private var last: TaskView
    private var hasBegun = false

    init(plane: RemotePlane, caller: Caller, first: TaskView) {
        self.plane = plane
        self.caller = caller
        last = first
    }

    /// The next state that differs from the last; nil behind the final one.
    func next() async throws -> TaskView? {
        guard hasBegun else {
            hasBegun = true
            return last
        }
        while !last.status.isFinal {
            try await plane.connection.clock.sleep(for: pause)
            let view = try await plane.task(last.id.description, as: caller)
            if view != last {
                (last, pause) = (view, Self.shortestPause)
                return view
            }
            pause = min(Milliseconds(pause.count * 3 / 2), Self.longestPause)
        }
        return nil
    }
}
