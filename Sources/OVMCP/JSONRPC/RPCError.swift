// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A request that was not carried out: what JSON-RPC calls an error. What goes wrong inside a tool is no such thing,
/// but a result that says so.
package struct RPCError: Error, Hashable, Sendable {
    package let code: Int64
    package let message: String
    package var data: JSONValue?

    package init(_ code: Int64, _ message: String, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }
}

extension RPCError {
    package static let parseErrorCode: Int64 = -32700
    package static let invalidRequestCode: Int64 = -32600
    package static let methodNotFoundCode: Int64 = -32601
    package static let invalidParamsCode: Int64 = -32602
    package static let internalErrorCode: Int64 = -32603
    package static let headerMismatchCode: Int64 = -32020
    package static let missingCapabilityCode: Int64 = -32021
    package static let unsupportedVersionCode: Int64 = -32022
    /// Only up to 2025-11-25; a wrong parameter since.
    package static let resourceNotFoundCode: Int64 = -32002

    static func invalidRequest(_ message: String) -> RPCError { RPCError(invalidRequestCode, message) }

    static func invalidParams(_ message: String, data: JSONValue? = nil) -> RPCError {
        RPCError(invalidParamsCode, message, data: data)
    }

    static func methodNotFound(_ method: String) -> RPCError {
        RPCError(methodNotFoundCode, "there is no method '\(method.shown)' here")
    }

    static let tooBusy = RPCError(internalErrorCode, "too many requests are being answered; send it again later")
}

extension String {
    /// A text from outside as it may stand in a message: short, and without control characters.
    var shown: String {
        let scalars = unicodeScalars.prefix(200).filter { $0.properties.generalCategory != .control }
        return String(String.UnicodeScalarView(scalars)) + (unicodeScalars.count > 200 ? "…" : "")
    }
}
