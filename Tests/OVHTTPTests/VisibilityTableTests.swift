// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import OVCore
import OVEngine
import OVTestTraits
import Testing

@testable import OVHTTP

/// Every route that names something, for everybody, over everybody's things: what may not be seen is answered like
/// what is not there, to the byte.
///
/// It also takes the same time: a watch or a run is found by one look-up in a table and is there only if `maySee`, so
/// that both cases take the same way to the same error.
@Suite(.inTurn, .timeLimit(.minutes(20))) struct VisibilityTableTests {
    typealias Person = KeyedWorld.Person

    /// Something that somebody has.
    private struct Item: Sendable {
        let owner: Person
        let uri: String
        let watch: String
        let task: String
    }

    /// A request with the names that it has for a thing.
    private struct Ask: Sendable {
        let method: HTTPRequest.Method
        let target: String
        var body: String?

        init(_ method: HTTPRequest.Method, _ target: String, _ body: String? = nil) {
            self.method = method
            self.target = target
            self.body = body
        }
    }

    private static let noID = "00000000-0000-4000-8000-000000000000"

    private static let things = [
        (Person.ada, "viking://resources/docs"), (.ada, "viking://user/ada/resources/notes"),
        (.head, "viking://resources/headlines"), (.root, "viking://resources/roots"),
        (.eve, "viking://resources/foreign"),
    ]

    private func items(_ keyed: KeyedWorld) async throws -> [Item] {
        var items: [Item] = []
        for (owner, uri) in Self.things {
            let (watch, task) = try await keyed.ingest(uri, as: owner)
            items.append(Item(owner: owner, uri: uri, watch: try #require(watch), task: task))
        }
        return items
    }

    private static func watchAsks(_ key: (path: String, query: String)) -> [Ask] {
        [
            Ask(.get, "/api/v1/watches\(key.path)\(key.query)"), Ask(.head, "/api/v1/watches\(key.path)\(key.query)"),
            Ask(.patch, "/api/v1/watches\(key.path)\(key.query)", #"{"reason":"","is_active":true}"#),
            Ask(.patch, "/api/v1/watches\(key.path)\(key.query)", #"{"watch_interval":30}"#),
            Ask(.post, "/api/v1/watches\(key.path)/trigger\(key.query)"),
            Ask(.delete, "/api/v1/watches\(key.path)\(key.query)"),
        ]
    }

    private static func asks(byID item: Item) -> [Ask] {
        watchAsks(("/\(item.watch)", "")) + watchAsks(("/\(item.watch)", "?to_uri=\(item.uri)")) + [
            Ask(.get, "/api/v1/tasks/\(item.task)"), Ask(.post, "/api/v1/tasks/\(item.task)/cancel"),
            Ask(.get, "/api/v1/tasks?watch_id=\(item.watch)"),
            Ask(.get, "/api/v1/tasks?watch_id=\(item.watch)&pagination=cursor"),
        ]
    }

    private static func asks(byURI item: Item) -> [Ask] {
        watchAsks(("", "?to_uri=\(item.uri)")) + [
            Ask(.get, "/api/v1/watches?active_only=true&to_uri=\(item.uri)"),
            Ask(.get, "/api/v1/tasks?resource_id=\(item.uri)"),
        ]
    }

    @Test func `a watch or a run that the caller may not see does not exist on any verb of any route`() async throws {
        try await KeyedWorld.test { keyed in
            let items = try await items(keyed)
            let before = try await keyed.world.engine.status(as: .local).sequence
            for item in items {
                for person in Person.allCases {
                    let mayNot = !person.caller.maySee(item.owner.owner)
                    if mayNot {
                        for ask in Self.asks(byID: item) {
                            try await keyed.expectAbsent(
                                (ask.method, ask.target, ask.body), [item.watch: Self.noID, item.task: Self.noID],
                                as: person)
                        }
                    }
                    guard mayNot || person.account != item.owner.account else { continue }
                    for ask in Self.asks(byURI: item) {
                        try await keyed.expectAbsent(
                            (ask.method, ask.target, ask.body), [item.uri: item.uri + "x"], as: person)
                    }
                }
            }
            #expect(try await keyed.world.engine.status(as: .local).sequence == before)
            for item in items {
                #expect(try await keyed.send(.get, "/api/v1/watches/\(item.watch)", as: .root).status == 200)
            }
        }
    }

    @Test(arguments: Person.allCases) func `who may see a watch may do everything to it`(person: Person) async throws {
        try await KeyedWorld.test { keyed in
            for item in try await items(keyed) where person.caller.maySee(item.owner.owner) {
                // Root finds what is another account's by its id alone.
                let isNear = person.account == item.owner.account
                let asks = (Self.asks(byID: item) + Self.asks(byURI: item)).filter { ask in
                    ask.method != .delete && !ask.target.hasSuffix("/cancel")
                        && (isNear || !ask.target.contains("_uri") && !ask.target.contains("resource_id"))
                }
                for ask in asks {
                    let answer = try await keyed.send(ask.method, ask.target, ask.body, as: person)
                    #expect(answer.status == 200, "\(ask) \(answer)")
                }
                // It has ended, which is no secret from those who see it.
                let cancel = try await keyed.send(.post, "/api/v1/tasks/\(item.task)/cancel", as: person)
                #expect(cancel.status == 412, "\(cancel)")
                let target = "/api/v1/watches" + (isNear ? "?to_uri=\(item.uri)" : "/\(item.watch)")
                #expect(try await keyed.send(.delete, target, as: person).status == 200)
                #expect(try await keyed.send(.delete, target, as: person).status == 404)
            }
        }
    }

    private static func contentAsks(_ uri: String) -> [Ask] {
        ["ls", "tree", "stat"].map { Ask(.get, "/api/v1/fs/\($0)?uri=\(uri)") }
            + ["read", "abstract", "overview", "download"].flatMap { name in
                ["", "/a.md"].map { Ask(.get, "/api/v1/content/\(name)?uri=\(uri)\($0)") }
            } + [
                Ask(.head, "/api/v1/content/download?uri=\(uri)/a.md"),
                Ask(.get, "/api/v1/fs/ls?uri=\(uri)&recursive=true"),
            ]
    }

    /// What everybody is told who may not read at an address, whatever the request.
    private func answersToStrangers(_ uri: String, of owner: Person, _ keyed: KeyedWorld) async throws -> [String] {
        let address = try #require(VikingURI(canonical: uri))
        let removals = ["", "&recursive=true"].map { Ask(.delete, "/api/v1/fs?uri=\(uri)\($0)") }
        var answers: [String] = []
        for person in Person.allCases
        where person.account != owner.account || !person.caller.mayRead(address) {
            for ask in Self.contentAsks(uri) + removals {
                let answer = try await keyed.send(ask.method, ask.target, as: person)
                #expect(answer.status == 404, "\(person) \(ask) \(answer)")
                answers.append("\(person) \(ask.method) \(ask.target) \(answer.status) \(answer.text)")
            }
        }
        return answers
    }

    @Test func `content of another account, and of another user's own part, is as if it had never been made`()
        async throws
    {
        try await KeyedWorld.test { keyed in
            // So that there are names which a hint could be made of.
            for person in Person.allCases { try await keyed.ingest("viking://~/resources/own", as: person) }
            for (owner, uri) in Self.things {
                let before = try await answersToStrangers(uri, of: owner, keyed)
                #expect(!before.isEmpty)
                try await keyed.ingest(uri, as: owner)
                let sequence = try await keyed.world.engine.status(as: .local).sequence
                #expect(try await answersToStrangers(uri, of: owner, keyed) == before)
                #expect(try await keyed.world.engine.status(as: .local).sequence == sequence)
                let address = try #require(VikingURI(canonical: uri))
                for person in Person.allCases
                where person.account == owner.account && person.caller.mayRead(address) {
                    for ask in Self.contentAsks(uri) {
                        let answer = try await keyed.send(ask.method, ask.target, as: person)
                        // A folder is not read, but it is there.
                        #expect([200, 412].contains(answer.status), "\(person) \(ask) \(answer)")
                    }
                }
            }
        }
    }

    @Test func `shared content is changed by its owner, an admin and root alone, watched or not`() async throws {
        try await KeyedWorld.test { keyed in
            for (uri, isWatched) in [("viking://resources/docs", true), ("viking://resources/wiki", false)] {
                try await keyed.ingest(uri, watched: isWatched, as: .ada)
            }
            let before = try await keyed.world.engine.status(as: .local).sequence
            var refusals: [[String]] = []
            for name in ["docs", "wiki"] {
                let uri = "viking://resources/\(name)"
                var answers: [Exchange] = []
                for body in [
                    #"{"path":"gated:docs","to":"\#(uri)"}"#,
                    #"{"path":"gated:docs","to":"\#(uri)","watch_interval":5,"wait":true}"#,
                    #"{"path":"broken:other","to":"\#(uri)"}"#,
                ] { answers.append(try await keyed.send(.post, "/api/v1/resources", body, as: .bob)) }
                answers.append(try await keyed.send(.delete, "/api/v1/fs?uri=\(uri)", as: .bob))
                answers.append(try await keyed.send(.delete, "/api/v1/fs?uri=\(uri)&recursive=true", as: .bob))
                #expect(answers.allSatisfy { $0.status == 403 && $0.code == "PERMISSION_DENIED" }, "\(answers)")
                refusals.append(answers.map { $0.text.replacing(uri, with: "URI") })
            }
            #expect(refusals[0] == refusals[1])
            #expect(try await keyed.world.engine.status(as: .local).sequence == before)
            for person in [Person.ada, .head, .root] {
                try await keyed.ingest("viking://resources/docs", watched: false, as: person)
            }
        }
    }

    @Test func `another user's own part of the tree is nobody's to write to, whether or not something is there`()
        async throws
    {
        try await KeyedWorld.test { keyed in
            try await keyed.ingest("viking://user/ada/resources/notes", as: .ada)
            let before = try await keyed.world.engine.status(as: .local).sequence
            var answers: Set<String> = []
            for name in ["notes", "free", "notes/deep"] {
                let uri = "viking://user/ada/resources/\(name)"
                let body = #"{"path":"gated:docs","to":"\#(uri)","watch_interval":5}"#
                let answer = try await keyed.send(.post, "/api/v1/resources", body, as: .bob)
                #expect(answer.status == 403)
                answers.insert(answer.text.replacing(uri, with: "URI"))
            }
            #expect(answers.count == 1)
            // The same address in another account is another place, where nobody of that name has anything.
            let body = #"{"path":"gated:docs","to":"viking://user/ada/resources/notes"}"#
            #expect(try await keyed.send(.post, "/api/v1/resources", body, as: .eve).status == 403)
            #expect(try await keyed.world.engine.status(as: .local).sequence == before)
        }
    }

    @Test func `lists hold what the caller may see`() async throws {
        try await KeyedWorld.test { keyed in
            _ = try await items(keyed)
            for (person, count) in [(Person.root, 5), (.head, 4), (.ada, 2), (.bob, 0), (.boss, 1), (.eve, 1)] {
                let watches = try await keyed.send(.get, "/api/v1/watches", as: person).result
                #expect(watches?["total"]?.integer == Int64(count), "\(person)")
                #expect(watches?["tasks"]?.array?.count == count)
                #expect(try await keyed.send(.get, "/api/v1/tasks", as: person).result?.array?.count == count)
                #expect(
                    try await keyed.send(.post, "/api/v1/system/wait", "{}", as: person).result?["idle"]?.bool == true)
            }
            let root = try await keyed.send(.get, "/api/v1/fs/ls?uri=viking://resources&simple=true", as: .boss).result
            #expect(root?.array?.compactMap(\.string) == ["viking://resources/foreign"])
        }
    }
}

extension KeyedWorld {
    fileprivate static func replacing(_ names: [String: String], in text: String) -> String {
        names.reduce(text) { $0.replacing($1.key, with: $1.value) }
    }

    /// Fails unless a request is answered like the same one with other names, of what is not there.
    fileprivate func expectAbsent(
        _ ask: (method: HTTPRequest.Method, target: String, body: String?), _ names: [String: String],
        as person: Person,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await send(ask.method, ask.target, ask.body, as: person)
        let other = Self.replacing(names, in: ask.target)
        try #require(other != ask.target)
        let none = try await send(ask.method, other, ask.body, as: person)
        let comment: Comment = "\(person) \(ask.method) \(ask.target) \(answer)"
        let isList = ask.target.contains("/tasks?")
        #expect(answer.status == (isList ? 200 : 404), comment, sourceLocation: sourceLocation)
        #expect(answer.status == none.status, comment, sourceLocation: sourceLocation)
        #expect(
            Self.replacing(names, in: answer.text) == none.text, comment, sourceLocation: sourceLocation)
        var (ours, theirs) = (answer.headers, none.headers)
        for name in [HTTPField.Name.requestID, .contentLength, .date] { (ours[name], theirs[name]) = (nil, nil) }
        #expect(ours == theirs, comment, sourceLocation: sourceLocation)
    }
}
