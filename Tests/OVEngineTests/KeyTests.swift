// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

@Suite("Keys", .inTurn, .timeLimit(.minutes(10)))
struct KeyTests {
    private static let local = Owner(account: "default", user: "default")

    private func keeper(_ world: World) -> StoreKeeper {
        StoreKeeper(home: world.home, limits: world.limits, dependencies: world.dependencies)
    }

    @Test("the first key is root's")
    func first() async throws {
        let world = try World()
        let keeper = keeper(world)
        for role in [Role.admin, .user] {
            let error = await refusal { _ = try await keeper.createKey(role: role, owner: Self.local) }
            #expect(error?.code == .failedPrecondition)
            #expect(error?.hint?.contains("ov key create --role root") == true)
        }
        // What was refused has not even made a folder.
        #expect(try LocalFileSystem().status(of: world.home) == nil)
        let root = try await keeper.createKey(role: .root, owner: Self.local)
        #expect(root.isFirst)
        #expect(try await !keeper.createKey(role: .user, owner: Self.local).isFirst)
        #expect(try await keeper.keys().map(\.key.role).sorted { $0.rawValue < $1.rawValue } == [.root, .user])
    }

    @Test("a key lets in its holder, and nothing else does")
    func holders() async throws {
        let world = try World()
        let (keeper, engine) = (keeper(world), try await world.open().engine)
        for key in [nil, "", "x"] { #expect(try await engine.holder(ofKey: key) == .anybody) }
        let ann = Owner(account: "team", user: "ann")
        let root = try await keeper.createKey(role: .root, owner: Self.local).text
        let user = try await keeper.createKey(role: .user, owner: ann).text
        #expect(try await engine.holder(ofKey: root.text) == .known(.root, Self.local))
        #expect(try await engine.holder(ofKey: user.text) == .known(.user, ann))
        let foreign = KeyText(random: SeededRandom(seed: 4711))
        let wrong = [
            nil, "", " ", root.id.description, root.text.uppercased(), root.text + "0", " " + root.text, foreign.text,
            String(root.text.prefix(14) + user.text.suffix(64)), String(root.text.dropLast()) + "g",
            "ov_\(root.id)_" + String(repeating: "0", count: 64), String(repeating: "0", count: 10_000_000),
        ]
        for key in wrong { #expect(try await engine.holder(ofKey: key) == .stranger) }
        // Gone at once, whoever has revoked it.
        _ = try await keeper.revokeKey(user.id)
        #expect(try await engine.holder(ofKey: user.text) == .stranger)
        #expect(await refusal { _ = try await keeper.revokeKey(user.id) }?.code == .notFound)
        #expect(await refusal { _ = try await keeper.revokeKey(foreign.id) }?.code == .notFound)
    }

    @Test("the store does not hold what could be used as a key")
    func hashed() async throws {
        let world = try World()
        let text = try await keeper(world).createKey(role: .root, owner: Self.local).text.text
        let store = try await world.openStore()
        let stored = try #require(store.state.keys.first)
        #expect(stored.digest == Digest(of: Array(text.utf8)))
        #expect(!"\(stored)".contains(text.suffix(64)))
    }

    @Test("a user belongs to one account")
    func accounts() async throws {
        let world = try World()
        let keeper = keeper(world)
        _ = try await keeper.createKey(role: .root, owner: Self.local)
        _ = try await keeper.createKey(role: .user, owner: Owner(account: "team", user: "ann"))
        _ = try await keeper.createKey(role: .admin, owner: Owner(account: "team", user: "ann"))
        for role in Role.allCases {
            let owner = Owner(account: "acme", user: "ann")
            let error = await refusal { _ = try await keeper.createKey(role: role, owner: owner) }
            #expect(error?.code == .conflict)
            #expect(error?.message.contains("'team'") == true)
        }
        // Who says no name is nobody in particular.
        _ = try await keeper.createKey(role: .admin, owner: Owner(account: "acme", user: "default"))
    }

    @Test("names have to fit into an address", arguments: ["", ".", "..", "~", "a/b", "a\u{0}", "a\n", "long"])
    func names(_ name: String) async throws {
        let world = try World()
        let name = name == "long" ? String(repeating: "x", count: 129) : name
        for owner in [Owner(account: name, user: "a"), Owner(account: "a", user: name)] {
            let error = await refusal { _ = try await keeper(world).createKey(role: .root, owner: owner) }
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test("the last root key stays while others are left, and while a server runs")
    func lastRoot() async throws {
        let world = try World()
        let keeper = keeper(world)
        let first = try await keeper.createKey(role: .root, owner: Self.local).text.id
        let second = try await keeper.createKey(role: .root, owner: Self.local).text.id
        let user = try await keeper.createKey(role: .user, owner: Self.local).text.id
        #expect(try await !keeper.revokeKey(second).wasLast)
        let others = await refusal { _ = try await keeper.revokeKey(first) }
        #expect(others?.code == .failedPrecondition && others?.message.contains("others are left") == true)
        _ = try await keeper.revokeKey(user)
        var server: Engine? = try await world.open().engine
        try await server?.holdDaemonLock(socket: nil, url: nil)
        let running = await refusal { _ = try await keeper.revokeKey(first) }
        #expect(running?.code == .failedPrecondition && running?.message.contains("a server runs") == true)
        #expect(try await keeper.keys().map(\.key.id) == [first])
        server = nil
        // Its thread may still be letting go of the lock.
        var revoked: RevokedKey?
        for _ in 0..<100_000 where revoked == nil {
            revoked = try? await keeper.revokeKey(first)
            await Task.yield()
        }
        #expect(revoked?.wasLast == true)
        #expect(try await keeper.keys().isEmpty)
    }

    @Test("of two root keys that are revoked at once one stays", arguments: 1...10)
    func race(_ round: Int) async throws {
        let world = try World()
        let keepers = [keeper(world), keeper(world)]
        let server = try await world.open().engine
        var ids: [KeyID] = []
        for _ in 0..<2 { ids.append(try await keepers[0].createKey(role: .root, owner: Self.local).text.id) }
        try await server.holdDaemonLock(socket: nil, url: nil)
        let revoked = await withTaskGroup(of: Bool.self) { group in
            for (keeper, id) in zip(keepers, ids) {
                group.addTask { (try? await keeper.revokeKey(id)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(revoked == 1)
        #expect(try await keepers[0].keys().count == 1)
    }

    @Test("a server that starts while the last root key is revoked knows what became of it", arguments: 1...20)
    func startRace(_ round: Int) async throws {
        let world = try World()
        let keeper = keeper(world)
        let server = try await world.open().engine
        let id = try await keeper.createKey(role: .root, owner: Self.local).text.id
        async let revoking: Bool = { (try? await keeper.revokeKey(id)) != nil }()
        try await server.holdDaemonLock(socket: nil, url: nil)
        let knew = server.hasKeys
        let isRevoked = await revoking
        #expect(isRevoked == !knew)
        #expect(try await keeper.keys().isEmpty == isRevoked)
    }

    @Test("a watch whose resource has become another's is seen and not changed")
    func foreignResource() async throws {
        try await World.test { test in
            let (ada, uri) = (Caller.user("ada"), "viking://resources/docs")
            test.sources.put("docs", ["a.md": "# A\n"])
            try await test.ingested("scripted:docs", to: uri, every: 60, as: ada)
            _ = try await test.engine.remove(uri, recursively: false, as: ada)
            try await test.ingested("scripted:docs", to: uri, as: .admin())
            let before = try test.world.trace()
            let engine = test.engine
            let key = WatchKey(uri: uri)
            let errors = [
                await refusal { _ = try await engine.updateWatch(key, WatchPatch(isActive: true), as: ada) },
                await refusal { _ = try await engine.triggerWatch(key, acceptingDeletionsOf: nil, as: ada) },
                await refusal { _ = try await engine.deleteWatch(key, as: ada) },
            ]
            #expect(errors.allSatisfy { $0?.code == .permissionDenied && $0 == errors[0] })
            #expect(try await engine.watch(key, as: ada).owner == ada.owner)
            #expect(try test.world.trace() == before)
            #expect(try await engine.updateWatch(key, WatchPatch(isActive: true), as: .admin()).isActive)
        }
    }

    @Test("figures of the whole store are root's to see")
    func figures() async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": "# A\n"])
            try await test.ingested("scripted:docs", to: "viking://resources/docs", every: 60, as: .user("ada"))
            let root = try await test.engine.metrics(as: .local)
            #expect(root.isWhole && root.sequence > 0 && root.packBytes > 0 && !root.runs.ended.isEmpty)
            for caller in [Caller.user("ada"), .user("bob"), .admin()] {
                let metrics = try await test.engine.metrics(as: caller)
                #expect(
                    !metrics.isWhole && metrics.sequence == 0 && metrics.packBytes == 0 && metrics.runs.ended.isEmpty)
                let status = try await test.engine.status(as: caller)
                #expect(status.home.isEmpty && status.sequence == 0 && status.packs == 0 && status.stateBytes == 0)
                #expect(metrics.resources == (caller.user == "bob" ? 0 : 1))
            }
        }
    }
}
