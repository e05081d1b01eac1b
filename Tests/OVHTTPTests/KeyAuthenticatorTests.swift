// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Logging
import OVAPI
import OVCore
import OVEngine
import OVStore
import OVSystem
import OVTestTraits
import Synchronization
import Testing

@testable import OVHTTP

@Suite(.inTurn) struct KeyAuthenticatorTests {
    private static let none = Credentials(key: nil, account: nil, user: nil, origin: .network)
    private static let local = Owner(account: "default", user: "default")

    /// Runs a test on a store that has no keys yet.
    private func withWorld(
        origin: Caller.Origin = .network, _ body: @escaping @Sendable (RestWorld) async throws -> Void
    ) async throws {
        try await RestWorld.test(origin: origin) { _ in
        } authenticatedBy: { engine in
            KeyAuthenticator(engine, hasKeys: false)
        } _: {
            try await body($0)
        }
    }

    @Test func `the first key closes an open server at once, and the last one never opens it again`() async throws {
        try await withWorld { world in
            #expect(try await world.get("/api/v1/watches").status == 200)
            // A key is not asked for, so whatever is sent does no harm.
            #expect(try await world.get("/api/v1/watches", headers: [.apiKey: "any"]).status == 200)
            let key = try await world.keeper.createKey(role: .root, owner: Self.local).text
            let refused = try await world.get("/api/v1/watches")
            #expect(refused.status == 401 && refused.code == "UNAUTHENTICATED")
            #expect(refused.headers[.wwwAuthenticate] == "Bearer")
            #expect(try await world.get("/api/v1/watches", headers: [.apiKey: "any"]).status == 401)
            let good: HTTPFields = [.authorization: "Bearer \(key.text)"]
            #expect(try await world.get("/api/v1/watches", headers: good).status == 200)
            // No command does this while a server runs; whoever writes to the files can.
            let store = try await Store.open(
                home: world.home, clock: SystemClock(), random: SystemRandomSource(), limits: Limits(), role: "test")
            try await store.commit { (transaction: inout Transaction) throws(OVError) in
                transaction.dropKey(key.id)
            }
            for headers in [[:], good] as [HTTPFields] {
                let answer = try await world.get("/api/v1/watches", headers: headers)
                #expect(answer.status == 401 && answer.headers[.wwwAuthenticate] == "Bearer", "\(answer)")
            }
            let again = try await world.keeper.createKey(role: .root, owner: Self.local).text
            #expect(try await world.get("/api/v1/watches", headers: [.apiKey: again.text]).status == 200)
        }
    }

