// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// The states that a reader has seen, for a server that answers by them.
final class StatusCollector: Sendable {
    private let statuses = Mutex<[TaskRecord.Status]>([])

    func add(_ status: TaskRecord.Status) { statuses.withLock { $0.append(status) } }

    var all: [TaskRecord.Status] { statuses.withLock { $0 } }
    var hasAny: Bool { !all.isEmpty }
}
