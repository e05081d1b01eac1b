// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

@Suite("Several processes on one home", .inTurn, .timeLimit(.minutes(20)))
struct SeveralEnginesTests {
    @Test("eight processes run fifty due watches, each watch once")
    func eachOnce() async throws {
        let world = try World()
        let uris = (0..<50).map { "viking://resources/w\($0)" }
        try await world.open().whileRunning { test in
            for (number, uri) in uris.enumerated() {
                test.sources.put("\(number)", ["a.md": "\(number)\n"])
                _ = try await test.ingest("scripted:\(number)", to: uri, every: 1440)
            }
        }
        world.clock.advance(by: .days(2))
        let started = try await withThrowingTaskGroup(of: [TaskID].self) { group in
            for _ in 0..<8 {
                let process = try await world.open()
                group.addTask {
                    var watches: [TaskID] = []
                    try await process.whileRunning { process in
                        while true {
                            let due = try await process.engine.triggerDueWatches(atMost: 3, as: .local)
                            if due.started.isEmpty { break }
                            watches += due.started.map(\.watch)
                            for run in due.started { try await process.end(of: run.run) }
                        }
                    }
                    return watches
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(started.count == 50)
        #expect(Set(started).count == 50)
        for number in 0..<50 {
            let count = world.sources.count("\(number)")
            // Once when it was ingested, once because it was due.
            #expect(count == ScriptedSources.Count(fetches: 2, running: 0, mostAtOnce: 1), "\(number)")
        }
        let state = try await world.openStore().state
        #expect(state.watches.values.allSatisfy { $0.lastStatus == .completed })
        #expect(state.tasks.values.filter { $0.trigger == .catchUp }.count == 50)
        try await world.checkStore()
    }

    @Test("the pages of a list go on across a compaction, in another process, behind what was deleted meanwhile")
    func pagesAcrossACompaction() async throws {
        let world = try World()
        var (watches, runs): ([TaskID], [TaskID]) = ([], [])
        let process = try await world.open()
        for number in 0..<9 {
            let receipt = try await process.ingest("scripted:docs", to: "viking://resources/w\(number)", every: 60)
            watches.append(try #require(receipt.watch?.id))
            runs.insert(receipt.task, at: 0)
            world.clock.advance(by: Milliseconds(1))
        }
        let page = try await process.engine.watches(WatchQuery(limit: 4), as: .local)
        let taskPage = try await process.engine.tasks(TaskQuery(limit: 4), as: .local)
        #expect(page.watches.map(\.id) == Array(watches[..<4]))
        #expect(taskPage.tasks.map(\.id) == Array(runs[..<4]))

        // The first, the one that the cursor names, and one that is yet to come.
        let store = try await world.openStore()
        let dropped = [0, 3, 5]
        try await store.commit { [watches, runs] (transaction: inout Transaction) throws(OVError) in
            for index in dropped {
                transaction.dropWatch(watches[index])
                transaction.dropTask(runs[index])
            }
        }
        try await store.compact()
        let (watchesLeft, runsLeft) = ([4, 6, 7, 8].map { watches[$0] }, [4, 6, 7, 8].map { runs[$0] })
        for process in [process, try await world.open()] {
            let watchQuery = WatchQuery(limit: 100, cursor: page.nextCursor)
            #expect(try await process.engine.watches(watchQuery, as: .local).watches.map(\.id) == watchesLeft)
            let taskQuery = TaskQuery(limit: 100, cursor: taskPage.nextCursor)
            #expect(try await process.engine.tasks(taskQuery, as: .local).tasks.map(\.id) == runsLeft)
        }
    }

    @Test("many that trigger one watch at once make it run, and once more, never twice at a time")
    func concurrentTriggers() async throws {
        let world = try World()
        try await world.open().whileRunning { test in
            try await test.ingested("scripted:docs", to: "viking://resources/docs", every: 60)
        }
        let gate = world.sources.close("docs")
        world.clock.advance(by: .seconds(1))
        try await world.open().whileRunning { first in
            try await world.open().whileRunning { second in
                var runs: [TaskID] = []
                for number in 0..<10 {
                    let process = number % 2 == 0 ? first : second
                    let receipt = try await process.engine.triggerWatch(
                        WatchKey(uri: "viking://resources/docs"), acceptingDeletionsOf: nil, as: .local)
                    runs.append(receipt.run)
                    if number == 0 { try await gate.arrived.wait() }
                    #expect(receipt.isCoalesced == (number > 0))
                }
                #expect(Set(runs).count == 2)
                let due = try await second.engine.triggerDueWatches(atMost: 9, as: .local)
                #expect(due.started.isEmpty)
                world.clock.advance(by: .seconds(1))
                world.sources.open("docs")
                for run in Set(runs) { #expect(try await second.end(of: run).status == .completed) }
            }
        }
        #expect(world.sources.count("docs") == ScriptedSources.Count(fetches: 3, running: 0, mostAtOnce: 1))
        try await world.checkStore()
    }

    @Test("what another process is running is said and not run")
    func runningElsewhere() async throws {
        let world = try World()
        let uri = "viking://resources/docs"
        try await world.open().whileRunning { first in
            try await first.ingested("scripted:docs", to: uri, every: 30)
            let gate = world.sources.close("docs")
            world.clock.advance(by: .minutes(30))
            let started = try await first.engine.triggerDueWatches(atMost: 9, as: .local)
            #expect(started.started.count == 1)
            try await gate.arrived.wait()
            // Due once more while it still runs.
            world.clock.advance(by: .minutes(30))
            try await world.open().whileRunning { second in
                let due = try await second.engine.triggerDueWatches(atMost: 9, as: .local)
                #expect(due.started.isEmpty)
                #expect(due.running.map(\.text) == [uri])
            }
            // The process that runs it says the same: whoever asks may be another one.
            let again = try await first.engine.triggerDueWatches(atMost: 9, as: .local)
            #expect(again.started.isEmpty)
            #expect(again.running.map(\.text) == [uri])
            world.sources.open("docs")
            let run = try #require(started.started.first).run
            _ = try await first.end(of: run)
        }
        try await world.checkStore()
    }

    @Test("a run that nobody came to run is taken by the next process that looks for what is due")
    func abandoned() async throws {
        let world = try World()
        // A process that accepts and ends before it runs anything.
        let receipt = try await world.open().ingest("scripted:docs", to: "viking://resources/docs", every: 60)
        try await world.open().whileRunning { test in
            #expect(try await test.engine.task(receipt.task.description, as: .local).status == .pending)
            let due = try await test.engine.triggerDueWatches(atMost: 9, as: .local)
            #expect(due.started.map(\.run) == [receipt.task])
            #expect(try await test.end(of: receipt.task).status == .completed)
        }
        try await world.checkStore()
    }

    @Test("no more is started than asked for, what has been due for longest first")
    func bound() async throws {
        try await World.test { test in
            for number in [3, 1, 2] {
                try await test.ingested(
                    "scripted:\(number)", to: "viking://resources/w\(number)", every: Double(number) * 60)
            }
            test.clock.advance(by: .hours(4))
            var order: [String] = []
            while true {
                let due = try await test.engine.triggerDueWatches(atMost: 1, as: .local)
                guard let run = due.started.first else { break }
                #expect(due.started.count == 1)
                order.append(run.uri.name)
                try await test.end(of: run.run)
            }
            #expect(order == ["w1", "w2", "w3"])
        }
    }

    @Test("a user starts only what is the user's own")
    func dueOfOthers() async throws {
        try await World.test { test in
            for user in ["ada", "bob"] {
                let caller = Caller.user(user)
                try await test.ingested("scripted:docs", to: "viking://resources/\(user)", every: 60, as: caller)
            }
            test.clock.advance(by: .hours(1))
            let due = try await test.engine.triggerDueWatches(atMost: 9, as: .user("ada"))
            #expect(due.started.map(\.uri.name) == ["ada"])
        }
    }

    @Test("a process sees at once what another one has published")
    func freshness() async throws {
        let world = try World()
        let uri = "viking://resources/docs"
        try await world.open().whileRunning { first in
            let second = try await world.open()
            for round in 1...5 {
                world.sources.put("docs", ["a.md": "\(round)\n"])
                try await first.ingested("scripted:docs", to: uri)
                #expect(try await second.contents(uri) == ["a.md": "\(round)\n"])
            }
            _ = try await second.engine.remove(uri, recursively: false, as: .local)
            #expect(await refusal { _ = try await first.contents(uri) }?.code == .notFound)
        }
        try await world.checkStore()
    }
}
