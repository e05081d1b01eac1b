// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

/// A place in what happens to a store, opaque to callers: behind a commit, or within one behind an address.
///
/// The feeds of events and of changes share it, so that who has followed one can go on with the other.
struct FeedCursor: Hashable, Sendable {
    /// Tells stores apart, and writings of one: a repair may have lost commits.
    private let store: UInt32
    private let epoch: UInt64
    /// The last commit that is known.
    let sequence: UInt64
    /// Set within a commit: what comes behind this address is not known yet.
    private(set) var address: String?
    /// Where the reading began that is within a commit.
    private(set) var origin: UInt64

    /// - Parameter sequence: nil for the last commit there is.
    init(in state: State, behind sequence: UInt64? = nil) {
        store = UInt32(truncatingIfNeeded: state.identity.store.high >> 32)
        epoch = state.identity.epoch
        self.sequence = sequence ?? state.sequence
        origin = self.sequence
    }

    /// A place within a commit.
    init(in state: State, within sequence: UInt64, behind address: VikingURI, since origin: UInt64) {
        self.init(in: state, behind: sequence)
        self.address = address.text
        self.origin = origin
    }

    /// Whether it names a place in the past of a state.
    func isPast(of state: State) -> Bool {
        // Before its first commit a store has no name; whoever came that early has missed nothing.
        if epoch == 0 { return sequence == 0 }
        let now = FeedCursor(in: state)
        return store == now.store && epoch == now.epoch && sequence <= now.sequence
    }

    var text: String {
        let place = "\(String(store, radix: 36)).\(epoch).\(sequence)"
        return address.map { "\(place).\(origin).\($0)" } ?? place
    }

    /// Whether it is a place before another one, of the same store.
    func isBefore(_ other: FeedCursor) -> Bool {
        guard sequence == other.sequence else { return sequence < other.sequence }
        guard let address else { return false }
        return other.address.map { address.utf8.lexicographicallyPrecedes($0.utf8) } ?? true
    }

    /// The last commit of which everything is known.
    var completeSequence: UInt64 { address == nil ? sequence : max(1, sequence) - 1 }

    /// Whether what a commit did at an address is news.
    func isBefore(_ commit: UInt64, _ uri: VikingURI) -> Bool {
        guard commit == sequence, let address else { return commit > sequence }
        return address.utf8.lexicographicallyPrecedes(uri.text.utf8)
    }

    /// - Throws: `INVALID_ARGUMENT` for text that `text` did not make.
    init(parsing text: String, at place: [String]) throws(OVError) {
        let parts = text.split(separator: ".", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 3 || parts.count == 5, let store = UInt32(parts[0], radix: 36),
            let epoch = UInt64(parts[1]), let sequence = UInt64(parts[2])
        else { throw Self.wrong(place) }
        (self.store, self.epoch, self.sequence, origin) = (store, epoch, sequence, sequence)
        guard parts.count == 5 else { return }
        guard let origin = UInt64(parts[3]), origin <= sequence, VikingURI(canonical: String(parts[4])) != nil
        else { throw Self.wrong(place) }
        (self.origin, address) = (origin, String(parts[4]))
    }

    private static func wrong(_ place: [String]) -> OVError {
        .invalidField(
            place, "not a cursor of this feed", type: "value_error",
            hint: "send the next_cursor of an answer, or the id of an event; none to begin")
    }
}
