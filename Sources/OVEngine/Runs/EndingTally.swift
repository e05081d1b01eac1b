// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How the runs of this process ended, for monitoring.
final class EndingTally: Sendable {
    private let storage = Mutex<[String: Int]>([:])

    var counts: [String: Int] { storage.withLock { $0 } }

    func count(_ ending: RunEnding) { storage.withLock { $0[ending.name, default: 0] += 1 } }
}

extension RunEnding {
    /// A word for it: the outcome of a run that went well, the cause of one that did not.
    fileprivate var name: String {
        switch self {
        case .staged(let staged): staged.publication == nil ? "unchanged" : "updated"
        case .failure(let failure): failure.held == nil ? "failed" : "held"
        case .cancelled: "cancelled"
        case .interrupted: "interrupted"
        }
    }
}
