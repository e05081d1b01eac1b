// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A parameter of a query, or a member of a body: what a request is checked against, and what the OpenAPI document
/// says of it.
struct Field: Sendable {
    enum Kind: Sendable {
        case text
        /// A `viking://` address. What cannot be decoded is no valid address, which has an error of its own.
        case uri
        case integer
        case number
        case boolean
        case choice([String])
        /// A list of texts, or one text with commas between them, which is what OpenViking clients send.
        case list
        case object
        /// Whatever OpenViking clients send that has no meaning here.
        case ignored
    }

    let name: String
    let kind: Kind
    let isRequired: Bool
    let summary: String

    init(_ name: String, _ kind: Kind, _ summary: String = "", isRequired: Bool = false) {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.isRequired = isRequired
    }

    /// Fields that are accepted and mean nothing.
    static func ignored(_ names: String...) -> [Field] { names.map { Field($0, .ignored) } }
}

extension Field.Kind {
    /// Whether a member of a body is of this kind; `null` is the same as nothing, and not asked about.
    func accepts(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.text, .string), (.uri, .string), (.integer, .integer), (.number, .integer), (.number, .number),
            (.boolean, .bool), (.list, .string), (.object, .object), (.ignored, _):
            true
        case (.choice(let choices), .string(let text)): choices.contains(text)
        case (.list, .array(let values)): values.allSatisfy { $0.string != nil }
        default: false
        }
    }

    /// What is wanted, and a word for programs, in the vocabulary that OpenViking clients know.
    var expectation: (words: String, type: String) {
        switch self {
        case .text, .uri: ("a string", "string_type")
        case .integer: ("a whole number", "int_type")
        case .number: ("a number", "float_type")
        case .boolean: ("true or false", "bool_type")
        case .choice(let choices): ("one of \(choices.joined(separator: ", "))", "enum")
        case .list: ("a string or a list of strings", "list_type")
        case .object: ("an object", "dict_type")
        case .ignored: ("anything", "any")
        }
    }

    /// Reads the text of a query parameter; nil when it is not of this kind.
    func value(of text: String) -> JSONValue? {
        switch self {
        case .text, .uri, .list, .ignored, .object: .string(text)
        case .choice(let choices): choices.contains(text) ? .string(text) : nil
        case .integer: Int64(text).map { .integer($0) }
        case .number: Double(text).flatMap { $0.isFinite ? .number($0) : nil }
        case .boolean: Self.truths[text.lowercased()].map { .bool($0) }
        }
    }

    /// The spellings that clients of the OpenViking interface use.
    private static let truths = [
        "true": true, "1": true, "yes": true, "on": true, "false": false, "0": false, "no": false, "off": false,
    ]
}
