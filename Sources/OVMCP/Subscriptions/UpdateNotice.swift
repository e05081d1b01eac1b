// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Something that a client is told of without having asked at that moment.
enum UpdateNotice: Hashable, Sendable {
    case updated(String)
    case listChanged

    /// - Parameter tag: a member of `_meta`, where the message belongs to a stream.
    func message(tag: (name: String, value: JSONValue)? = nil) -> OutgoingMessage {
        var params: [(name: String, value: JSONValue)] = tag.map { [("_meta", .object([$0]))] } ?? []
        switch self {
        case .updated(let uri):
            params.append(("uri", .string(uri)))
            return .notification(method: "notifications/resources/updated", params: .object(params))
        case .listChanged:
            return .notification(
                method: "notifications/resources/list_changed", params: params.isEmpty ? nil : .object(params))
        }
    }
}
