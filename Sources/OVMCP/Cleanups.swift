// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What is to be done if the client gives a request up: it runs outside of the task that was cancelled.
final class Cleanups: Sendable {
    private let actions = Mutex<[@Sendable () async -> Void]>([])

    func add(_ action: @escaping @Sendable () async -> Void) { actions.withLock { $0.append(action) } }

    func run() async {
        let actions = actions.withLock { actions in
            defer { actions = [] }
            return actions
        }
        for action in actions { await action() }
    }
}
