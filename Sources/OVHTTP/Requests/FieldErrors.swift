// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What is wrong with the fields of a request: all of it at once.
struct FieldErrors {
    private var errors: [JSONValue] = []
    private var messages: [String] = []
    private var hint: String?

    /// How many are told. A body can have a hundred thousand fields that nobody knows.
    private static let bound = 20

    private var isFull: Bool { errors.count >= Self.bound }

    mutating func add(_ location: [String], _ message: String, type: String, hint: String? = nil) {
        guard !isFull else { return }
        errors.append(
            .object([
                ("loc", .array(location.map(JSONValue.string))), ("message", .string(message)),
                ("type", .string(type)),
            ]))
        messages.append(message)
        self.hint = self.hint ?? hint
    }

    mutating func addMissing(_ place: String, _ name: String) {
        add([place, name], "'\(name)' is missing", type: "missing")
    }

    mutating func addUnknown(_ place: String, _ name: String, known: [Field]) {
        guard !isFull else { return }
        let names = known.filter { if case .ignored = $0.kind { false } else { true } }.map(\.name)
        let nearest = nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
        add(
            [place, Self.shown(name)], "'\(Self.shown(name))' is not a field of this request", type: "extra_forbidden",
            hint: nearest ?? (names.isEmpty ? nil : "known fields: \(names.joined(separator: ", "))"))
    }

    mutating func addWrong(_ place: String, _ field: Field) {
        let (words, type) = field.kind.expectation
        add([place, field.name], "'\(field.name)' must be \(words)", type: type)
    }

    private static func shown(_ name: String) -> String { String(name.unicodeScalars.prefix(80)) }

    /// - Throws: `INVALID_ARGUMENT` when there is anything wrong.
    func check() throws(OVError) {
        guard let first = messages.first else { return }
        let message = messages.count == 1 ? first : "\(first), and \(messages.count - 1) more"
        throw OVError(.invalidArgument, message, hint: hint, details: ["validation_errors": .array(errors)])
    }
}
