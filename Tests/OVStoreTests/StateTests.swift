// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct StateTests {
    /// A state and the same records in plain dictionaries, changed alike.
    private struct Pair {
        var state = State(identity: State.Identity(store: Sample.id(1), epoch: 1, generation: 1))
        var watches: [TaskID: WatchTask] = [:]
        var tasks: [TaskID: TaskRecord] = [:]
        var resources: [ResourceKey: Resource] = [:]
        var revisions: [ResourceKey: [Int: Revision]] = [:]
        var generator: SplitMix64
        private var nextID = 1

        init(seed: UInt64) { generator = SplitMix64(seed: seed) }

        /// Nested addresses, so that there are roots below folders below roots' folders.
        static let paths = ["a", "b", "c/d", "c/e", "c/f/g", "c/f/h/i", "j/k/l", "j/m"]

        mutating func freshID() -> TaskID {
            nextID += 1
            return Sample.id(nextID)
        }

        mutating func path() -> String { Self.paths[Int.random(in: 0..<Self.paths.count, using: &generator)] }

        mutating func step() throws {
            let path = path()
            let key = try Sample.resource(path).key
            switch Int.random(in: 0..<9, using: &generator) {
            case 0, 1: changeWatch(key)
            case 2, 3: try addTask(path, key)
            case 4: endTask(key)
            case 5: dropSomeTask()
            case 6:
                let resource = try Sample.resource(path)
                state.catalog.put(resource)
                resources[key] = resource
            case 7:
                state.catalog.dropResource(key)
                if resources.removeValue(forKey: key) != nil { revisions[key] = nil }
            default: changeRevision(key)
            }
        }

        private mutating func changeWatch(_ key: ResourceKey) {
            if let watch = watches.values.first(where: { $0.key == key }) {
                state.agenda.dropWatch(watch.id)
                watches[watch.id] = nil
            } else {
                guard let interval = try? Interval(minutes: 5) else { return }
                let watch = WatchTask(
                    id: freshID(), owner: Sample.owner, role: .root, uri: key.uri,
                    source: Source(fetcher: "file", location: "/a"), interval: interval, createdAt: Sample.now)
                state.agenda.put(watch)
                watches[watch.id] = watch
            }
        }

        /// At most one runs at a target and one waits, as the engine has it.
        private mutating func addTask(_ path: String, _ key: ResourceKey) throws {
            guard pending(key) == nil else { return }
            let watch = watches.values.first { $0.key == key }?.id
            let task = try Sample.task(nextID + 1, watch: watch, at: path)
            _ = freshID()
            state.agenda.put(task)
            tasks[task.id] = task
        }

        private mutating func endTask(_ key: ResourceKey) {
            if var task = running(key) {
                task.status = generator.once(in: 2) ? .completed : .cancelling
                state.agenda.put(task)
                tasks[task.id] = task
            } else if var task = pending(key) {
                task.status = .running
                state.agenda.put(task)
                tasks[task.id] = task
            }
        }

        private mutating func dropSomeTask() {
            let ids = tasks.keys.sorted { $0.low < $1.low }
            guard let id = ids.randomElement(using: &generator) else { return }
            state.agenda.dropTask(id)
            tasks[id] = nil
        }

        private mutating func changeRevision(_ key: ResourceKey) {
            guard resources[key] != nil else { return }
            let number = Int.random(in: 1...4, using: &generator)
            if generator.once(in: 3) {
                state.catalog.dropRevision(number, of: key)
                revisions[key]?[number] = nil
            } else {
                let revision = Revision(
                    number: number, pack: PackName.make(task: Sample.id(1), number: 1),
                    digest: Digest(words: SIMD4(repeating: generator.next())), at: Sample.now, task: Sample.id(1),
                    changes: ChangeCounts(), documents: 1, bytes: 1, sequence: 1, packs: [])
                state.catalog.put(revision, of: key)
                revisions[key, default: [:]][number] = revision
            }
        }

        func running(_ key: ResourceKey) -> TaskRecord? {
            tasks.values.first { $0.key == key && $0.status.isRunning }
        }

        func pending(_ key: ResourceKey) -> TaskRecord? {
            tasks.values.first { $0.key == key && $0.status == .pending }
        }
    }

    private func compare(_ state: State, _ pair: Pair) throws {
        #expect(Set(state.watches.values) == Set(pair.watches.values))
        #expect(Set(state.tasks.values) == Set(pair.tasks.values))
        #expect(Set(state.resources.values) == Set(pair.resources.values))
        let revisionCount = pair.revisions.values.reduce(0) { $0 + $1.count }
        #expect(state.recordCount == pair.watches.count + pair.tasks.count + pair.resources.count + revisionCount)
        #expect(Set(state.runningTasks) == Set(pair.tasks.values.filter(\.status.isRunning)))
        #expect(Set(state.pendingTasks) == Set(pair.tasks.values.filter { $0.status == .pending }))
        for path in Pair.paths {
            let key = try Sample.resource(path).key
            #expect(state.watch(at: key) == pair.watches.values.first { $0.key == key })
            #expect(state.runningTask(at: key) == pair.running(key))
            #expect(state.pendingTask(at: key) == pair.pending(key))
            #expect(state.revisions(of: key) == (pair.revisions[key] ?? [:]).values.sorted { $0.number < $1.number })
        }
        for path in ["a", "a/x", "c", "c/f", "c/f/h", "c/f/h/i/x/y", "j", "j/k", "z"] {
            let uri = try Sample.uri(path)
            let below = pair.resources.values.contains { $0.uri != uri && $0.uri.isWithin(uri) }
            #expect(state.hasRoots(below: uri, account: "default") == below, "\(path)")
            let containing = pair.resources.values.filter { uri.isWithin($0.uri) }.max { $0.uri < $1.uri }
            #expect(state.resource(containing: uri, account: "default") == containing, "\(path)")
            #expect(state.resource(containing: uri, account: "other") == nil)
        }
        for watch in pair.watches.keys {
            let runs = pair.tasks.values.filter { $0.watch == watch }.map(\.id).sorted { $0.low < $1.low }
            #expect(state.tasks(ofWatch: watch) == runs)
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func itsIndexesSayWhatItsRecordsSay(_ seed: UInt64) throws {
        var pair = Pair(seed: seed)
        for step in 0..<1200 {
            try pair.step()
            if step.isMultiple(of: 40) { try compare(pair.state, pair) }
        }
        // A state that is read back has the same indexes.
        pair.state.sequence = 5
        let read = try read(StateFile.snapshot(of: pair.state, at: Sample.now)).get().state
        try compare(read, pair)
        #expect(Array(read.watches.values) == Array(pair.state.watches.values))
        #expect(Array(read.tasks.values) == Array(pair.state.tasks.values))
        for task in pair.tasks.values {
            guard let watch = task.watch else { continue }
            #expect(read.tasks(ofWatch: watch) == pair.state.tasks(ofWatch: watch))
        }
    }

    @Test func revisionsWithoutTheirResourceSurviveASnapshot() throws {
        var random = RandomRecords(seed: 3)
        var state = State(identity: State.Identity(store: Sample.id(1), epoch: 1, generation: 1))
        let orphan = try random.revision()
        state.catalog.put(orphan.revision, of: orphan.key)
        let chain = try read(StateFile.snapshot(of: state, at: Sample.now)).get()
        #expect(chain.state.revisions(of: orphan.key) == [orphan.revision])
    }

    @Test func aTransactionSeesWhatItHasWritten() throws {
        var transaction = Transaction(state: .empty, now: Sample.now)
        let watch = try Sample.watch(1)
        transaction.put(watch)
        #expect(transaction.state.watches[watch.id] == watch)
        transaction.dropWatch(watch.id)
        #expect(transaction.state.watches.count == 0)
        #expect(transaction.recordCount == 2)
        #expect(transaction.sequence == 1)
    }
}
