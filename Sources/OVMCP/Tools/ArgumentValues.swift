// SPDX-License-Identifier: Apache-2.0

import OVCore

/// The arguments of a call, of the kinds that were declared for them.
struct ArgumentValues: Hashable, Sendable {
    private var values: [String: JSONValue] = [:]

    mutating func set(_ name: String, _ value: JSONValue) { values[name] = value }

    func has(_ name: String) -> Bool { values[name] != nil }

    func text(_ name: String) -> String? { values[name]?.string }
    func bool(_ name: String) -> Bool? { values[name]?.bool }
    func number(_ name: String) -> Double? { values[name]?.double }
    func integer(_ name: String) -> Int? { values[name]?.integer.map { Int(clamping: $0) } }
    func texts(_ name: String) -> [String] { (values[name]?.array ?? []).compactMap(\.string) }
}
