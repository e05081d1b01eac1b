// SPDX-License-Identifier: Apache-2.0

import OVSearch
import Synchronization

/// Sorts the words of paths once they have been asked for so often that it is worth while. A process that answers one
/// query never does.
final class PatientSorting: Sendable {
    private struct Progress {
        var asked = 0
        var words: PathWords?
    }

    private static let patience = 16

    private let progress = Mutex(Progress())

    func words(of folded: [UInt8]) -> PathWords? {
        progress.withLock { progress in
            progress.asked += 1
            if progress.words == nil, progress.asked > Self.patience { progress.words = PathWords(folded) }
            return progress.words
        }
    }
}
