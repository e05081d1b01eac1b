// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import OVTestTraits
import Synchronization
import Testing

/// Work that blocks, on one thread.
private actor Worker {
    private let executor: ThreadExecutor
    private var log: [Int] = []
    private var isInside = false

    init(on executor: ThreadExecutor) { self.executor = executor }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func thread() -> String { currentThread() }

    func append(_ number: Int) -> Bool {
        let overlaps = isInside
        isInside = true
        // Long enough for another one to come in between, if it could.
        usleep(100)
        log.append(number)
        isInside = false
        return overlaps
    }

    func entries() -> [Int] { log }
}

@Suite(.inTurn) struct ThreadExecutorTests {
    @Test("An actor's work runs on one thread, which is none of the cooperative pool")
    func oneThread() async {
        let worker = Worker(on: ThreadExecutor())
        var own: Set<String> = []
        for _ in 0..<20 {
            own.insert(await worker.thread())
            await Task.yield()
        }
        #expect(own.count == 1)
        let pool = await withTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { currentThread() } }
            return await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(own.isDisjoint(with: pool))
    }

    @Test("Calls of one task run in their order, and calls of many never overlap")
    func serial() async {
        let worker = Worker(on: ThreadExecutor())
        let overlapped = await withTaskGroup(of: Bool.self) { group in
            for task in 0..<20 {
                group.addTask {
                    var overlapped = false
                    for step in 0..<20 where await worker.append(task * 100 + step) { overlapped = true }
                    return overlapped
                }
            }
            return await group.contains(true)
        }
        #expect(!overlapped)
        let log = await worker.entries()
        #expect(log.count == 400)
        for task in 0..<20 { #expect(log.filter { $0 / 100 == task } == (0..<20).map { task * 100 + $0 }) }
    }

    @Test("The thread ends with its executor")
    func ends() async {
        let thread = await Worker(on: ThreadExecutor()).thread()
        #expect(await hasEnded(thread))
    }
}

@Suite(.inTurn) struct ThreadPoolTests {
    @Test("Tasks that prefer the pool run on its threads, however many they are")
    func manyTasks() async {
        let pool = ThreadPool(count: 3)
        let threads = await withTaskGroup(of: String.self) { group in
            for _ in 0..<5000 { group.addTask(executorPreference: pool) { currentThread() } }
            return await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(threads.count == 5000)
        #expect(Set(threads).count <= pool.count && pool.count == 3)
    }

    @Test("Tasks that block on the pool block neither one another nor the cooperative pool")
    func blocking() async throws {
        let pool = ThreadPool(count: 2)
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        let received = await withTaskGroup(of: UInt8?.self) { group in
            group.addTask(executorPreference: pool) {
                var byte: UInt8 = 0
                return read(readEnd, &byte, 1) == 1 ? byte : nil
            }
            group.addTask(executorPreference: pool) {
                var byte: UInt8 = 42
                return write(writeEnd, &byte, 1) == 1 ? byte : nil
            }
            return await group.reduce(into: [UInt8?]()) { $0.append($1) }
        }
        #expect(received == [42, 42])
    }

    @Test("A preference covers what is called inside, and ends with it")
    func preference() async {
        let pool = ThreadPool(count: 1)
        let inside = await withTaskExecutorPreference(pool) {
            await Task.yield()
            return currentThread()
        }
        let again = await withTaskExecutorPreference(pool) { currentThread() }
        #expect(inside == again)
    }

    @Test("By default a pool has at least two threads")
    func count() {
        #expect(ThreadPool().count >= 2)
    }

    @Test("The threads end with their pool")
    func ends() async {
        let threads = await withTaskGroup(of: String.self) { group in
            let pool = ThreadPool(count: 4)
            for _ in 0..<100 { group.addTask(executorPreference: pool) { currentThread() } }
            return await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        for thread in threads { #expect(await hasEnded(thread)) }
    }
}

/// The thread that calls, as the system names it below `/proc`: `<process>/task/<thread>`.
private func currentThread() -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    let count = readlink("/proc/thread-self", &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// Whether a thread goes away, given some turns to do so.
private func hasEnded(_ thread: String) async -> Bool {
    for _ in 0..<1_000_000 {
        if access("/proc/" + thread, F_OK) != 0 { return true }
        await Task.yield()
    }
    return false
}
