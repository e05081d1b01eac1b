// SPDX-License-Identifier: Apache-2.0

import OVStore
import Synchronization

/// Texts of documents that were found lately, bounded. Two generations, as in `PageCache`. Packs do not change, so that
/// nothing in it can be out of date.
final class RecentTexts: Sendable {
    private struct Generations {
        var young: [BlobLocation: [UInt8]] = [:]
        var old: [BlobLocation: [UInt8]] = [:]
        var youngBytes = 0
    }

    private let capacity: Int
    private let generations = Mutex(Generations())

    /// - Parameter bytes: how much is kept at most.
    init(bytes: Int) { capacity = bytes / 2 }

    func text(_ blob: BlobLocation) -> [UInt8]? {
        generations.withLock { generations in
            if let text = generations.young[blob] { return text }
            guard let text = generations.old.removeValue(forKey: blob) else { return nil }
            insert(text, blob, &generations)
            return text
        }
    }

    /// A text that would displace most others is not kept.
    func keep(_ text: [UInt8], _ blob: BlobLocation) {
        guard text.count <= capacity / 2 else { return }
        generations.withLock { insert(text, blob, &$0) }
    }

    private func insert(_ text: [UInt8], _ blob: BlobLocation, _ generations: inout Generations) {
        if generations.youngBytes + text.count > capacity {
            generations.old = generations.young
            (generations.young, generations.youngBytes) = ([:], 0)
        }
        if generations.young.updateValue(text, forKey: blob) == nil { generations.youngBytes += text.count }
    }
}
