// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Finds out on whose behalf a request runs: the one place where that is decided.
package protocol Authenticator: Sendable {
    /// - Throws: `UNAUTHENTICATED`, `PERMISSION_DENIED`, `INVALID_ARGUMENT` for a name that cannot be.
    nonisolated(nonsending) func caller(for credentials: Credentials) async throws(OVError) -> Caller
}

/// A store without keys: every caller is root, of the account that it names or of `default`.
package struct OpenAuthenticator: Authenticator {
    package init() {}

    package nonisolated(nonsending) func caller(for credentials: Credentials) async throws(OVError) -> Caller {
        try Caller.root(for: credentials, otherwise: Caller.local.owner)
    }
}

extension Caller {
    /// A root who may act for whom it likes.
    /// - Parameter owner: for whom it acts when it does not say.
    static func root(for credentials: Credentials, otherwise owner: Owner) throws(OVError) -> Caller {
        let wanted = try credentials.actsFor()
        return Caller(
            account: wanted.account ?? owner.account, user: wanted.user ?? owner.user, role: .root,
            origin: credentials.origin)
    }
}
