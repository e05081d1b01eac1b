// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVStore
import OVSystem
import OVTestSupport
import OVTestTraits
import Synchronization
import Testing

/// What a reader learns of others' commits, and what it costs to learn that there is none.
@Suite(.inTurn) struct RefreshTests {
    @Test func whoReadsAStoreThatStandsStillWaitsForNobody() async throws {
        let home = try TestHome()
        let store = try await home.open(LaterFileSystem())
        try await store.put(1)
        try await store.refresh()
        let (isIn, mayEnd) = (Latch(), Latch())
        try await withThrowingTaskGroup(of: Void.self) { group in
            // The store's thread is in the middle of a commit, and does not come out of it.
            group.addTask {
                try await store.commit { (_: inout Transaction) throws(OVError) in
                    isIn.open()
                    mayEnd.wait()
                }
            }
            while !isIn.isOpen { await Task.yield() }
            try await store.refresh()
            #expect(store.watchIDs == [Sample.id(1)])
            mayEnd.open()
            try await group.waitForAll()
        }
    }

    @Test func everyCommitOfOthersIsSeenAtOnce() async throws {
        let home = try TestHome()
        let (writer, reader) = (try await home.open(), try await home.open(LaterFileSystem()))
        for number in 1...50 {
            try await writer.put(number)
            if number % 20 == 0 { try await writer.compact() }
            try await reader.refresh()
            #expect(reader.watchIDs.count == number)
            try await reader.refresh()
            #expect(reader.watchIDs == writer.watchIDs)
        }
        try home.remove("state.json.gz")
        await #expect(throws: OVError.self) { try await reader.refresh() }
    }
}

/// The machine's file system some seconds later, when whatever is done shows in a file's status.
private struct LaterFileSystem: FileSystem {
    private let local = LocalFileSystem()

    var time: Timestamp { Timestamp(milliseconds: SystemClock().now().milliseconds + 5_000) }

    func open(_ path: String, _ access: FileAccess) throws(SystemError) -> any OpenFile {
        try local.open(path, access)
    }
    func status(of path: String) throws(SystemError) -> FileStatus? { try local.status(of: path) }
    func names(in folder: String) throws(SystemError) -> [String] { try local.names(in: folder) }
    func createFolder(_ path: String) throws(SystemError) { try local.createFolder(path) }
    func rename(_ path: String, to target: String) throws(SystemError) { try local.rename(path, to: target) }
    func link(_ path: String, to target: String) throws(SystemError) { try local.link(path, to: target) }
    func remove(_ path: String) throws(SystemError) { try local.remove(path) }
    func synchronizeFolder(_ path: String) throws(SystemError) { try local.synchronizeFolder(path) }
}

/// Lets a thread wait for a test, and a test look whether it does.
private final class Latch: Sendable {
    private let state = Atomic(false)

    var isOpen: Bool { state.load(ordering: .sequentiallyConsistent) }
    func open() { state.store(true, ordering: .sequentiallyConsistent) }
    /// On the store's thread, which is there to be blocked.
    func wait() { while !isOpen { usleep(200) } }
}
