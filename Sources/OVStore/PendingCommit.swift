// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// A transaction that waits for its commit, whatever its result is.
protocol PendingCommit: Sendable {
    /// - Parameter undoing: whether what a body has written before it threw is undone. That takes a copy, which makes
    ///   every write copy what it changes, so a batch does without as long as it can.
    /// - Returns: false when something should have been undone and was not.
    func evaluate(_ transaction: inout Transaction, undoing: Bool) -> Bool

    /// The commit that it was part of is durable, or has failed as a whole.
    func settle(_ failure: OVError?)
}

/// Evaluated and settled on the store's thread, awaited by the caller.
final class Commit<Success: Sendable>: PendingCommit {
    private struct Fate {
        /// What the body came to, when it was last evaluated.
        var result: Result<Success, OVError>?
        var isSettled = false
        var caller: CheckedContinuation<Void, Never>?

        mutating func settle(_ failure: OVError?) {
            isSettled = true
            guard let failure else { return }
            // One that had failed by itself keeps its own reason.
            if case .failure = result { return }
            result = .failure(failure)
        }
    }

    private let body: @Sendable (inout Transaction) throws(OVError) -> Success
    private let fate = Mutex(Fate())

    init(body: @escaping @Sendable (inout Transaction) throws(OVError) -> Success) { self.body = body }

    func evaluate(_ transaction: inout Transaction, undoing: Bool) -> Bool {
        let before = undoing ? transaction : nil
        let recordCount = transaction.recordCount
        do throws(OVError) {
            let success = try body(&transaction)
            fate.withLock { $0.result = .success(success) }
            return true
        } catch {
            fate.withLock { $0.result = .failure(error) }
            if let before { transaction = before }
            return undoing || transaction.recordCount == recordCount
        }
    }

    func settle(_ failure: OVError?) {
        let caller = fate.withLock { fate in
            fate.settle(failure)
            return fate.caller
        }
        caller?.resume()
    }

    /// What the transaction came to, once it is settled.
    func outcome() async throws(OVError) -> Success {
        await withCheckedContinuation { caller in
            let isSettled = fate.withLock { fate in
                if !fate.isSettled { fate.caller = caller }
                return fate.isSettled
            }
            if isSettled { caller.resume() }
        }
        guard let result = fate.withLock({ $0.result }) else { throw OVError(.internal, "a commit was not evaluated") }
        return try result.get()
    }
}
