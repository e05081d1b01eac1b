// SPDX-License-Identifier: Apache-2.0

import OVSearch
import Synchronization

/// Pages of index files that were read lately, of all files together, bounded.
///
/// Two generations: what is used moves to the young one, and when that is full, the old one goes.
final class PageCache: Sendable {
    struct Key: Hashable, Sendable {
        let file: UInt64
        let page: Int
    }

    private struct Generations {
        var young: [Key: [UInt8]] = [:]
        var old: [Key: [UInt8]] = [:]
        var lastFile: UInt64 = 0
    }

    private let capacity: Int
    private let openFiles = Atomic<Int>(0)

    /// How many files are kept open; of others each page that is read costs an opening.
    private static let maximumOpenFiles = 128
    private let generations = Mutex(Generations())

    /// - Parameter bytes: how much is kept at most, about.
    init(bytes: Int) { capacity = max(1, bytes / IndexLayout.pageLength / 2) }

    /// A number for a file that nobody else has.
    func newFile() -> UInt64 {
        generations.withLock { generations in
            generations.lastFile += 1
            return generations.lastFile
        }
    }

    /// Whether one more file may be kept open; whoever was told so says when it is closed.
    func mayKeepOpen() -> Bool {
        if openFiles.wrappingAdd(1, ordering: .relaxed).newValue <= Self.maximumOpenFiles { return true }
        openFiles.wrappingSubtract(1, ordering: .relaxed)
        return false
    }

    func closed() { openFiles.wrappingSubtract(1, ordering: .relaxed) }

    func page(_ key: Key) -> [UInt8]? {
        generations.withLock { generations in
            if let page = generations.young[key] { return page }
            guard let page = generations.old[key] else { return nil }
            insert(page, key, &generations)
            return page
        }
    }

    func insert(_ page: [UInt8], _ key: Key) { generations.withLock { insert(page, key, &$0) } }

    private func insert(_ page: [UInt8], _ key: Key, _ generations: inout Generations) {
        if generations.young.count >= capacity {
            generations.old = generations.young
            generations.young = [:]
        }
        generations.young[key] = page
    }
}
