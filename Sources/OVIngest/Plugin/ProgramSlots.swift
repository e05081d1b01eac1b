// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// So many programs at once, of all runs of a process; the others wait for their turn.
final class ProgramSlots: Sendable {
    private struct State {
        var free: Int
        var last = 0
        var waiting: [(number: Int, turn: CheckedContinuation<Bool, Never>)] = []
        /// Who was cancelled before it could wait.
        var cancelled: Set<Int> = []
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: count)) }

    /// - Throws: `CancellationError`; there is nothing to release then.
    func acquire() async throws {
        try Task.checkCancellation()
        let number = state.withLock { state -> Int? in
            guard state.free == 0 else {
                state.free -= 1
                return nil
            }
            state.last += 1
            return state.last
        }
        guard let number else { return }
        let isGranted = await withTaskCancellationHandler {
            await withCheckedContinuation { turn in wait(number, turn) }
        } onCancel: {
            giveUp(number)
        }
        // It may have been cancelled just when its turn came.
        _ = state.withLock { $0.cancelled.remove(number) }
        guard isGranted else { throw CancellationError() }
    }

    func release() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().turn
        }
        next?.resume(returning: true)
    }

    private func wait(_ number: Int, _ turn: CheckedContinuation<Bool, Never>) {
        let answer = state.withLock { state -> Bool? in
            if state.cancelled.remove(number) != nil { return false }
            // One may have become free since it was asked for.
            guard state.free == 0 else {
                state.free -= 1
                return true
            }
            state.waiting.append((number, turn))
            return nil
        }
        if let answer { turn.resume(returning: answer) }
    }

    private func giveUp(_ number: Int) {
        let turn = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let index = state.waiting.firstIndex(where: { $0.number == number }) else {
                state.cancelled.insert(number)
                return nil
            }
            return state.waiting.remove(at: index).turn
        }
        turn?.resume(returning: false)
    }
}
