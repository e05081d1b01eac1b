// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

/// The rules for keys. They are looked at inside the commit, so that no two of them can be broken together.
extension Transaction {
    /// - Throws: `FAILED_PRECONDITION`, `CONFLICT`.
    mutating func add(_ key: AccessKey) throws(OVError) {
        guard key.role == .root || state.keys.contains(where: { $0.role == .root }) else {
            throw OVError(
                .failedPrecondition, "the first key must be root's: without one, nobody could act for everybody",
                hint: "make it: `ov key create --role root`")
        }
        guard state.key(key.id) == nil else {
            throw OVError(.conflict, "there is a key \(key.id) already", hint: "try again: ids are random")
        }
        try checkAccount(of: key.owner)
        put(key)
    }

    /// A user belongs to one account. `default` stands for nobody in particular, in every account.
    private func checkAccount(of owner: Owner) throws(OVError) {
        guard owner.user != Caller.local.user,
            let other = state.keys.first(where: {
                $0.owner.user == owner.user && $0.owner.account != owner.account
            })
        else { return }
        throw OVError(
            .conflict, "the user '\(owner.user)' belongs to the account '\(other.owner.account)'",
            hint: "write --account \(other.owner.account), or choose another name for the user")
    }

    /// - Throws: `NOT_FOUND`, `FAILED_PRECONDITION`.
    mutating func revoke(_ id: KeyID) throws(OVError) {
        guard let key = state.key(id) else {
            throw OVError(.notFound, "there is no key \(id)", hint: "`ov key ls` lists those that there are")
        }
        if key.role == .root, state.keys.count(where: { $0.role == .root }) == 1 {
            if let server = try server() {
                throw OVError(
                    .failedPrecondition, "\(id) is the last root key, and a server runs: \(server)",
                    hint: "make another one first, `ov key create --role root`; or end the server")
            }
            guard state.keys.count == 1 else {
                throw OVError(
                    .failedPrecondition, "\(id) is the last root key, and others are left",
                    hint: "make another one first, `ov key create --role root`; or revoke the others")
            }
        }
        dropKey(id)
    }
}
