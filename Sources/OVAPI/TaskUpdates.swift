// SPDX-License-Identifier: Apache-2.0

/// The states of an execution, one after the other, asked for as they are wanted.
///
/// Ends behind the final state. Throws `OVError`, and `CancellationError` once its task is cancelled: a sequence that
/// just ended then could be taken for an execution that did.
package struct TaskUpdates: AsyncSequence, Sendable {
    private let produce: @Sendable () async throws -> TaskView?

    /// - Parameter next: waits for the next state; nil behind the final one.
    package init(_ next: @escaping @Sendable () async throws -> TaskView?) { produce = next }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let produce: @Sendable () async throws -> TaskView?

        package func next() async throws -> TaskView? {
            try Task.checkCancellation()
            return try await produce()
        }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(produce: produce) }
}
