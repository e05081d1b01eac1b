// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import OVCore
import OVEngine
import OVStore
import Testing

@testable import OVHTTP

/// A world with keys, and those who have them.
struct KeyedWorld: Sendable {
    enum Person: String, CaseIterable, Sendable {
        /// Of the account `default`.
        case root, head, ada, bob
        /// Of the account `acme`.
        case boss, eve

        var account: String { self == .boss || self == .eve ? "acme" : "default" }

        var role: Role {
            switch self {
            case .root: .root
            case .head, .boss: .admin
            case .ada, .bob, .eve: .user
            }
        }

        var owner: Owner { Owner(account: account, user: rawValue) }

        var caller: Caller { Caller(account: account, user: rawValue, role: role, origin: .network) }
    }

    let world: RestWorld
    let keys: [Person: KeyText]

    /// Runs a test with a key for everybody, and with sources that are open.
    static func test(
        origin: Caller.Origin = .network, _ adjust: (inout RestInterface.Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (KeyedWorld) async throws -> Void
    ) async throws {
        try await RestWorld.test(origin: origin, adjust) { engine in
            KeyAuthenticator(engine, hasKeys: false)
        } _: { world in
            world.gate.open()
            var keys: [Person: KeyText] = [:]
            for person in Person.allCases {
                keys[person] = try await world.keeper.createKey(role: person.role, owner: person.owner).text
            }
            try await body(KeyedWorld(world: world, keys: keys))
        }
    }

    func send(
        _ method: HTTPRequest.Method, _ target: String, _ body: String? = nil, as person: Person?,
        headers: HTTPFields = [:]
    ) async throws -> Exchange {
        var headers = headers
        if let person { headers[.apiKey] = try #require(keys[person]).text }
        return try await world.send(method, target, body, headers: headers)
    }

    /// A resource with one document, `a.md`.
    /// - Returns: the ids of its watch, if it has one, and of its first run.
    @discardableResult
    func ingest(_ uri: String, watched: Bool = true, as person: Person) async throws -> (watch: String?, task: String) {
        let body =
            #"{"path":"gated:docs","to":"\#(uri)","wait":true,"watch_interval":\#(watched ? 30 : 0),"timeout":60}"#
        let added = try await send(.post, "/api/v1/resources", body, as: person)
        try #require(added.status == 200, "\(added)")
        return (
            added.result?["watch"]?["task_id"]?.string, try #require(added.result?["task_id"]?.string)
        )
    }
}
