// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Writes events as a stream of text (WHATWG HTML §9.2).
enum EventText {
    static let mediaType = "text/event-stream"

    /// How long a client should wait before it comes back, and something to see at once.
    static let opening = "retry: 3000\n\n"
    /// Keeps what is in between from taking the connection for dead, and finds out whether it is.
    static let signOfLife = ": \n\n"

    static func text(of event: Event) -> String {
        var json = JSONWriter()
        event.kind.write(to: &json)
        return text(event.kind.name, id: event.cursor, data: String(decoding: json.bytes, as: UTF8.self))
    }

    /// Why a stream ends that should go on.
    static func text(of error: OVError) -> String {
        var json = JSONWriter()
        error.write(to: &json)
        return text("error", id: nil, data: String(decoding: json.bytes, as: UTF8.self))
    }

    /// - Parameter data: one line.
    private static func text(_ name: String, id: String?, data: String) -> String {
        "event: \(name)\n" + (id.map { "id: \($0)\n" } ?? "") + "data: \(data)\n\n"
    }
}
