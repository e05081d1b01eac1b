// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Reads the arguments of a call. Models misspell names and quote numbers; what can only mean one thing is taken for it.
struct ArgumentReader: Sendable {
    /// How many arguments a call may have. Nobody means to send more.
    private static let bound = 50

    /// The name of the tool.
    let tool: String
    let arguments: [Argument]

    init(_ tool: any Tool) {
        self.tool = tool.name
        arguments = tool.arguments
    }

    /// - Throws: `INVALID_ARGUMENT` that names the argument and says what is wanted.
    func values(of params: Params) throws(OVError) -> ArgumentValues {
        let members = params.json.members ?? []
        guard members.count <= Self.bound else { throw OVError(.invalidArgument, "too many arguments") }
        var values = ArgumentValues()
        for member in members where member.value != .null {
            guard let argument = argument(named: member.name) else { throw unknown(member.name) }
            guard let value = Self.value(of: member.value, as: argument.kind) else {
                throw OVError(.invalidArgument, "'\(argument.name)' must be \(argument.kind.expectation)")
            }
            // The exact name is meant before any other.
            if values.has(argument.name), member.name != argument.name { continue }
            values.set(argument.name, value)
        }
        for argument in arguments where argument.isRequired && !values.has(argument.name) {
            throw OVError(
                .invalidArgument, "'\(argument.name)' is missing: \(argument.kind.expectation)",
                hint: argument.summary.isEmpty ? nil : argument.summary)
        }
        return values
    }

    private func argument(named name: String) -> Argument? {
        if let exact = arguments.first(where: { $0.name == name }) { return exact }
        let plain = Self.plain(name)
        return arguments.first { Self.plain($0.name) == plain || $0.otherNames.contains { Self.plain($0) == plain } }
    }

    /// `watchInterval`, `watch-interval` and `watch_interval` are the same.
    private static func plain(_ name: String) -> String { name.lowercased().filter { $0 != "_" && $0 != "-" } }

    private func unknown(_ name: String) -> OVError {
        let names = arguments.map(\.name)
        let nearest = nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
        let all = names.isEmpty ? "\(tool) takes no arguments" : "its arguments: \(names.joined(separator: ", "))"
        return OVError(.invalidArgument, "\(tool) has no argument '\(name.shown)'", hint: nearest ?? all)
    }

    private static func value(of value: JSONValue, as kind: Argument.Kind) -> JSONValue? {
        switch (kind, value) {
        case (.text, .string), (.number, .integer), (.number, .number), (.boolean, .bool): return value
        case (.text, .integer(let number)): return .string(String(number))
        case (.integer(let bound), _): return integer(value).flatMap { $0 >= bound ? .integer($0) : nil }
        case (.number, .string(let text)):
            return Double(trimmed(text)).flatMap { $0.isFinite ? .number($0) : nil }
        case (.boolean, .integer(0)): return false
        case (.boolean, .integer(1)): return true
        case (.boolean, .string(let text)): return truths[text.lowercased()].map { .bool($0) }
        case (.texts, .array(let values)):
            return values.allSatisfy { $0.string != nil } ? value : nil
        case (.texts, .string(let text)): return list(text)
        default: return nil
        }
    }

    private static let truths = ["true": true, "yes": true, "1": true, "false": false, "no": false, "0": false]

    private static func integer(_ value: JSONValue) -> Int64? {
        switch value {
        case .integer(let number): number
        case .number(let number): Int64(exactly: number)
        case .string(let text): Int64(trimmed(text))
        default: nil
        }
    }

    /// A text that is the JSON of a list, or the only element of one.
    private static func list(_ text: String) -> JSONValue {
        if text.hasPrefix("["), let value = try? JSONValue(parsing: Array(text.utf8)), let values = value.array,
            values.allSatisfy({ $0.string != nil })
        {
            return value
        }
        return [.string(text)]
    }

    private static func trimmed(_ text: String) -> Substring {
        var text = text[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}
