// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What the latest commits have touched, so that who keeps something derived from a half of the state need not look at
/// all of it after each commit. A part of that half, and like it a value: a copy costs nothing, and an entry copies one
/// chunk.
///
/// Somebody in this process reads on from a `Cursor`; somebody who comes back later, perhaps to another process, from
/// the number of the last commit that they know of.
package struct ChangeJournal<Entry: Hashable & Sendable>: Sendable {
    /// How far somebody has read.
    package struct Cursor: Sendable {
        fileprivate let origin: Origin
        fileprivate let position: Int
    }

    /// An entry with the number of the commit that made it.
    package struct Dated: Hashable, Sendable {
        package let sequence: UInt64
        package let entry: Entry
    }

    /// Tells journals apart: a state that was read anew knows nothing of what the one before it was told.
    fileprivate final class Origin: Sendable {}

    private static var chunkLength: Int { 128 }
    private static var chunkLimit: Int { 64 }

    private let origin = Origin()
    private var chunks: [[Dated]] = []
    /// The position of the first entry that is kept.
    private var start = 0
    /// The number of the last commit of which entries may be missing.
    private var lost: UInt64
    /// The commit that is being noted.
    private var sequence: UInt64

    /// - Parameter sequence: the last commit that the journal says nothing about.
    init(behind sequence: UInt64 = 0) {
        lost = sequence
        self.sequence = sequence
    }

    /// Has what follows noted under the number of a commit.
    mutating func begin(_ sequence: UInt64) { self.sequence = sequence }

    mutating func note(_ entry: Entry) {
        if chunks.last.map({ $0.count >= Self.chunkLength }) ?? true {
            if chunks.count == Self.chunkLimit {
                start += chunks[0].count
                lost = chunks[0].last?.sequence ?? lost
                chunks.removeFirst()
            }
            chunks.append([])
        }
        chunks[chunks.count - 1].append(Dated(sequence: sequence, entry: entry))
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
        return chunks[chunk].dropFirst(index).map(\.entry) + chunks[(chunk + 1)...].joined().map(\.entry)
    }

    /// What commits behind a number have touched, in order; nil when that is not known. O(length of the answer).
    package func entries(after sequence: UInt64) -> [Dated]? {
        guard sequence >= lost else { return nil }
        let isNews = { (dated: Dated) in dated.sequence > sequence }
        let first = chunks.lastIndex { !($0.last.map(isNews) ?? false) }.map { $0 + 1 } ?? 0
        return chunks[first...].joined().filter(isNews)
    }
}
