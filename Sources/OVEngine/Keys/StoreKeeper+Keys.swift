// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension StoreKeeper {
    package func createKey(role: Role, owner: Owner) async throws(OVError) -> CreatedKey {
        for (name, what) in [(owner.account, "an account"), (owner.user, "a user")] where !Owner.isName(name) {
            throw OVError(.invalidArgument, "'\(name.prefix(40))' is not a name for \(what)", hint: Owner.nameHint)
        }
        let text = KeyText(random: random)
        return try await store.commit { transaction throws(OVError) in
            let key = AccessKey(
                id: text.id, digest: Digest(of: Array(text.text.utf8)), role: role, owner: owner,
                createdAt: transaction.now)
            let isFirst = !transaction.state.hasKeys
            try transaction.add(key)
            return CreatedKey(view: KeyView(key), text: text, isFirst: isFirst)
        }
    }

    package func keys() async throws(OVError) -> [KeyView] {
        try await store.refresh()
        return store.state.keys.map(KeyView.init)
    }

    package func revokeKey(_ id: KeyID) async throws(OVError) -> RevokedKey {
        try await store.commit { transaction throws(OVError) in
            try transaction.revoke(id)
            return RevokedKey(id: id, wasLast: !transaction.state.hasKeys)
        }
    }
}
