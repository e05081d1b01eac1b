// SPDX-License-Identifier: Apache-2.0

import OVStore
import Synchronization

/// What was read lately of documents that were found, bounded: all of short ones, passages of long ones. Two
/// generations, as in `PageCache`. Packs do not change, so that nothing in it can be out of date.
final class RecentTexts: Sendable {
    private struct Generations {
        var young: [BlobLocation: [StoredPart]] = [:]
        var old: [BlobLocation: [StoredPart]] = [:]
        var youngBytes = 0
    }

    private let capacity: Int
    private let generations = Mutex(Generations())

    /// - Parameter bytes: how much is kept at most.
    init(bytes: Int) { capacity = bytes / 2 }

    /// A part that the range lies in.
    func part(_ blob: BlobLocation, _ range: Range<Int>) -> StoredPart? {
        generations.withLock { generations in
            if let part = generations.young[blob]?.first(where: { $0.covers(range) }) { return part }
            guard let part = generations.old[blob]?.first(where: { $0.covers(range) }) else { return nil }
            insert(part, blob, &generations)
            return part
        }
    }

    /// A part that would displace most others is not kept.
    func keep(_ part: StoredPart, _ blob: BlobLocation) {
        guard part.bytes.count <= capacity / 2 else { return }
        generations.withLock { insert(part, blob, &$0) }
    }

    private func insert(_ part: StoredPart, _ blob: BlobLocation, _ generations: inout Generations) {
        // Two threads may have read the same.
        if generations.young[blob]?.contains(where: { $0.covers(part.range) }) == true { return }
        if generations.youngBytes + part.bytes.count > capacity {
            generations.old = generations.young
            (generations.young, generations.youngBytes) = ([:], 0)
        }
        generations.young[blob, default: []].append(part)
        generations.youngBytes += part.bytes.count
    }
}
