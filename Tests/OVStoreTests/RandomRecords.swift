// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import Testing

@testable import OVStore

/// Draws records in which any field may be anything that its type allows.
struct RandomRecords {
    var generator: SplitMix64

    init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    mutating func coin() -> Bool { generator.once(in: 2) }
    mutating func id() -> TaskID { TaskID.random(using: &generator) }

    mutating func maybe<Value>(_ make: (inout RandomRecords) throws -> Value) rethrows -> Value? {
        coin() ? try make(&self) : nil
    }

    mutating func text() -> String {
        let pieces = [
            "", "x", "ein Wort", "\"\\/\u{8}\u{C}\n\r\t", "\u{0}\u{1F}\u{7F}", "日本語", "\u{2028}\u{2029}", "😀", "null",
        ]
        return (0..<number(0...3)).map { _ in pieces[number(0...pieces.count - 1)] }.joined()
    }

    mutating func texts() -> [String] { (0..<number(0...3)).map { _ in text() } }

    mutating func time() -> Timestamp {
        switch number(0...9) {
        case 0: .earliest
        case 1: .latest
        case 2: Timestamp(milliseconds: 0)
        default: Timestamp(milliseconds: Int64.random(in: 0...4_102_444_800_000, using: &generator))
        }
    }

    mutating func size() -> Int { coin() ? number(0...9) : number(0...(1 << 53)) }

    mutating func owner() -> Owner {
        coin() ? Sample.owner : Owner(account: "a" + text(), user: "u" + text())
    }

    mutating func uri() throws -> VikingURI {
        let names = ["a", "b.md", "naïve", "x y", "日本"]
        return try Sample.uri((0..<number(1...4)).map { _ in names[number(0...4)] }.joined(separator: "/"))
    }

    mutating func source() -> Source {
        var options = Source.Options(include: texts(), exclude: texts(), ignoredDirectories: texts())
        for _ in 0..<number(0...2) { options.arguments[text()] = text() }
        options.allowsPrivateNetworks = coin()
        return Source(fetcher: "f" + text(), location: text(), options: options)
    }

    mutating func changes() -> ChangeCounts {
        ChangeCounts(added: size(), changed: size(), removed: size(), unchanged: size())
    }

    mutating func watch() throws -> WatchTask {
        let minutes = [1, 60, 0.5, 1e-9, 1440.25, 5_256_000][number(0...5)]
        var watch = WatchTask(
            id: id(), owner: owner(), role: coin() ? .user : .root, uri: try uri(), source: source(),
            interval: try Interval(minutes: minutes), reason: text(), instruction: text(), createdAt: time())
        watch.state = [.active, .paused, .suspended(reason: text())][number(0...2)]
        if coin() {
            watch.anchor = time()
            watch.accountedThrough = coin() ? watch.anchor : time()
        }
        watch.lastScheduledPoint = maybe { $0.time() }
        watch.lastStart = maybe { $0.time() }
        watch.nextRun = maybe { $0.time() }
        watch.awaitsRetry = coin()
        watch.skippedCount = Int64(size())
        watch.lastSkip = maybe { random in
            WatchTask.Skip(at: random.time(), cause: [.running, .missed, .backoff][random.number(0...2)])
        }
        watch.lastEnd = maybe { $0.time() }
        watch.lastTask = maybe { $0.id() }
        watch.lastStatus = maybe { random in TaskRecord.Status.allCases[random.number(0...5)] }
        watch.lastSuccess = maybe { $0.time() }
        watch.lastChange = maybe { $0.time() }
        watch.lastFailure = maybe { WatchTask.Failure(code: $0.text(), message: $0.text(), at: $0.time()) }
        if coin() { watch.consecutiveFailures = size() }
        if coin() { watch.consecutivePermanentFailures = size() }
        if coin() { watch.consecutiveInterruptions = size() }
        return watch
    }

    mutating func task() throws -> TaskRecord {
        var task = TaskRecord(
            id: id(), kind: TaskRecord.Kind.allCases[number(0...1)], owner: owner(), uri: try uri(),
            watch: maybe { $0.id() }, trigger: [.create, .schedule, .manual, .catchUp, .retry][number(0...4)],
            scheduledFor: maybe { $0.time() }, acceptedDeletions: maybe { $0.id() }, createdAt: time())
        task.updatedAt = time()
        task.startedAt = maybe { $0.time() }
        task.finishedAt = maybe { $0.time() }
        task.status = TaskRecord.Status.allCases[number(0...5)]
        task.stage = [.queued, .fetching, .converting, .publishing][number(0...3)]
        task.progress = TaskRecord.Progress(
            documents: size(), bytes: Int64(size()), totalDocuments: maybe { $0.size() })
        task.lease = maybe { random in
            TaskRecord.Lease(
                slot: random.number(0...1023), token: UInt64(random.size()), baseRevision: random.size())
        }
        task.result = maybe { random in
            TaskRecord.Result(
                outcome: [.updated, .unchanged, .held][random.number(0...2)], revision: random.maybe { $0.text() },
                changes: random.changes(), bytes: Int64(random.size()), warnings: random.texts())
        }
        task.error = maybe { random in
            TaskRecord.Failure(
                code: random.text(), message: random.text(), hint: random.maybe { $0.text() },
                cause: random.maybe { $0.text() })
        }
        return task
    }

    mutating func resource() throws -> Resource {
        var resource = Resource(
            uri: try uri(), owner: owner(), source: source(), createdAt: time(),
            shape: maybe { $0.coin() ? .single : .tree }, revision: size(), lastChecked: maybe { $0.time() })
        for _ in 0..<number(0...2) { resource.unchecked[text()] = time() }
        return resource
    }

    mutating func key() throws -> AccessKey {
        let random = SeededRandom(seed: generator.next())
        return AccessKey(
            id: KeyID(random: random), digest: try #require(Digest(bytes: generator.bytes(32)[...])),
            role: Role.allCases[number(0...2)], owner: owner(), createdAt: time())
    }

    mutating func revision() throws -> RevisionRecord {
        let digest = try #require(Digest(bytes: generator.bytes(32)[...]))
        let revision = Revision(
            number: size(), pack: PackName.make(task: id(), number: number(1...99)), digest: digest, at: time(),
            task: id(), changes: changes(), documents: size(), bytes: Int64(size()), sequence: UInt64(size()),
            packs: (0..<number(0...3)).map { _ in PackName.make(task: id(), number: 1) })
        return RevisionRecord(
            key: ResourceKey(account: coin() ? "default" : text(), uri: try uri()), revision: revision)
    }
}
