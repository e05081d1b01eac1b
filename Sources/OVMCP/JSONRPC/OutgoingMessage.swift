// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A message to a client.
package enum OutgoingMessage: Hashable, Sendable {
    case result(RequestID, JSONValue)
    case failure(RequestID?, RPCError)
    case notification(method: String, params: JSONValue?)

    /// On one line, as both transports want it.
    package var bytes: [UInt8] {
        var json = JSONWriter(reservingCapacity: 256)
        write(to: &json)
        return json.bytes
    }

    package var isResponse: Bool {
        if case .notification = self { false } else { true }
    }
}

extension OutgoingMessage: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("jsonrpc", "2.0")
            switch self {
            case .result(let id, let result):
                json.member("id", id.json)
                json.member("result", result)
            case .failure(let id, let error):
                json.member("id", id?.json ?? .null)
                json.name("error")
                json.object { json in
                    json.name("code")
                    json.value(error.code)
                    json.member("message", error.message)
                    json.member("data", ifAny: error.data)
                }
            case .notification(let method, let params):
                json.member("method", method)
                json.member("params", ifAny: params)
            }
        }
    }
}
