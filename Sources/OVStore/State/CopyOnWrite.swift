// SPDX-License-Identifier: Apache-2.0

/// A large value behind one reference, so that a copy of it counts up one number instead of those of all its parts.
/// It is still a value: who changes one that somebody else has too, changes a copy.
struct CopyOnWrite<Value: Sendable>: Sendable {
    /// `@unchecked Sendable`: `value` is changed only by who holds the one reference there is.
    private final class Storage: @unchecked Sendable {
        var value: Value

        init(_ value: Value) { self.value = value }
    }

    private var storage: Storage

    init(_ value: Value) { storage = Storage(value) }

    var value: Value {
        _read { yield storage.value }
        _modify {
            if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.value) }
            yield &storage.value
        }
    }
}
