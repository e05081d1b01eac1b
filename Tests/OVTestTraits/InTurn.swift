// SPDX-License-Identifier: Apache-2.0

import Synchronization
package import Testing

/// Lets only a few tests of the whole run go on at once.
///
/// Left alone, all of them begin at once. Many start processes or work for seconds; on a machine of two cores each then
/// takes as long as all of them, and what they wait for with a bound does not come in time.
package struct InTurn: SuiteTrait, TestTrait, TestScoping {
    private static let turns = Turns(atOnce: 6)

    package let isRecursive = true

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        await Self.turns.take()
        defer { Self.turns.giveBack() }
        try await function()
    }
}

extension Trait where Self == InTurn {
    /// The test waits until there is room for it.
    package static var inTurn: Self { InTurn() }
}

/// A number of turns, given in the order in which they are asked for.
private final class Turns: Sendable {
    private struct Storage {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let storage: Mutex<Storage>

    init(atOnce count: Int) { storage = Mutex(Storage(free: count)) }

    func take() async {
        await withCheckedContinuation { continuation in
            let isFree = storage.withLock { storage in
                if storage.free > 0 {
                    storage.free -= 1
                    return true
                }
                storage.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func giveBack() {
        let next = storage.withLock { storage -> CheckedContinuation<Void, Never>? in
            if storage.waiting.isEmpty {
                storage.free += 1
                return nil
            }
            return storage.waiting.removeFirst()
        }
        next?.resume()
    }
}
