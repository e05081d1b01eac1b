// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

@Suite("Who sees and changes what", .inTurn, .timeLimit(.minutes(20)))
struct VisibilityTests {
    private static let root = Caller.local
    private static let otherRoot = Caller(account: "acme", user: "boss", role: .root, origin: .local)
    private static let ada = Caller.user("ada")
    private static let bob = Caller.user("bob")
    private static let stranger = Caller.user("ada", "acme")

    private static let shared = "viking://resources/docs"
    private static let own = "viking://user/ada/resources/notes"

    private struct Fixture {
        let test: TestEngine
        /// Of `shared` and of `own`.
        let watches: [String: TaskID]
        let tasks: [String: TaskID]
    }

    /// With two watches of ada: one of a shared resource, one in her own part of the tree.
    private func withFixture(_ body: (Fixture) async throws -> Void) async throws {
        try await World.test { test in
            var (watches, tasks): ([String: TaskID], [String: TaskID]) = ([:], [:])
            test.sources.put("docs", ["a.md": "# A\n"])
            for uri in [Self.shared, Self.own] {
                let receipt = try await test.ingest("scripted:docs", to: uri, every: 60, as: Self.ada)
                watches[uri] = receipt.watch?.id
                tasks[uri] = receipt.task
                try await test.end(of: receipt.task)
            }
            test.clock.advance(by: .seconds(1))
            try await body(Fixture(test: test, watches: watches, tasks: tasks))
        }
    }

    private enum Verb: String, CaseIterable {
        case show, update, trigger, delete

        func perform(_ key: WatchKey, on engine: Engine, as caller: Caller) async throws {
            switch self {
            case .show: _ = try await engine.watch(key, as: caller)
            case .update: _ = try await engine.updateWatch(key, WatchPatch(reason: "mine"), as: caller)
            case .trigger: _ = try await engine.triggerWatch(key, acceptingDeletionsOf: nil, as: caller)
            case .delete: _ = try await engine.deleteWatch(key, as: caller)
            }
        }
    }

    @Test("a watch is its owner's, its account's admins' and root's on every verb")
    func allowed() async throws {
        for caller in [Self.root, .admin(), Self.ada] {
            try await withFixture { fixture in
                for uri in [Self.shared, Self.own] {
                    for verb in Verb.allCases {
                        try await verb.perform(WatchKey(uri: uri), on: fixture.test.engine, as: caller)
                    }
                }
            }
        }
        // Root finds what belongs to another account by its id, which is all there is to tell two of an address apart.
        try await withFixture { fixture in
            for uri in [Self.shared, Self.own] {
                for verb in Verb.allCases {
                    let key = WatchKey(id: fixture.watches[uri]?.description)
                    try await verb.perform(key, on: fixture.test.engine, as: Self.otherRoot)
                }
            }
        }
    }

    @Test("to everybody else it does not exist: the same error as for an id and an address that nobody has")
    func hidden() async throws {
        try await withFixture { fixture in
            let before = try fixture.test.world.trace()
            let nobody = TaskID(high: 7, low: 7).description
            for caller in [Self.bob, Self.stranger, .admin("acme")] {
                for uri in [Self.shared, Self.own] {
                    let id = try #require(fixture.watches[uri]).description
                    for verb in Verb.allCases {
                        let engine = fixture.test.engine
                        let byID = await refusal { try await verb.perform(WatchKey(id: id), on: engine, as: caller) }
                        let noID = await refusal {
                            try await verb.perform(WatchKey(id: nobody), on: engine, as: caller)
                        }
                        #expect(byID == noID?.naming(id, insteadOf: nobody), "\(verb) \(caller)")
                        let byURI = await refusal { try await verb.perform(WatchKey(uri: uri), on: engine, as: caller) }
                        let noURI = await refusal {
                            try await verb.perform(WatchKey(uri: uri + "x"), on: engine, as: caller)
                        }
                        #expect(byURI == noURI?.naming(uri, insteadOf: uri + "x"), "\(verb) \(caller)")
                        let both = await refusal {
                            try await verb.perform(WatchKey(id: id, uri: uri), on: engine, as: caller)
                        }
                        #expect(both == byID)
                        #expect(byID?.code == .notFound)
                    }
                }
            }
            #expect(try fixture.test.world.trace() == before)
        }
    }

