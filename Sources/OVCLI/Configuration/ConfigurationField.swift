// SPDX-License-Identifier: Apache-2.0

import OVCore

/// One member of the configuration file, with the words for what is wrong with it.
struct ConfigurationField {
    /// The file, for messages.
    let path: String
    /// With the names of what it is nested in: `limits.tasks`.
    let name: String
    let value: JSONValue

    func wrong(_ expected: String) -> OVError {
        OVError(
            .invalidArgument, "\(path): '\(name)' must be \(expected), not \(kind)",
            details: ["file": .string(path), "key": .string(name)])
    }

    func unknown(among keys: [String]) -> OVError {
        let nearest = nearestName(to: name, among: keys)
        return OVError(
            .invalidArgument, "\(path): unknown key '\(DisplayText.line(name))'",
            hint: nearest.map { "did you mean '\($0)'?" } ?? "known keys: \(keys.joined(separator: ", "))",
            details: ["file": .string(path), "key": .string(name)])
    }

    private var kind: String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): "\"\(DisplayText.line(String(value.prefix(40))))\""
        case .array: "a list"
        case .object: "an object"
        }
    }

    func text() throws(OVError) -> String {
        guard let text = value.string, !text.isEmpty else { throw wrong("text") }
        return text
    }

    func bool() throws(OVError) -> Bool {
        guard let bool = value.bool else { throw wrong("true or false") }
        return bool
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) throws(OVError) -> Choice
    where Choice.RawValue == String {
        guard let choice = value.string.flatMap(Choice.init(rawValue:)) else {
            throw wrong(Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or "))
        }
        return choice
    }

    func integer(in range: ClosedRange<Int64>) throws(OVError) -> Int64 {
        guard let number = value.integer, range.contains(number) else {
            throw wrong("a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A duration of `unit`s, fractions allowed.
    func duration(unit: Milliseconds, named name: String, atMost bound: Int64) throws(OVError) -> Milliseconds {
        guard let number = value.double, number > 0, number <= Double(bound) else {
            throw wrong("a number of \(name) above 0, at most \(bound)")
        }
        return Milliseconds(max(1, Int64((number * Double(unit.count)).rounded())))
    }

    /// A list of texts, each of which passes `isRight`.
    func texts(_ expected: String, _ isRight: (String) -> Bool) throws(OVError) -> [String] {
        var texts: [String] = []
        for element in try elements() {
            guard let text = element.value.string, !text.isEmpty, isRight(text) else {
                throw wrong("a list of \(expected)")
            }
            texts.append(text)
        }
        return texts
    }

    /// The elements of a list, named by their places.
    func elements() throws(OVError) -> [ConfigurationField] {
        guard case .array(let elements) = value else { throw wrong("a list") }
        return elements.enumerated().map { index, value in
            ConfigurationField(path: path, name: "\(name)[\(index)]", value: value)
        }
    }

    /// The members of an object, their names prefixed by this one's.
    func members() throws(OVError) -> [ConfigurationField] {
        guard case .object(let members) = value else { throw wrong("an object") }
        return members.map { ConfigurationField(path: path, name: "\(name).\($0.name)", value: $0.value) }
    }
}
