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

extension Credentials {
    /// The account and the user that the caller wants to act for.
    /// - Throws: `INVALID_ARGUMENT` for what cannot be a name.
    func actsFor() throws(OVError) -> (account: String?, user: String?) {
        (try Self.name(account, "X-OpenViking-Account"), try Self.name(user, "X-OpenViking-User"))
    }

    private static func name(_ text: String?, _ header: String) throws(OVError) -> String? {
        guard let text, !text.isEmpty else { return nil }
        guard Owner.isName(text) else {
            throw .invalidField(
                ["header", header], "\(header) is not a name", type: "value_error", hint: Owner.nameHint)
        }
        return text
    }
}

/// Whatever prints them, in a log or in a message, does so without the key.
extension Credentials: CustomStringConvertible, CustomReflectable {
    package var description: String {
        "\(key == nil ? "no key" : "a key"), account \(account ?? "-"), user \(user ?? "-"), \(origin)"
    }

    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
