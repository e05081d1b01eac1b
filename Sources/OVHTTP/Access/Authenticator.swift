// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What a request says about who sends it.
package struct Credentials: Hashable, Sendable {
    /// From `X-API-Key` or `Authorization: Bearer`.
    package let key: String?
    /// From `X-OpenViking-Account` and `X-OpenViking-User`.
    package let account: String?
    package let user: String?
    package let origin: Caller.Origin

    package init(key: String?, account: String?, user: String?, origin: Caller.Origin) {
        self.key = key
        self.account = account
        self.user = user
        self.origin = origin
    }
}

/// Finds out on whose behalf a request runs: the one place where that is decided.
package protocol Authenticator: Sendable {
    /// - Throws: `UNAUTHENTICATED`, `PERMISSION_DENIED`, `INVALID_ARGUMENT` for a name that cannot be.
    func caller(for credentials: Credentials) async throws(OVError) -> Caller
}

/// A store without keys: every caller is root, of the account that it names or of `default`.
package struct OpenAuthenticator: Authenticator {
    package init() {}

    package func caller(for credentials: Credentials) async throws(OVError) -> Caller {
        let account = try Self.name(credentials.account, "X-OpenViking-Account") ?? Caller.local.account
        let user = try Self.name(credentials.user, "X-OpenViking-User") ?? Caller.local.user
        return Caller(account: account, user: user, role: .root, origin: credentials.origin)
    }

    private static func name(_ text: String?, _ header: String) throws(OVError) -> String? {
        guard let text, !text.isEmpty else { return nil }
        guard VikingURI.isSegment(text), text.utf8.count <= 128 else {
            throw .invalidField(
                ["header", header], "\(header) is not a name", type: "value_error",
                hint: "a name has 1 to 128 bytes and no '/' or control characters")
        }
        return text
    }
}
