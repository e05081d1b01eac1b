// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import OVCore
import OVEngine
import OVTestTraits
import Synchronization
import Testing

@testable import OVHTTP

/// Knows one key, and takes down what it was asked.
private final class OneKey: Authenticator {
    let asked = Mutex<[Credentials]>([])

    func caller(for credentials: Credentials) async throws(OVError) -> Caller {
        asked.withLock { $0.append(credentials) }
        guard credentials.key == "secret" else { throw OVError(.unauthenticated, "a key is needed") }
        return Caller(account: "team", user: "ann", role: .user, origin: credentials.origin)
    }
}

@Suite(.inTurn) struct AuthenticatorTests {
    @Test func `every route but the open ones needs a caller, however the key is sent`() async throws {
        let keys = OneKey()
        try await RestWorld.test {
            $0.authenticator = keys
        } _: { world in
            let open: Set<String> = ["/health", "/ready", "/openapi.json"]
            for route in world.interface.table.routes {
                let path = route.path.description.replacing("{task_id}", with: "x")
                let answer = try await world.send(route.method, path)
                if open.contains(path) {
                    #expect(answer.status == 200)
                } else {
                    #expect(answer.status == 401 && answer.code == "UNAUTHENTICATED", "\(path)")
                    #expect(answer.headers[.wwwAuthenticate] == "Bearer")
                }
            }
            let spellings: [(HTTPFields, Int)] = [
                ([.apiKey: "secret"], 200), ([.authorization: "Bearer secret"], 200),
                ([.authorization: "bearer secret"], 200), ([.apiKey: "wrong"], 401),
                ([.authorization: "Basic secret"], 401), ([.apiKey: "wrong", .authorization: "Bearer secret"], 401),
            ]
            for (headers, status) in spellings {
                #expect(try await world.get("/api/v1/watches", headers: headers).status == status, "\(headers)")
            }
        }
        let last = keys.asked.withLock { $0.last }
        #expect(last == Credentials(key: "wrong", account: nil, user: nil, origin: .network))
    }

    @Test func `who is somebody sees what is theirs, and the rest in the words for what is not there`() async throws {
        try await RestWorld.test {
            $0.authenticator = OneKey()
        } _: { world in
            _ = try await world.engine.ingest(
                .init(path: "broken:a", to: "viking://resources/a", watchInterval: 5), as: .local)
            let headers: HTTPFields = [.apiKey: "secret"]
            let id = try await world.engine.watches(.init(), as: .local).watches[0].id.description
            let none = "00000000-0000-4000-8000-000000000000"
            #expect(try await world.get("/api/v1/watches", headers: headers).result?["total"]?.integer == 0)
            for (method, suffix, body) in [
                (.get, "", nil), (.patch, "", #"{"reason":"x"}"#), (.delete, "", nil), (.post, "/trigger", nil),
            ] as [(HTTPRequest.Method, String, String?)] {
                let theirs = try await world.send(method, "/api/v1/watches/\(id)\(suffix)", body, headers: headers)
                let missing = try await world.send(method, "/api/v1/watches/\(none)\(suffix)", body, headers: headers)
                #expect(theirs.status == 404)
                #expect(theirs.text == missing.text.replacing(none, with: id))
            }
        }
    }
}
