// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What a tool takes: its schema, its check and its forgiving reading come from the same declaration.
struct Argument: Sendable {
    enum Kind: Hashable, Sendable {
        case text
        case integer(atLeast: Int64)
        case number
        case boolean
        /// A list of texts.
        case texts
    }

    let name: String
    let kind: Kind
    /// Empty where the name says it all: each word here costs every conversation.
    let summary: String
    let isRequired: Bool
    /// What clients call it, too.
    let otherNames: [String]

    init(_ name: String, _ kind: Kind, _ summary: String = "", isRequired: Bool = false, also otherNames: [String] = [])
    {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.isRequired = isRequired
        self.otherNames = otherNames
    }
}

// MARK: - Schema

extension Argument {
    var schema: JSONValue {
        var members = kind.schema
        if !summary.isEmpty { members.append(("description", .string(summary))) }
        return .object(members)
    }
}

extension Argument.Kind {
    fileprivate var schema: [(name: String, value: JSONValue)] {
        switch self {
        case .text: [("type", "string")]
        case .integer(let bound): [("type", "integer"), ("minimum", .integer(bound))]
        case .number: [("type", "number")]
        case .boolean: [("type", "boolean")]
        case .texts: [("type", "array"), ("items", ["type": "string"])]
        }
    }

    /// What is wanted, in words.
    var expectation: String {
        switch self {
        case .text: "a string"
        case .integer(let bound): "a whole number of at least \(bound)"
        case .number: "a number"
        case .boolean: "true or false"
        case .texts: "a list of strings"
        }
    }
}
