// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What the endpoint answers, before it is put on the wire.
package struct EndpointReply: Sendable {
    package enum Body: Sendable {
        case none
        case json([UInt8])
        /// Goes on as long as there is something to tell.
        case events(EventFollower)
    }

    package var status: Int
    package var headers: [(name: String, value: String)] = []
    package var body: Body = .none

    static func empty(_ status: Int) -> EndpointReply { EndpointReply(status: status) }

    static func message(_ message: OutgoingMessage, status: Int) -> EndpointReply {
        EndpointReply(status: status, body: .json(message.bytes))
    }

    static func refused(_ status: Int, _ error: RPCError, id: RequestID? = nil) -> EndpointReply {
        message(.failure(id, error), status: status)
    }

    static func wrongVerb(_ allowed: String) -> EndpointReply {
        var reply = refused(405, .invalidRequest("this method is not allowed here; allowed: \(allowed)"))
        reply.headers.append(("Allow", allowed))
        return reply
    }

    func with(_ name: String, _ value: String) -> EndpointReply {
        var reply = self
        reply.headers.append((name, value))
        return reply
    }
}

extension RPCError {
    /// What HTTP calls it in the era in which errors have a status of their own.
    var status: Int {
        switch code {
        case Self.methodNotFoundCode: 404
        case Self.internalErrorCode: 500
        default: 400
        }
    }
}