    @Test("lists hold what the caller may see")
    func lists() async throws {
        try await withFixture { fixture in
            let engine = fixture.test.engine
            try await fixture.test.ingested("scripted:docs", to: "viking://resources/b", every: 60, as: Self.bob)
            try await fixture.test.ingested("scripted:docs", to: Self.shared, every: 60, as: Self.stranger)
            let table: [(Caller, Int)] = [
                (Self.root, 4), (Self.otherRoot, 4), (.admin(), 3), (.admin("acme"), 1), (Self.ada, 2), (Self.bob, 1),
                (Self.stranger, 1), (.user("eve"), 0), (.user("eve", "none"), 0),
            ]
            for (caller, count) in table {
                let page = try await engine.watches(WatchQuery(), as: caller)
                #expect(page.watches.count == count, "\(caller)")
                #expect(page.total == count)
                #expect(page.watches.allSatisfy { caller.maySee($0.owner) })
                let tasks = try await engine.tasks(TaskQuery(), as: caller).tasks
                #expect(tasks.count == count, "\(caller)")
                #expect(tasks.allSatisfy { engine.state.tasks[$0.id].map { caller.maySee($0.owner) } ?? false })
                #expect(try await engine.status(as: caller).activeWatches == count)
                #expect(try await engine.status(as: caller).resources == count)
            }
            // The same address in two accounts is two resources.
            #expect(
                try await engine.watch(WatchKey(uri: Self.shared), as: .admin("acme")).owner
                    == Self.stranger.owner)
            #expect(try await engine.watch(WatchKey(uri: Self.shared), as: .admin()).owner == Self.ada.owner)
        }
    }

    @Test("an execution that the caller may not see does not exist")
    func executions() async throws {
        try await withFixture { fixture in
            let (engine, nobody) = (fixture.test.engine, TaskID(high: 7, low: 7).description)
            for uri in [Self.shared, Self.own] {
                let id = try #require(fixture.tasks[uri]).description
                for caller in [Self.root, Self.otherRoot, .admin(), Self.ada] {
                    #expect(try await engine.task(id, as: caller).id.description == id)
                }
                for caller in [Self.bob, Self.stranger, .admin("acme")] {
                    let show = await refusal { _ = try await engine.task(id, as: caller) }
                    let none = await refusal { _ = try await engine.task(nobody, as: caller) }
                    #expect(show == none?.naming(id, insteadOf: nobody))
                    let cancel = await refusal { _ = try await engine.cancelTask(id, as: caller) }
                    #expect(cancel == show)
                    let follow = await refusal { _ = try await engine.updates(ofTask: id, as: caller) }
                    #expect(follow == show)
                    #expect(
                        try await engine.tasks(TaskQuery(watch: fixture.watches[uri]?.description), as: caller).tasks
                            .isEmpty)
                }
            }
        }
    }

    private func readings(_ uri: String, _ engine: Engine, as caller: Caller) async -> [OVError?] {
        [
            await refusal { _ = try await engine.stat(uri, as: caller) },
            await refusal { _ = try await engine.entries(of: uri, ListOptions(), as: caller) },
            await refusal { _ = try await engine.read(uri, .all, as: caller) },
            await refusal { _ = try await engine.abstract(of: uri, as: caller) },
            await refusal { _ = try await engine.overview(of: uri, as: caller) },
            await refusal { _ = try await engine.download(uri, as: caller) },
            await refusal { _ = try await engine.remove(uri, recursively: true, as: caller) },
        ]
    }

    @Test("what a user keeps in the own part of the tree is not there for others, nor are the folders above it")
    func privacy() async throws {
        try await withFixture { fixture in
            let engine = fixture.test.engine
            for caller in [Self.root, .admin(), Self.ada] {
                #expect(try await fixture.test.contents(Self.own, as: caller) == ["a.md": "# A\n"])
                #expect(
                    try await fixture.test.contents("viking://user", as: caller).keys.sorted() == [
                        "ada/resources/notes/a.md"
                    ])
            }
            #expect(try await fixture.test.contents("viking://~/resources/notes", as: Self.ada).count == 1)
            let before = try fixture.test.world.trace()
            for caller in [Self.bob, Self.stranger, .admin("acme")] {
                for uri in ["viking://user/ada", "viking://user/ada/resources", Self.own, Self.own + "/a.md"] {
                    let other = uri.replacing("/ada", with: "/ava")
                    let expected = await readings(other, engine, as: caller).map { $0?.naming(uri, insteadOf: other) }
                    #expect(await readings(uri, engine, as: caller) == expected, "\(uri) \(caller)")
                    #expect(expected.allSatisfy { $0?.code == .notFound })
                }
                let user = await refusal { _ = try await engine.remove("viking://user", recursively: true, as: caller) }
                #expect(user?.code == .notFound)
                #expect(
                    try await engine.entries(of: "viking://", ListOptions(recursive: true), as: caller).entries
                        .allSatisfy { !$0.uri.text.contains("user") })
            }
            #expect(try fixture.test.world.trace() == before)
            let foreign = await refusal { try await fixture.test.ingest("scripted:x", to: Self.own, as: Self.bob) }
            let free = await refusal {
                try await fixture.test.ingest("scripted:x", to: "viking://user/ada/resources/free", as: Self.bob)
            }
            #expect(foreign?.code == .permissionDenied)
            #expect(foreign == free?.naming(Self.own, insteadOf: "viking://user/ada/resources/free"))
            let below = await refusal {
                try await fixture.test.ingest("scripted:x", to: Self.own + "/deep", as: Self.bob)
            }
            #expect(below?.code == .permissionDenied)
        }
    }

    @Test("shared resources are read by the whole account, and changed by owner, admin and root alone")
    func shared() async throws {
        try await withFixture { fixture in
            let test = fixture.test
            try await test.ingested("scripted:docs", to: "viking://resources/plain", as: Self.ada)
            for caller in [Self.root, .admin(), Self.ada, Self.bob, .user("eve")] {
                #expect(try await test.contents(Self.shared, as: caller) == ["a.md": "# A\n"])
                #expect(try await test.engine.abstract(of: Self.shared + "/a.md", as: caller).lastChecked != nil)
            }
            for caller in [Self.stranger, .admin("acme")] {
                #expect(await refusal { _ = try await test.contents(Self.shared, as: caller) }?.code == .notFound)
            }
            let before = try test.world.trace()
            var refusals: [[OVError?]] = []
            // With a watch and without one the words are the same.
            for uri in [Self.shared, "viking://resources/plain"] {
                let errors = [
                    await refusal { try await test.ingest("scripted:docs", to: uri, as: Self.bob) },
                    await refusal { try await test.ingest("scripted:docs", to: uri, every: 5, as: Self.bob) },
                    await refusal { try await test.ingest("scripted:other", to: uri, as: Self.bob) },
                    await refusal { _ = try await test.engine.remove(uri, recursively: false, as: Self.bob) },
                    await refusal {
                        _ = try await test.engine.remove("viking://resources", recursively: true, as: Self.bob)
                    },
                ]
                #expect(errors.map { $0?.code } == Array(repeating: .permissionDenied, count: errors.count))
                refusals.append(errors.dropLast().map { $0?.naming("viking://resources/it", insteadOf: uri) })
            }
            #expect(refusals[0] == refusals[1])
            #expect(try test.world.trace() == before)
            for caller in [Self.ada, .admin(), Self.root] {
                #expect(try await test.ingested("scripted:docs", to: Self.shared, as: caller).status == .completed)
            }
            #expect(try await test.watch(Self.shared, as: Self.ada).owner == Self.ada.owner)
        }
    }

    @Test(
        "a caller behind a network port reaches neither into the machine nor past its fence",
        arguments: ["/etc/hostname", "file:///etc/hostname", "no/such/file", "private networks", "env:PATH", "file:/x"])
    func network(_ reach: String) async throws {
        try await withFixture { fixture in
            let caller = Caller(account: "default", user: "ada", role: .root, origin: .network)
            let before = try fixture.test.world.trace()
            let isPath = reach.contains("/") && !reach.hasPrefix("file:/x")
            let error = await refusal {
                try await fixture.test.ingest(isPath ? reach : "scripted:docs", to: Self.shared, as: caller) {
                    request in
                    request.allowsPrivateNetworks = reach == "private networks"
                    if !isPath, reach.contains(":") { request.arguments["flavour"] = reach }
                }
            }
            #expect(error?.code == .permissionDenied)
            #expect(try fixture.test.world.trace() == before)
        }
    }

    @Test("a caller behind a network port may name what lies elsewhere")
    func elsewhere() async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": "# A\n"])
            let caller = Caller(account: "default", user: "ada", role: .user, origin: .network)
            let task = try await test.ingested("scripted:docs", to: Self.shared, as: caller)
            #expect(task.status == .completed)
        }
    }
}

extension OVError {
    /// The same error about something else.
    fileprivate func naming(_ name: String, insteadOf other: String) -> OVError {
        OVError(
            code, message.replacing(other, with: name), hint: hint?.replacing(other, with: name), details: details)
    }
}
