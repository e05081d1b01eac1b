// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import Synchronization

/// Lets in who has a key of the store, and everybody as long as it never had one.
///
/// Who comes by the socket owns the store's files and needs no key. Over the network, keys are needed from the first
/// one on, and for good: a store that has lost its keys while a server runs lets nobody in.
package final class KeyAuthenticator: Authenticator {
    private let directory: any KeyDirectory
    /// Whether there have been keys in the life of this server.
    private let hadKeys: Atomic<Bool>

    /// - Parameter hasKeys: whether the store had keys when the server started.
    package init(_ directory: any KeyDirectory, hasKeys: Bool) {
        self.directory = directory
        hadKeys = Atomic(hasKeys)
    }

    package nonisolated(nonsending) func caller(for credentials: Credentials) async throws(OVError) -> Caller {
        let holder = try await directory.holder(ofKey: credentials.key)
        if holder != .anybody { hadKeys.store(true, ordering: .sequentiallyConsistent) }
        switch holder {
        case .known(.root, let owner): return try .root(for: credentials, otherwise: owner)
        case .known(let role, let owner): return try Self.caller(role, owner, credentials)
        case .anybody:
            guard credentials.origin == .local || !hadKeys.load(ordering: .sequentiallyConsistent) else {
                throw OVError(
                    .unauthenticated, "this server has had keys, and there are none any more",
                    hint: "make one on the server's machine: `ov key create --role root`")
            }
        case .stranger:
            guard credentials.origin == .local, credentials.key == nil else { throw Self.refusal(credentials) }
        }
        return try .root(for: credentials, otherwise: Caller.local.owner)
    }

    /// Somebody who acts for nobody else.
    private static func caller(_ role: Role, _ owner: Owner, _ credentials: Credentials) throws(OVError) -> Caller {
        let wanted = try credentials.actsFor()
        guard (wanted.account ?? owner.account) == owner.account, (wanted.user ?? owner.user) == owner.user else {
            throw OVError(
                .permissionDenied, "this key acts for '\(owner.user)' of the account '\(owner.account)' alone",
                hint: "leave out X-OpenViking-Account and X-OpenViking-User; only a root key can act for others")
        }
        return Caller(account: owner.account, user: owner.user, role: role, origin: credentials.origin)
    }

    private static func refusal(_ credentials: Credentials) -> OVError {
        OVError(
            .unauthenticated, credentials.key == nil ? "a key is needed" : "there is no such key",
            hint: "send one as 'X-API-Key: KEY' or 'Authorization: Bearer KEY'; `ov key create` makes them")
    }
}
