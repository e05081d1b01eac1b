// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import OVTestTraits
import Testing

@Suite(.inTurn, .timeLimit(.minutes(20))) struct FolderWatcherTests {
    /// Reads events until one has come for `name`.
    private static func next(_ watcher: FolderWatcher, _ name: String, _ kind: FolderWatcher.Event.Kind) throws -> Bool
    {
        while let events = try watcher.next() {
            if events.contains(where: { $0.kind == kind && $0.name == name }) { return true }
        }
        return false
    }

    @Test func `writing, naming and closing are told with the file's name`() throws {
        let folder = try TemporaryFolder()
        let file = try Descriptor(opening: folder("a"), O_RDWR | O_CREAT)
        let watcher = try FolderWatcher(folder.path)
        try file.write([1])
        #expect(try Self.next(watcher, "a", .changed))
        #expect(rename(folder("a"), folder("b")) == 0)
        #expect(try Self.next(watcher, "b", .changed))
        do { _ = try Descriptor(opening: folder("b"), O_RDWR) }
        #expect(try Self.next(watcher, "b", .closed))
    }

    @Test func `who waits is let go when it is stopped, and when the folder goes`() async throws {
        let folder = try TemporaryFolder()
        #expect(mkdir(folder("gone"), 0o700) == 0)
        let (stopped, gone) = (try FolderWatcher(folder.path), try FolderWatcher(folder("gone")))
        try await withThrowingTaskGroup(of: Void.self) { group in
            let threads = ThreadPool(count: 2)
            for (watcher, name) in [(stopped, "none"), (gone, "none")] {
                group.addTask(executorPreference: threads) {
                    let isTold = try Self.next(watcher, name, .changed)
                    #expect(!isTold)
                }
            }
            #expect(rmdir(folder("gone")) == 0)
            stopped.stop()
            stopped.stop()
            try await group.waitForAll()
        }
    }

    @Test func `a folder that is not there cannot be watched`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: SystemError.self) { try FolderWatcher(folder("none")) }
        _ = try Descriptor(opening: folder("file"), O_RDWR | O_CREAT)
        #expect(throws: SystemError.self) { try FolderWatcher(folder("file")) }
    }
}
