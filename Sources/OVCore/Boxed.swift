// SPDX-License-Identifier: Apache-2.0

/// A large value that many hold: it is passed on as one reference, where a copy would copy every field.
package final class Boxed<Value: Sendable>: Sendable {
    package let value: Value

    package init(_ value: Value) { self.value = value }
}

extension Boxed: Equatable where Value: Equatable {
    package static func == (left: Boxed, right: Boxed) -> Bool { left === right || left.value == right.value }
}

extension Boxed: Hashable where Value: Hashable {
    package func hash(into hasher: inout Hasher) { value.hash(into: &hasher) }
}

/// What a list is in the order of.
package protocol Dated: Sendable {
    var createdAt: Timestamp { get }
}

extension WatchTask: Dated {}
extension TaskRecord: Dated {}
extension Resource: Dated {}
