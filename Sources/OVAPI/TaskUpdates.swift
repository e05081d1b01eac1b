// SPDX-License-Identifier: Apache-2.0

/// The states of an execution, one after the other, asked for as they are wanted.
///
/// Ends behind the final state. Throws `OVError`, and `CancellationError` once its task is cancelled: a sequence that
/// just ended then could be taken for an execution that did.
package struct TaskUpdates: AsyncSequence, Sendable {
    package typealias Next = () async throws -> TaskView?

    private let begin: @Sendable () -> Next

    /// - Parameter begin: called by each reader; what it returns waits for the next state, and answers nil behind the
    ///   final one.
    package init(_ begin: @escaping @Sendable () -> Next) { self.begin = begin }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let produce: Next

        package mutating func next() async throws -> TaskView? {
            try Task.checkCancellation()
            let view = try await produce()
            if view == nil { try Task.checkCancellation() }
            return view
        }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(produce: begin()) }
}