    @Test func `a revoked key is worthless from the next request on`() async throws {
        try await KeyedWorld.test { keyed in
            for person in [KeyedWorld.Person.ada, .head] {
                #expect(try await keyed.send(.get, "/api/v1/watches", as: person).status == 200)
                _ = try await keyed.world.keeper.revokeKey(#require(keyed.keys[person]).id)
                #expect(try await keyed.send(.get, "/api/v1/watches", as: person).status == 401)
            }
            #expect(try await keyed.send(.get, "/api/v1/watches", as: .root).status == 200)
        }
    }

    @Test func `what a wrong key is told does not say what is wrong about it`() async throws {
        try await KeyedWorld.test { keyed in
            let ada = try #require(keyed.keys[.ada]).text
            let wrong = [
                "x", "ov_0123456789_" + ada.suffix(64), String(ada.prefix(14)) + String(repeating: "0", count: 64),
                ada + ", " + ada, ada.uppercased(),
            ]
            var answers: Set<String> = []
            for key in wrong {
                let answer = try await keyed.world.get("/api/v1/watches", headers: [.apiKey: key])
                #expect(answer.status == 401)
                #expect(!answer.text.contains(ada.suffix(64)))
                answers.insert(answer.text)
            }
            #expect(answers.count == 1)
        }
    }

    @Test func `root acts for whom it names, and nobody else for another`() async throws {
        try await KeyedWorld.test { keyed in
            let route = "/api/v1/fs/ls?uri=viking://~/resources"
            try await keyed.ingest("viking://~/resources/notes", as: .ada)
            let ada: HTTPFields = [.actForAccount: "default", .actForUser: "ada"]
            #expect(try await keyed.send(.get, route, as: .root).status == 404)
            #expect(try await keyed.send(.get, route, as: .root, headers: ada).status == 200)
            #expect(try await keyed.send(.get, route, as: .root, headers: [.actForUser: "ada"]).status == 200)
            #expect(try await keyed.send(.get, route, as: .ada, headers: ada).status == 200)
            #expect(try await keyed.send(.get, route, as: .ada, headers: [.actForUser: ""]).status == 200)
            let others: [(KeyedWorld.Person, HTTPFields)] = [
                (.ada, [.actForUser: "bob"]), (.ada, [.actForAccount: "acme"]), (.head, ada),
                (.head, [.actForAccount: "acme", .actForUser: "head"]), (.eve, ada), (.bob, [.actForUser: "nobody"]),
            ]
            for (person, headers) in others {
                let answer = try await keyed.send(.get, "/api/v1/watches", as: person, headers: headers)
                #expect(answer.status == 403 && answer.code == "PERMISSION_DENIED", "\(person) \(answer)")
            }
            #expect(try await keyed.send(.get, route, as: .root, headers: [.actForUser: "a/b"]).status == 422)
            #expect(try await keyed.send(.get, route, as: nil, headers: ada).status == 401)
        }
    }

    @Test func `who comes by the socket is root without a key, and who shows one is its holder`() async throws {
        try await KeyedWorld.test(origin: .local) { keyed in
            #expect(try await keyed.send(.get, "/api/v1/system/status", as: nil).result?["home"]?.string != "")
            try await keyed.ingest("viking://~/resources/notes", as: .ada)
            let route = "/api/v1/fs/ls?uri=viking://~/resources"
            #expect(try await keyed.send(.get, route, as: nil, headers: [.actForUser: "ada"]).status == 200)
            #expect(try await keyed.send(.get, route, as: nil).status == 404)
            #expect(try await keyed.send(.get, route, as: .ada).status == 200)
            #expect(try await keyed.send(.get, route, as: .bob).status == 404)
            #expect(try await keyed.send(.get, route, as: .bob, headers: [.actForUser: "ada"]).status == 403)
            #expect(try await keyed.world.get(route, headers: [.apiKey: "wrong"]).status == 401)
        }
    }

    @Test func `probes need no key, and numbers show what the caller may see`() async throws {
        try await KeyedWorld.test { keyed in
            for path in ["/health", "/ready", "/openapi.json"] {
                #expect(try await keyed.send(.get, path, as: nil).status == 200)
            }
            #expect(try await keyed.send(.get, "/metrics", as: nil).status == 401)
            try await keyed.ingest("viking://resources/docs", as: .ada)
            try await keyed.ingest("viking://resources/docs", as: .eve)
            let whole = ["ov_http_requests_total", "ov_commits_total", "ov_store_bytes", "ov_runs_total"]
            for (person, watches) in [(KeyedWorld.Person.root, 2), (.head, 1), (.ada, 1), (.bob, 0), (.eve, 1)] {
                let text = try await keyed.send(.get, "/metrics", as: person).text
                #expect(text.contains(#"ov_watches{status="active"} \#(watches)"#), "\(person)")
                for name in whole { #expect(text.contains(name) == (person == .root), "\(person) \(name)") }
                let status = try await keyed.send(.get, "/api/v1/system/status", as: person).result
                #expect(status?["resources"]?.integer == Int64(watches))
                #expect((status?["store"]?["sequence"]?.integer == 0) == (person != .root))
            }
        }
    }

    @Test func `no key is in the log, in an answer or in the numbers`() async throws {
        let log = LogBook()
        try await KeyedWorld.test {
            $0.logger = Logger(label: "test") { _ in log }
        } _: { keyed in
            for person in KeyedWorld.Person.allCases {
                let key = try #require(keyed.keys[person]).text
                var texts: [String] = []
                for target in ["/api/v1/watches?api_key=\(key)", "/api/v1/watches/none", "/metrics", "/nowhere?\(key)"]
                {
                    texts.append(try await keyed.send(.get, target, as: person).text)
                    texts.append(try await keyed.world.get(target, headers: [.authorization: "Bearer \(key)0"]).text)
                }
                for text in texts + [log.text] { #expect(!text.contains(key.suffix(64))) }
            }
            #expect(log.text.contains("401"))
        }
        var dumped = ""
        dump(Credentials(key: "geheim", account: nil, user: nil, origin: .network), to: &dumped)
        #expect(!dumped.contains("geheim"))
        #expect(!"\(Credentials(key: "geheim", account: nil, user: nil, origin: .local))".contains("geheim"))
    }

    @Test func `keys that were lost before anybody asked are missed all the same`() async throws {
        struct Empty: KeyDirectory {
            func holder(ofKey key: String?) async throws(OVError) -> KeyHolder { .anybody }
        }
        let authenticator = KeyAuthenticator(Empty(), hasKeys: true)
        let error = await #expect(throws: OVError.self) { try await authenticator.caller(for: Self.none) }
        #expect(error?.code == .unauthenticated)
        let local = Credentials(key: nil, account: nil, user: nil, origin: .local)
        #expect(try await authenticator.caller(for: local) == .local)
    }

    @Test func `a directory that cannot be read lets nobody in`() async {
        struct Broken: KeyDirectory {
            func holder(ofKey key: String?) async throws(OVError) -> KeyHolder {
                throw OVError(.unavailable, "damaged")
            }
        }
        await #expect(throws: OVError(.unavailable, "damaged")) {
            try await KeyAuthenticator(Broken(), hasKeys: true).caller(for: Self.none)
        }
    }
}

/// Keeps what is logged.
private final class LogBook: LogHandler {
    private let lines = Mutex("")

    var text: String { lines.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    func log(event: LogEvent) {
        lines.withLock { $0 += "\(event.message) \(event.metadata ?? [:])\n" }
    }
}
