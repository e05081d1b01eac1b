// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The requests of one client that are being answered.
final class RequestsInFlight: Sendable {
    private struct State {
        var cancellations: [RequestID: Latch] = [:]
        var slow: Set<RequestID> = []
        /// Opened when one has ended.
        var change = Latch()

        var quickCount: Int { cancellations.count - slow.count }
    }

    /// How many that end by themselves soon, and how many that may take as long as a client likes.
    private static let (quickBound, slowBound) = (32, 128)

    private let state = Mutex(State())

    enum Admission: Sendable {
        case accepted
        case duplicate
        case full
    }

    /// - Parameter cancellation: opened when the client gives it up.
    func begin(_ id: RequestID, isSlow: Bool, _ cancellation: Latch) -> Admission {
        state.withLock { state in
            guard state.cancellations[id] == nil else { return .duplicate }
            guard !isSlow || state.slow.count < Self.slowBound else { return .full }
            state.cancellations[id] = cancellation
            if isSlow { state.slow.insert(id) }
            return .accepted
        }
    }

    func end(_ id: RequestID) {
        let change = state.withLock { state in
            state.cancellations[id] = nil
            state.slow.remove(id)
            defer { state.change = Latch() }
            return state.change
        }
        change.open()
    }

    /// What is unknown, or over, is nobody's mistake.
    func cancel(_ id: RequestID) { state.withLock { $0.cancellations[id] }?.open() }

    func cancelAll() {
        for latch in state.withLock({ Array($0.cancellations.values) }) { latch.open() }
    }

    var isEmpty: Bool { state.withLock { $0.cancellations.isEmpty } }

    /// Waits until there is room for another one that ends soon.
    func waitForRoom() async { await wait { $0.quickCount < Self.quickBound } }

    func waitUntilEmpty() async { await wait { $0.cancellations.isEmpty } }

    private func wait(until condition: @Sendable (State) -> Bool) async {
        while !Task.isCancelled {
            guard let change = state.withLock({ condition($0) ? nil : $0.change }) else { return }
            await change.wait()
        }
    }
}
