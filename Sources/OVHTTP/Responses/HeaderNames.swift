// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

extension HTTPField.Name {
    static let apiKey = named("X-API-Key")
    static let actForAccount = named("X-OpenViking-Account")
    static let actForUser = named("X-OpenViking-User")
    static let requestID = named("X-Request-Id")
    static let lastChecked = named("X-OV-Last-Checked")
    static let lastChanged = named("X-OV-Last-Changed")
    /// The address of a document, percent-encoded.
    static let documentURI = named("X-OV-URI")
    static let lastEventID = named("Last-Event-ID")
    static let accelBuffering = named("X-Accel-Buffering")

    private static func named(_ text: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name(text.description) else { preconditionFailure("no name of a header: \(text)") }
        return name
    }
}
