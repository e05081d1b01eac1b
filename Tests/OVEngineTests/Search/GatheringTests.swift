// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVAPI
import OVCore
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVEngine

/// Many resources with little in each: what their indexes say is gathered in few files.
@Suite("Gathering indexes", .inTurn, .timeLimit(.minutes(20)))
struct GatheringTests {
    private static let files = LocalFileSystem()

    private static func uri(_ number: Int) -> String { "viking://resources/small/r\(number)" }

    /// Words of their own, so that each is found by its word alone.
    private static func word(_ number: Int) -> String { "zq" + String(number, radix: 2).map { $0 == "1" ? "a" : "o" } }

    private func add(_ numbers: Range<Int>, to test: TestEngine, _ text: (Int) -> String = word) async throws {
        for number in numbers {
            test.sources.put("r\(number)", ["n.md": "# Note\n\nAll have this, and \(text(number)).\n"])
            try await test.ingested("scripted:r\(number)", to: Self.uri(number))
        }
    }

    private func gathered(_ test: TestEngine) throws -> [String] {
        try Self.files.names(in: test.world.home + "/cache/indexes").filter { $0.hasSuffix(".index") }
    }

    /// Asks as a process that has nothing in memory.
    private func find(_ text: String, in world: World, _ targets: [String] = []) async throws -> [String] {
        let query = FindQuery(text: text, targets: targets, limit: 1000)
        return try await world.open().engine.find(query, as: .local).hits.map(\.uri.text).sorted()
    }

