// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// Lets in no more at once than there may be.
package final class Admission: Sendable {
    private let bound: Int
    private let refusal: OVError
    private let storage = Mutex(0)

    private init(atMost bound: Int, refusal: OVError) {
        self.bound = bound
        self.refusal = refusal
    }

    static func ofDryRuns(atMost bound: Int) -> Admission {
        Admission(
            atMost: bound,
            refusal: OVError(
                .resourceExhausted, "\(bound) dry runs are going on, and no more may at once",
                hint: "try again when one of them has ended"))
    }

    static func ofEventStreams(atMost bound: Int) -> Admission {
        Admission(
            atMost: bound,
            refusal: OVError(
                .resourceExhausted, "the server has \(bound) event streams open, and opens no more",
                hint: "close one, or follow with `since` what GET /api/v1/changes answers"))
    }

    /// How many are in.
    var count: Int { storage.withLock { $0 } }

    /// - Throws: `RESOURCE_EXHAUSTED`.
    func enter() throws(OVError) -> Permit {
        let isFull = storage.withLock { count in
            if count >= bound { return true }
            count += 1
            return false
        }
        guard !isFull else { throw refusal }
        return Permit(of: self)
    }

    /// A place that is taken. It ends with the last reference, so also when what it is for never begins.
    final class Permit: Sendable {
        private let admission: Admission

        fileprivate init(of admission: Admission) { self.admission = admission }

        deinit { admission.storage.withLock { $0 -= 1 } }
    }
}
