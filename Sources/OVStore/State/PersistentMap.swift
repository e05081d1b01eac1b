// SPDX-License-Identifier: Apache-2.0

import HashTreeCollections

/// A dictionary as a persistent value: a copy costs nothing, and a change of one copy no more than that change.
///
/// Most entries lie in a plain dictionary that copies share, which is several times quicker to fill and to search than
/// a hash tree. What a copy has changed lies in a tree beside it, until that is so large that a new dictionary pays.
struct PersistentMap<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// `@unchecked Sendable`: changed only by a map that holds the one reference to it.
    private final class Base: @unchecked Sendable {
        var entries: [Key: Value] = [:]
    }

    private static var fewChanges: Int { 1024 }

    private var base = Base()
    /// Nil for a key that was removed.
    private var changes: TreeDictionary<Key, Value?> = [:]
    private(set) var count = 0

    subscript(key: Key) -> Value? {
        get {
            if !changes.isEmpty, let change = changes[key] { return change }
            return base.entries[key]
        }
        set { replace(key, by: newValue) }
    }

    /// Makes room for so many more in a map that is being filled; growing step by step would be half the work.
    mutating func reserve(_ more: Int) {
        if ownsBase() { base.entries.reserveCapacity(count + more) }
    }

    /// - Returns: the value before.
    @discardableResult
    mutating func replace(_ key: Key, by value: Value?) -> Value? {
        let old = ownsBase() ? exchange(&base.entries, key, value) : change(key, value)
        count += (value == nil ? 0 : 1) - (old == nil ? 0 : 1)
        return old
    }

    /// Whether the dictionary can be changed itself. One that is empty is not worth sharing.
    private mutating func ownsBase() -> Bool {
        guard changes.isEmpty else { return false }
        if isKnownUniquelyReferenced(&base) { return true }
        guard base.entries.isEmpty else { return false }
        base = Base()
        return true
    }

    private func exchange(_ entries: inout [Key: Value], _ key: Key, _ value: Value?) -> Value? {
        guard let value else { return entries.removeValue(forKey: key) }
        return entries.updateValue(value, forKey: key)
    }

    private mutating func change(_ key: Key, _ value: Value?) -> Value? {
        let old = changes.updateValue(value, forKey: key) ?? base.entries[key]
        if changes.count > max(Self.fewChanges, base.entries.count / 2) { merge() }
        return old
    }

    private mutating func merge() {
        let merged = Base()
        merged.entries = base.entries
        for (key, value) in changes { merged.entries[key] = value }
        (base, changes) = (merged, [:])
    }

    /// All entries, in no order.
    var entries: some Sequence<(key: Key, value: Value)> {
        let changed = changes.lazy.compactMap { key, value in value.map { (key: key, value: $0) } }
        let unchanged = base.entries.lazy.filter { changes[$0.key] == nil }
        return [AnySequence(unchanged), AnySequence(changed)].joined()
    }
}
