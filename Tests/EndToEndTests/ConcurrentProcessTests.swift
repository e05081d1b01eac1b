// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

/// Many processes at once over one store, as cron and people start them.
@Suite(.inTurn) struct ConcurrentProcessTests {
    private static func uri(_ number: Int) -> String { "viking://resources/w\(number)" }

    /// Watches of an hour that were made a while ago: due now, and not again for most of an hour.
    private func installation(watches count: Int, age: Milliseconds) async throws -> Installation {
        let ov = try Installation()
        let store = try await Store.open(
            home: ov.home, clock: SystemClock(), random: SystemRandomSource(), limits: Limits(), role: "test")
        let created = SystemClock().now().advanced(by: Milliseconds(-age.count))
        var watches: [WatchTask] = []
        for number in 0..<count {
            try ov.folder.write("w\(number)/a.md", "# \(number)\n")
            watches.append(
                WatchTask(
                    id: SystemRandomSource().nextTaskID(), owner: Caller.local.owner, role: .root,
                    uri: try VikingURI(parsing: Self.uri(number), user: "default"),
                    source: Source(fetcher: "folder", location: ov.folder.path("w\(number)")),
                    interval: try Interval(minutes: 60), createdAt: created))
        }
        let all = watches
        try await store.commit { transaction in
            for watch in all {
                transaction.put(
                    Resource(uri: watch.uri, owner: watch.owner, source: watch.source, createdAt: created))
                transaction.put(watch)
            }
        }
        return ov
    }

    @Test(arguments: [(Milliseconds.minutes(61), "schedule"), (.minutes(60 * 7 + 1), "catch_up")])
    func processesThatRunWhatIsDueShareTheWork(age: Milliseconds, trigger: String) async throws {
        let ov = try await installation(watches: 50, age: age)
        let results = try await inParallel(16) { _ in
            try await ov.run("task", "watch", "trigger", "--due", "--wait", "-o", "json", "-c")
        }
        var printed = 0
        for result in results {
            #expect(result.status == 0, "\(result.summary)")
            printed += result.text.split(separator: "\n").count
        }
        #expect(printed == 50, "each run is printed by the process that ran it")

        let watches = try await ov.json("task", "watch", "ls")["tasks"]?.array ?? []
        #expect(watches.count == 50)
        for watch in watches {
            let id = try #require(watch["task_id"]?.string)
            let runs = try await ov.json("task", "list", "--watch", id).array ?? []
            #expect(runs.compactMap { $0["trigger"]?.string } == [trigger], "\(watch["to_uri"]?.string ?? "")")
            #expect(runs.first?["status"]?.string == "completed")
            #expect(watch["last_status"]?.string == "completed" && watch["running_task_id"] == .null)
        }
        let after = try await ov.run("task", "watch", "trigger", "--due", "--wait")
        #expect(after.status == 0 && after.output.isEmpty && after.errors.contains("no watch is due"))
        try await ov.checkStore()
    }

    @Test func aWatchThatManyTriggerAtOnceRunsOnceAtATimeAndCoalesces() async throws {
        let ov = try await installation(watches: 1, age: .minutes(1))
        let results = try await inParallel(12) { _ in
            try await ov.run("task", "watch", "trigger", Self.uri(0), "--wait", "-o", "json", "-c")
        }
        for result in results { #expect(result.status == 0, "\(result.summary)") }
        let runs = try await ov.json("task", "list").array ?? []
        #expect((1...12).contains(runs.count))
        // Newest first: each began when the one before it had ended, and a second after that one's start.
        let starts = runs.compactMap { $0["started_at"]?.string }.compactMap { Timestamp($0) }
        let ends = runs.compactMap { $0["finished_at"]?.string }.compactMap { Timestamp($0) }
        try #require(starts.count == runs.count && ends.count == runs.count)
        for index in 1..<max(1, runs.count) {
            #expect(ends[index] <= starts[index - 1])
            #expect(starts[index - 1].since(starts[index]) >= .seconds(1))
        }
    }

    @Test func aRunThatAKilledProcessLeftWaitingIsRunByTheNextOne() async throws {
        let ov = try await installation(watches: 1, age: .minutes(1))
        try await ov.succeed("task", "watch", "trigger", Self.uri(0), "--wait")
        // It has to keep a second's distance to the start of the run before it.
        let second = try ov.start(["task", "watch", "trigger", Self.uri(0), "--wait"])
        try await ov.poll("the second run is not accepted") {
            try await ov.json("task", "list").array?.count == 2
        }
        second.signal(SIGKILL)
        _ = try await second.wait()
        try await ov.succeed("task", "watch", "trigger", "--due", "--wait")
        for task in try await ov.json("task", "list").array ?? [] {
            #expect(["completed", "failed"].contains(task["status"]?.string), "\(task)")
        }
    }

    @Test func everyCommitOfManyProcessesIsThereOnce() async throws {
        let (processes, rounds) = (8, 6)
        let ov = try await installation(watches: processes + 1, age: .minutes(1))
        let before = try #require(try await ov.json("store", "check")["sequence"]?.integer)
        _ = try await inParallel(processes) { number in
            for round in 0..<rounds {
                let (own, shared) = ("own \(number).\(round)", "shared \(number).\(round)")
                let answer = try await ov.json("task", "watch", "update", Self.uri(number), "--reason", own)
                #expect(answer["reason"]?.string == own)
                #expect(try await ov.watch(Self.uri(number))["reason"]?.string == own)
                let other = try await ov.json(
                    "task", "watch", "update", Self.uri(processes), "--reason", shared, "--instruction", shared)
                #expect(other["reason"] == other["instruction"])
            }
        }
        let check = try await ov.json("store", "check")
        #expect(check["sound"]?.bool == true)
        #expect(check["sequence"]?.integer == before + Int64(2 * processes * rounds))
        let shared = try await ov.watch(Self.uri(processes))
        #expect(shared["reason"] == shared["instruction"])
    }

    @Test func ingestsOfManyProcessesIntoOneStoreAllArrive() async throws {
        let ov = try Installation()
        for number in 0..<8 {
            for document in 0..<20 { try ov.folder.write("s\(number)/\(document).md", "# \(number).\(document)\n") }
        }
        // The home does not exist: all of them want to create it.
        let results = try await inParallel(8) { number in
            try await ov.json("ingest", ov.folder.path("s\(number)"), "--to", Self.uri(number))
        }
        for result in results { #expect(result.counts == [20, 0, 0, 0]) }
        for number in 0..<8 {
            #expect(try await ov.succeed("read", "\(Self.uri(number))/7.md") == "# \(number).7\n")
        }
        try await ov.checkStore()
    }
}
