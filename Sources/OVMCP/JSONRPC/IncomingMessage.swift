// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A message from a client, its envelope checked.
package enum IncomingMessage: Sendable {
    case request(IncomingRequest)
    case notification(method: String, Params)
    /// An answer: to nothing, because this server asks clients nothing.
    case response
}

package struct IncomingRequest: Sendable {
    package let id: RequestID
    package let method: String
    package let params: Params

    package init(id: RequestID, method: String, params: Params) {
        self.id = id
        self.method = method
        self.params = params
    }
}

/// A text that is no message, and what to answer.
package struct MalformedMessage: Error, Hashable, Sendable {
    /// Nil where it could not be found out.
    package let id: RequestID?
    package let error: RPCError
}

extension IncomingMessage {
    /// The most that one message may have, in bytes.
    package static let maximumLength = 16 << 20

    /// Parses the text of one message, or of a batch.
    /// - Throws: `MalformedMessage` for what is no JSON.
    package static func json(_ bytes: [UInt8]) throws(MalformedMessage) -> JSONValue {
        do throws(JSONError) {
            var reader = JSONReader(bytes)
            reader.clampsNumbers = true
            let value = try reader.value()
            try reader.finish()
            return value
        } catch {
            throw MalformedMessage(
                id: nil, error: RPCError(RPCError.parseErrorCode, "the message is not valid JSON: \(error)"))
        }
    }

    package init(_ value: JSONValue) throws(MalformedMessage) {
        func malformed(_ message: String, _ id: RequestID? = nil) -> MalformedMessage {
            MalformedMessage(id: id, error: .invalidRequest(message))
        }
        guard value.members != nil else {
            throw malformed(
                value.array == nil ? "a message is a JSON object" : "batches are not part of this protocol version")
        }
        let id = value["id"].flatMap { RequestID($0) }
        guard value["jsonrpc"] == "2.0" else { throw malformed("'jsonrpc' must be \"2.0\"", id) }
        guard let method = value["method"] else {
            guard value["result"] != nil || value["error"] != nil else { throw malformed("'method' is missing", id) }
            self = .response
            return
        }
        guard let method = method.string else { throw malformed("'method' must be a string", id) }
        guard let params = Params(value["params"] ?? [:]) else {
            throw MalformedMessage(id: id, error: .invalidParams("'params' must be an object"))
        }
        switch (value["id"], id) {
        case (nil, _): self = .notification(method: method, params)
        case (_, let id?): self = .request(IncomingRequest(id: id, method: method, params: params))
        default: throw malformed("'id' must be a string or an integer")
        }
    }
}
