// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import Synchronization

/// How the runs of this process ended, for monitoring.
final class EndingTally: Sendable {
    private let storage = Mutex(RunFigures())

    var figures: RunFigures { storage.withLock { $0 } }

    /// - Parameter duration: nil for a run that never began.
    func count(_ ending: RunEnding, after duration: Milliseconds?) {
        storage.withLock { figures in
            figures.ended[ending.name, default: 0] += 1
            if let duration { figures.duration.add(duration.seconds) }
            if case .staged(let staged) = ending { figures.bytes.add(Double(staged.revision.bytes)) }
        }
    }
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