    private func checkAll(_ numbers: Range<Int>, in world: World, _ comment: String = "") async throws {
        #expect(
            try await find("all", in: world) == numbers.map { Self.uri($0) + "/n.md" }.sorted(), "\(comment)")
        for number in [numbers.lowerBound, numbers.upperBound - 1] {
            #expect(
                try await find(Self.word(number), in: world) == [Self.uri(number) + "/n.md"], "\(comment) \(number)")
        }
    }

    @Test("What is gathered is found without any index of its own, and what changes since as it is now")
    func gathers() async throws {
        try await World.test { test in
            try await add(0..<70, to: test)
            await test.engine.gatherIndexes()
            #expect(try !gathered(test).isEmpty)
            let packs = test.world.home + "/packs"
            for name in try Self.files.names(in: packs) where name.hasSuffix(".index") {
                try Self.files.remove(packs + "/" + name)
            }
            try await checkAll(0..<70, in: test.world)
            #expect(try await find("all", in: test.world, [Self.uri(3)]) == [Self.uri(3) + "/n.md"])
            #expect(try await find("all", in: test.world, [Self.uri(3) + "/n.md"]) == [Self.uri(3) + "/n.md"])
            let left = try Self.files.names(in: packs).filter { $0.hasSuffix(".index") }
            #expect(left.count <= 70 - IndexGathering.leastRevisions + 1)
            // The engine that gathered, and one that was there before.
            test.sources.put("r5", ["n.md": "Now a xylophone.\n", "more.md": "Nothing.\n"])
            try await test.ingested("scripted:r5", to: Self.uri(5))
            _ = try await test.engine.remove(Self.uri(6), recursively: false, as: .local)
            let found = try await test.engine.find(FindQuery(text: "all", limit: 1000), as: .local).hits
            #expect(
                Set(found.map(\.uri.text)) == Set((0..<70).filter { $0 != 5 && $0 != 6 }.map { Self.uri($0) + "/n.md" })
            )
            #expect(try await find("xylophone", in: test.world) == [Self.uri(5) + "/n.md"])
        }
    }

    @Test("Copies in a resource, filters and callers count as they do without")
    func sameAnswers() async throws {
        try await World.test { test in
            try await add(0..<64, to: test)
            test.sources.put("c", ["a/x.md": "A walrus.\n", "b/x.md": "A walrus.\n", "c/y.txt": "Another walrus.\n"])
            try await test.ingested("scripted:c", to: "viking://resources/small/c")
            test.sources.put("mine", ["x.md": "My walrus.\n"])
            try await test.ingested("scripted:mine", to: "viking://~/resources/mine", as: .user("ada"))
            var answers: [[String]] = []
            for _ in 0..<2 {
                for (text, caller) in [
                    ("walrus", Caller.local), ("walrus path:b", .local), ("walrus type:txt", .local),
                    ("walrus -type:txt", .local), ("walrus", .user("ada")), ("walrus path:zzz", .local),
                ] {
                    let hits = try await test.world.open().engine.find(FindQuery(text: text), as: caller).hits
                    answers.append(hits.map(\.uri.text).sorted())
                }
                await test.engine.gatherIndexes()
            }
            #expect(try !gathered(test).isEmpty)
            #expect(Array(answers.prefix(6)) == Array(answers.suffix(6)))
            #expect(answers.prefix(2).map(\.count) == [3, 1])
        }
    }

    @Test("There are never many, and none is of what is long gone")
    func merges() async throws {
        try await World.test { test in
            for round in 0..<5 {
                try await add(round * 64..<(round + 1) * 64, to: test)
                await test.engine.gatherIndexes()
                #expect(try gathered(test).count <= 3)
            }
            try await checkAll(0..<320, in: test.world)
            for number in 0..<250 {
                _ = try await test.engine.remove(Self.uri(number), recursively: false, as: .local)
            }
            await test.engine.gatherIndexes()
            try await checkAll(250..<320, in: test.world)
            let indexes = GatheredIndexes(store: test.engine.store, pages: PageCache(bytes: 1 << 20)).current()
            #expect(indexes.reduce(0) { $0 + $1.revisionCount } <= 140)
        }
    }

    @Test(
        "One that is damaged is removed, and nothing is missing", arguments: ["cut", "flipped", "foreign", "version"])
    func damaged(_ damage: String) async throws {
        try await World.test { test in
            try await add(0..<64, to: test)
            await test.engine.gatherIndexes()
            for name in try gathered(test) {
                let path = test.world.home + "/cache/indexes/" + name
                var bytes = try Self.files.open(path, .read).read(1 << 24, at: 0)
                switch damage {
                case "cut": bytes.removeLast(bytes.count / 3)
                case "flipped": for place in stride(from: 100, to: bytes.count - 100, by: 997) { bytes[place] ^= 0x55 }
                case "version": bytes[bytes.count - 24] ^= 0x40
                default: bytes = Array("not an index".utf8)
                }
                try Self.files.open(path, .create).write(bytes, at: 0)
            }
            try await checkAll(0..<64, in: test.world, damage)
            await test.engine.gatherIndexes()
            try await checkAll(0..<64, in: test.world, damage)
        }
    }

    @Test("Each single page may be damaged")
    func damagedPages() async throws {
        try await World.test { test in
            try await add(0..<64, to: test) { Self.word($0) + String(repeating: " more words of \($0)", count: 60) }
            await test.engine.gatherIndexes()
            let name = try #require(try gathered(test).first)
            let path = test.world.home + "/cache/indexes/" + name
            let whole = try Self.files.open(path, .read).read(1 << 24, at: 0)
            for place in stride(from: 50, to: whole.count, by: 16 << 10) {
                var bytes = whole
                bytes[place] ^= 0x55
                try Self.files.open(path, .create).write(bytes, at: 0)
                try await checkAll(0..<64, in: test.world, "\(place)")
            }
        }
    }

    @Test("Wherever a process dies while it gathers, or the power goes, everything is found once")
    func crashes() async throws {
        try await World.test { test in
            try await add(0..<64, to: test)
            await test.engine.gatherIndexes()
            let folder = test.world.home + "/cache/indexes/"
            let name = try #require(try gathered(test).first)
            let first = try Self.files.open(folder + name, .read).read(1 << 24, at: 0)
            try await add(64..<140, to: test)
            var (operation, isOver) = (0, false)
            while !isOver {
                operation += 1
                for name in try Self.files.names(in: folder) { try Self.files.remove(folder + name) }
                try Self.files.open(folder + name, .create).write(first, at: 0)
                let disk = FaultyDisk()
                let files = FaultyFileSystem(disk, fault: .death, at: operation)
                var dependencies = test.world.dependencies
                dependencies.files = files
                let engine = try? await Engine.open(
                    home: test.world.home, limits: test.world.limits, role: "test", dependencies: dependencies)
                await engine?.gatherIndexes()
                isOver = !files.hasFailed
                if operation.isMultiple(of: 2) { try disk.cutPower(.some(seed: UInt64(operation))) }
                try await checkAll(0..<140, in: test.world, "\(operation)")
            }
            #expect(operation > 4)
            #expect(try gathered(test).count == 1)
        }
    }

    @Test("A search that would have to open too many indexes gathers them first")
    func gathersForSearch() async throws {
        try await World.test { test in
            try await add(0..<515, to: test)
            for name in try gathered(test) { try Self.files.remove(test.world.home + "/cache/indexes/" + name) }
            try await checkAll(0..<515, in: test.world)
            #expect(try gathered(test).count == 1)
        }
    }

    @Test("A pack that is missing is missed by who finds something in it, and by nobody else")
    func missingPack() async throws {
        let world = try World()
        try await world.open().whileRunning { test in
            try await add(0..<65, to: test)
            let state = test.engine.state
            let resource = try #require(state.resources.values.first { $0.uri.text == Self.uri(7) })
            let pack = try #require(state.currentRevision(of: resource)).pack
            try Self.files.remove(world.home + "/packs/\(pack).pack")
            await test.engine.gatherIndexes()
            #expect(try !gathered(test).isEmpty)
            let refusal = await refusal { _ = try await find("all", in: world) }
            #expect(refusal?.details["missing_pack"] == .string(pack))
            #expect(try await find("all", in: world, [Self.uri(8)]).count == 1)
        }
    }

    @Test("Who searches while indexes are gathered finds everything, each time")
    func readers() async throws {
        try await World.test { test in
            try await add(0..<64, to: test)
            let reader = try await test.world.open()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for round in 1..<4 {
                        try await add(round * 64..<(round + 1) * 64, to: test)
                        await test.engine.gatherIndexes()
                    }
                }
                group.addTask {
                    var last = 64
                    for _ in 0..<60 {
                        let hits = try await reader.engine.find(FindQuery(text: "all", limit: 1000), as: .local).hits
                        #expect(hits.count >= last && Set(hits.map(\.uri)).count == hits.count)
                        last = hits.count
                    }
                }
                try await group.waitForAll()
            }
            try await checkAll(0..<256, in: test.world)
        }
    }
}
