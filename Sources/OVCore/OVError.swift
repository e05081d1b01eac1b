// SPDX-License-Identifier: Apache-2.0

/// What every operation of the product throws: a code that programs branch on, a message that says what failed and
/// why, and a hint that says what to do next. The three planes translate it, none of them words it anew.
package struct OVError: Error, Hashable, Sendable {
    /// The closed set of codes that callers see. `name` is the spelling on the wire.
    package enum Code: Hashable, Sendable, CaseIterable {
        case invalidArgument
        /// Well-formed but at odds with itself; on the wire `INVALID_ARGUMENT`, with another status and exit code.
        case contradictoryArguments
        case invalidURI
        case unauthenticated
        case permissionDenied
        case notFound
        case methodNotAllowed
        case conflict
        case failedPrecondition
        case massDeletionHeld
        case cursorTooOld
        case payloadTooLarge
        case resourceExhausted
        case processingError
        case unavailable
        case deadlineExceeded
        case cancelled
        case `internal`
    }

    package let code: Code
    package let message: String
    package var hint: String?
    /// Facts for programs: ids, numbers, the field that was wrong.
    package var details: [String: JSONValue]

    package init(_ code: Code, _ message: String, hint: String? = nil, details: [String: JSONValue] = [:]) {
        self.code = code
        self.message = message
        self.hint = hint
        self.details = details
    }

    /// One wrong field, in the shape that clients of the REST interface expect.
    package static func invalidField(_ location: [String], _ message: String, type: String, hint: String? = nil)
        -> OVError
    {
        let field = JSONValue.object([
            ("loc", .array(location.map(JSONValue.string))), ("message", .string(message)), ("type", .string(type)),
        ])
        return OVError(.invalidArgument, message, hint: hint, details: ["validation_errors": .array([field])])
    }
}

extension OVError.Code {
    package var name: String {
        switch self {
        case .invalidArgument, .contradictoryArguments: "INVALID_ARGUMENT"
        case .invalidURI: "INVALID_URI"
        case .unauthenticated: "UNAUTHENTICATED"
        case .permissionDenied: "PERMISSION_DENIED"
        case .notFound: "NOT_FOUND"
        case .methodNotAllowed: "METHOD_NOT_ALLOWED"
        case .conflict: "CONFLICT"
        case .failedPrecondition: "FAILED_PRECONDITION"
        case .massDeletionHeld: "MASS_DELETION_HELD"
        case .cursorTooOld: "CURSOR_TOO_OLD"
        case .payloadTooLarge: "PAYLOAD_TOO_LARGE"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .processingError: "PROCESSING_ERROR"
        case .unavailable: "UNAVAILABLE"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .cancelled: "CANCELLED"
        case .internal: "INTERNAL"
        }
    }

    package init?(name: String) {
        guard let code = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = code
    }
}

extension OVError: CustomStringConvertible {
    package var description: String { "\(code.name): \(message)" }
}
