// SPDX-License-Identifier: Apache-2.0

/// What somebody may do. A root acts for every account, an admin for its own, a user for itself.
package enum Role: String, Hashable, Sendable, CaseIterable {
    case root, admin, user
}

/// On whose behalf an operation runs.
package struct Caller: Hashable, Sendable {
    /// How the call came in: what a process on this machine may name (local paths, plug-ins, secrets), one behind a
    /// network port may not.
    package enum Origin: Hashable, Sendable {
        case local, network
    }

    package let account: String
    package let user: String
    package let role: Role
    package let origin: Origin

    package init(account: String, user: String, role: Role, origin: Origin) {
        self.account = account
        self.user = user
        self.role = role
        self.origin = origin
    }

    /// Who calls when the store has no keys.
    package static let local = Caller(account: "default", user: "default", role: .root, origin: .local)
}

/// Who owns something.
package struct Owner: Hashable, Sendable {
    package let account: String
    package let user: String

    package init(account: String, user: String) {
        self.account = account
        self.user = user
    }

    private static let longestName = 128

    /// Whether an account or a user can have this name: it has to fit into an address.
    package static func isName(_ text: String) -> Bool {
        VikingURI.isSegment(text) && text.utf8.count <= longestName
    }

    /// What to do about a name that cannot be.
    package static let nameHint = "a name has 1 to 128 bytes and no '/' or control characters"
}

// MARK: - Visibility

extension Caller {
    package var owner: Owner { Owner(account: account, user: user) }

    /// Whether a watch task or an execution of this owner exists as far as the caller is concerned.
    package func maySee(_ owner: Owner) -> Bool {
        switch role {
        case .root: true
        case .admin: owner.account == account
        case .user: owner == self.owner
        }
    }

    /// Whether the caller may read what lies at an address of its own account.
    package func mayRead(_ uri: VikingURI) -> Bool {
        switch uri.scope {
        case .container, .shared: true
        case .user(let user): role != .user || user == self.user
        }
    }

    /// Whether the caller may ingest into, watch or remove what `owner` created.
    package func mayChange(_ owner: Owner) -> Bool { maySee(owner) }

    /// Whether the caller may create something at an address of its own account.
    package func mayCreate(at uri: VikingURI) -> Bool { mayRead(uri) }
}
