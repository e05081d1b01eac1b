// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@Suite(.inTurn) struct CallerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let role: Role
        let ownerAccount: String
        let ownerUser: String
        let seen: Bool

        var testDescription: String { "\(role) of acme/ada, owner \(ownerAccount)/\(ownerUser)" }
    }

    private static func caller(_ role: Role) -> Caller {
        Caller(account: "acme", user: "ada", role: role, origin: .network)
    }

    static let visibility: [Case] = [
        Case(role: .root, ownerAccount: "acme", ownerUser: "ada", seen: true),
        Case(role: .root, ownerAccount: "acme", ownerUser: "bob", seen: true),
        Case(role: .root, ownerAccount: "other", ownerUser: "ada", seen: true),
        Case(role: .admin, ownerAccount: "acme", ownerUser: "ada", seen: true),
        Case(role: .admin, ownerAccount: "acme", ownerUser: "bob", seen: true),
        Case(role: .admin, ownerAccount: "other", ownerUser: "ada", seen: false),
        Case(role: .user, ownerAccount: "acme", ownerUser: "ada", seen: true),
        Case(role: .user, ownerAccount: "acme", ownerUser: "bob", seen: false),
        Case(role: .user, ownerAccount: "other", ownerUser: "ada", seen: false),
    ]

    @Test("Root sees all, an admin its account, a user its own", arguments: visibility)
    func sees(row: Case) {
        let owner = Owner(account: row.ownerAccount, user: row.ownerUser)
        #expect(Self.caller(row.role).maySee(owner) == row.seen)
        #expect(Self.caller(row.role).mayChange(owner) == row.seen)
    }

    @Test(
        "Shared addresses are for everyone of the account, personal ones for their user and those above",
        arguments: [
            ("viking://", [true, true, true]),
            ("viking://user", [true, true, true]),
            ("viking://resources", [true, true, true]),
            ("viking://resources/x", [true, true, true]),
            ("viking://user/ada/resources/x", [true, true, true]),
            ("viking://user/bob/resources", [true, true, false]),
            ("viking://user/bob/resources/x", [true, true, false]),
            ("viking://user/adam/resources/x", [true, true, false]),
        ])
    func reads(text: String, allowed: [Bool]) throws {
        let uri = try VikingURI(parsing: text, user: "ada")
        let roles: [Role] = [.root, .admin, .user]
        #expect(roles.map { Self.caller($0).mayRead(uri) } == allowed)
        #expect(roles.map { Self.caller($0).mayCreate(at: uri) } == allowed)
    }

    @Test("Without keys the caller is root of the default account, on this machine")
    func local() {
        #expect(Caller.local == Caller(account: "default", user: "default", role: .root, origin: .local))
        #expect(Caller.local.owner == Owner(account: "default", user: "default"))
    }
}
