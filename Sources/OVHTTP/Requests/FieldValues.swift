// SPDX-License-Identifier: Apache-2.0

import OVCore

/// The values of a request's fields, of the kinds that were declared for them.
struct FieldValues: Sendable {
    private var values: [String: JSONValue] = [:]

    init() {}

    mutating func set(_ name: String, _ value: JSONValue) { values[name] = value }

    func has(_ name: String) -> Bool { values[name] != nil }

    func text(_ name: String) -> String? { values[name]?.string }
    func bool(_ name: String) -> Bool? { values[name]?.bool }
    func number(_ name: String) -> Double? { values[name]?.double }
    func object(_ name: String) -> JSONValue? { values[name] }

    func integer(_ name: String) -> Int? { values[name]?.integer.map { Int(clamping: $0) } }

    /// A list, or a text with commas between the parts; those inside braces belong to a glob.
    func list(_ name: String) -> [String] {
        switch values[name] {
        case .array(let values): values.compactMap(\.string)
        case .string(let text): Self.parts(of: text)
        default: []
        }
    }

    private static func parts(of text: String) -> [String] {
        var (parts, part, depth): ([String], [UInt8], Int) = ([], [], 0)
        func end(_ parts: inout [String], _ part: inout [UInt8]) {
            let trimmed = part.drop { $0 == 32 }
            let end = trimmed.lastIndex { $0 != 32 }.map { $0 + 1 } ?? trimmed.startIndex
            if end > trimmed.startIndex {
                parts.append(String(decoding: trimmed[trimmed.startIndex..<end], as: UTF8.self))
            }
            part = []
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"): depth = max(0, depth - 1)
            case UInt8(ascii: ",") where depth == 0:
                end(&parts, &part)
                continue
            default: break
            }
            part.append(byte)
        }
        end(&parts, &part)
        return parts
    }
}
