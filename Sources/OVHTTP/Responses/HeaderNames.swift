// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

extension HTTPField.Name {
    static let apiKey = named("X-API-Key")
    static let actForAccount = named("X-OpenViking-Account")
    static let actForUser = named("X-OpenViking-User")
    static let requestID = named("X-Request-Id")
    static let lastChecked = named("X-OV-Last-Checked")
    static let lastChanged = named("X-OV-Last-Changed")
    static let revision = named("X-OV-Revision")
    static let lines = named("X-OV-Lines")
    static let nextOffset = named("X-OV-Next-Offset")
    static let nextLimit = named("X-OV-Next-Limit")
    static let tokens = named("X-OV-Tokens")
    static let lastEventID = named("Last-Event-ID")

    private static func named(_ text: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name(text.description) else { preconditionFailure("no name of a header: \(text)") }
        return name
    }
}
