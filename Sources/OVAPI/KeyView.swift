// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A key as lists show it.
package struct KeyView: Hashable, Sendable, JSONWritable {
    package let key: AccessKey

    package init(_ key: AccessKey) { self.key = key }

    package func write(to json: inout JSONWriter) { json.object { writeMembers(to: &$0) } }

    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.member("id", key.id.description)
        json.member("role", key.role.rawValue)
        json.member("account_id", key.owner.account)
        json.member("user_id", key.owner.user)
        json.member("created_at", key.createdAt)
    }
}

/// A key that was just made, with its text, which nobody can be told again.
package struct CreatedKey: Sendable, JSONWritable {
    package let view: KeyView
    package let text: KeyText
    /// Whether a server that runs was open to everybody until now.
    package let isFirst: Bool

    package init(view: KeyView, text: KeyText, isFirst: Bool) {
        self.view = view
        self.text = text
        self.isFirst = isFirst
    }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("key", text.text)
            view.writeMembers(to: &json)
        }
    }
}

/// A key that is worthless now.
package struct RevokedKey: Hashable, Sendable, JSONWritable {
    package let id: KeyID
    /// Whether it was the last one, so that the next server asks for none.
    package let wasLast: Bool

    package init(id: KeyID, wasLast: Bool) {
        self.id = id
        self.wasLast = wasLast
    }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id.description)
            json.member("revoked", true)
        }
    }
}
