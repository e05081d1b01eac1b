// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A request to the endpoint, as far as the protocol has something to say about it. Who sends it, and from which site,
/// has been checked.
package struct EndpointRequest: Sendable {
    package enum Verb: Hashable, Sendable {
        case get, post, delete, other
    }

    package var verb: Verb
    package var headers = MessageHeaders()
    package var sessionID: String?
    package var lastEventID: String?
    package var accept: String?
    package var contentType: String?
    package var body: [UInt8] = []
    package var caller: Caller
    /// Opened when the client is gone.
    package var closed = Latch()

    package init(_ verb: Verb, as caller: Caller) {
        self.verb = verb
        self.caller = caller
    }

    /// Whether the client takes this media type; one that does not say takes any.
    func accepts(_ type: String) -> Bool {
        guard let accept else { return true }
        let group = type.prefix { $0 != "/" } + "/*"
        return accept.lowercased().split(separator: ",").contains { part in
            let name = part.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
            return name == type || name == group || name == "*/*"
        }
    }

    var hasJSON: Bool {
        let name = (contentType ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return name == "application/json"
    }
}
