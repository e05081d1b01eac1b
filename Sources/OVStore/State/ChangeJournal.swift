// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Which watches and runs the latest commits have touched, so that who keeps something derived from them need not
/// look at all of them after each commit. A part of the state, and like it a value: a copy costs nothing, and an
/// entry copies one chunk.
package struct ChangeJournal: Sendable {
    package enum Entry: Hashable, Sendable {
        /// A watch that was put or dropped.
        case watch(TaskID)
        /// A run that was put or dropped.
        case task(TaskID)
    }

    /// How far somebody has read.
    package struct Cursor: Sendable {
        fileprivate let origin: Origin
        fileprivate let position: Int
    }

    /// Tells journals apart: a state that was read anew knows nothing of what the one before it was told.
    fileprivate final class Origin: Sendable {}

    private static let chunkLength = 128
    private static let chunkLimit = 64

    private let origin = Origin()
    private var chunks: [[Entry]] = []
    /// The position of the first entry that is kept.
    private var start = 0

    init() {}

    mutating func note(_ entry: Entry) {
        if chunks.last.map({ $0.count >= Self.chunkLength }) ?? true {
            if chunks.count == Self.chunkLimit {
                start += chunks[0].count
                chunks.removeFirst()
            }
            chunks.append([])
        }
        chunks[chunks.count - 1].append(entry)
    }

    /// Where the next entry will be.
    package var cursor: Cursor {
        // All chunks but the last are full.
        let count = chunks.isEmpty ? 0 : (chunks.count - 1) * Self.chunkLength + chunks[chunks.count - 1].count
        return Cursor(origin: origin, position: start + count)
    }

    /// What was touched since, in order and perhaps more than once; nil when that is not known, and everything may
    /// have been. O(length of the answer).
    package func entries(since cursor: Cursor) -> [Entry]? {
        guard cursor.origin === origin, cursor.position >= start else { return nil }
        let (chunk, index) = (cursor.position - start).quotientAndRemainder(dividingBy: Self.chunkLength)
        guard chunk < chunks.count else { return [] }
        return Array(chunks[chunk].dropFirst(index)) + chunks[(chunk + 1)...].joined()
    }
}
