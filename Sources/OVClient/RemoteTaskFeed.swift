// SPDX-License-Identifier: Apache-2.0

internal import OVAPI
internal import OVCore

/// Follows an execution: by the server's events; by asking again and again where it has none, or where they end
/// before the execution does. Then soon while it changes, and less and less often while not.
struct RemoteTaskFeed {
    private static let shortestPause = Milliseconds(20)
    private static let longestPause = Milliseconds(1000)

    private let plane: RemotePlane
    private let caller: Caller
    private let first: TaskView
    private var last: TaskView?
    private var events: EventFeed?
    private var hasAskedForEvents = false
    private var pause = shortestPause

    /// - Parameter first: the present state.
    init(plane: RemotePlane, caller: Caller, first: TaskView) {
        self.plane = plane
        self.caller = caller
        self.first = first
    }

    /// The next state that differs from the last; nil behind the final one.
    mutating func next() async throws -> TaskView? {
        guard let last else {
            last = first
            return first
        }
        guard !last.status.isFinal else { return nil }
        while true {
            let view = try await nextView(after: last)
            if let view, view != last {
                (self.last, pause) = (view, Self.shortestPause)
                return view
            }
        }
    }

    /// - Returns: nil when there is nothing new, and another way may have to be tried.
    private mutating func nextView(after last: TaskView) async throws -> TaskView? {
        if !hasAskedForEvents {
            hasAskedForEvents = true
            let request = RemotePlane.request(EventQuery(task: last.id.description))
            // Whatever is wrong with it, asking for the execution itself tells.
            events = try? EventFeed(await plane.connection.open(request), from: plane.connection)
            try Task.checkCancellation()
        }
        if events != nil {
            do {
                if let event = try await events?.next() {
                    guard case .task(let view) = event.kind, view.id == last.id else { return nil }
                    return view
                }
            } catch let error as OVError where error.code != .unavailable {
                throw error
            } catch is OVError {
                // The server may be on its way out, or have dropped a reader that was too slow.
            }
            events = nil
        }
        try await plane.connection.clock.sleep(for: pause)
        pause = min(Milliseconds(pause.count * 3 / 2), Self.longestPause)
        return try await plane.task(last.id.description, as: caller)
    }
}
