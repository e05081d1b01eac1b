// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSearch
import OVStore
import Synchronization

/// The gathered indexes of a store, as they are on the disk at the moment.
final class GatheredIndexes: Sendable {
    private let store: Store
    private let pages: PageCache
    private let open = Mutex<[String: GatheredIndex]>([:])

    init(store: Store, pages: PageCache) {
        self.store = store
        self.pages = pages
    }

    /// All that can be used, the largest first. One that cannot is removed: what it is about has indexes of its own.
    func current() -> [GatheredIndex] {
        let names = (try? store.gatheredIndexes()) ?? []
        let known = open.withLock { $0 }
        guard !names.isEmpty || !known.isEmpty else { return [] }
        var current: [String: GatheredIndex] = [:]
        for name in names {
            if let index = known[name] {
                current[name] = index
            } else if let index = opened(name) {
                current[name] = index
            }
        }
        open.withLock { $0 = current }
        return current.values.sorted { ($1.contents.entries.count, $0.name) < ($0.contents.entries.count, $1.name) }
    }

    private func opened(_ name: String) -> GatheredIndex? {
        do throws(IndexFault) {
            return try GatheredIndex(name, of: store, pages: pages)
        } catch {
            store.removeGatheredIndex(name)
            return nil
        }
    }

    /// Removes those that turned out to be damaged.
    /// - Parameter all: whether to remove the others as well.
    func discard(all: Bool) {
        open.withLock { open in
            for (name, index) in open where all || index.isDamaged {
                store.removeGatheredIndex(name)
                open[name] = nil
            }
        }
    }
}
