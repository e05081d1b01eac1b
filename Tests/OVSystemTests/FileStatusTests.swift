// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import OVTestTraits
import Testing

@Suite(.inTurn) struct FileStatusTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("A file has a size, permissions and a time")
    func file() throws {
        let file = try Descriptor(opening: folder("a"), O_RDWR | O_CREAT, mode: 0o640)
        try file.write([UInt8](repeating: 1, count: 5000))
        // Past the umask of whoever runs the tests.
        #expect(chmod(folder("a"), 0o640) == 0)
        let times = [
            timespec(tv_sec: 1_000_000_000, tv_nsec: 5), timespec(tv_sec: 1_700_000_000, tv_nsec: 123_456_789),
        ]
        #expect(utimensat(AT_FDCWD, folder("a"), times, 0) == 0)
        let status = try FileStatus(of: folder("a"))
        #expect(status.kind == .file && status.size == 5000 && status.permissions == 0o640)
        #expect(status.modified == 1_700_000_000_123_456_789)
        #expect(status.changed > status.modified)
        #expect(status == (try file.status()))
    }

    @Test("Kinds are told apart, links followed only when asked to")
    func kinds() throws {
        let target = try Descriptor(opening: folder("a"), O_RDWR | O_CREAT)
        #expect(symlink("a", folder("link")) == 0)
        #expect(symlink("missing", folder("dangling")) == 0)
        #expect(mkfifo(folder("pipe"), 0o600) == 0)
        #expect(try FileStatus(of: folder("link")).inode == (try target.status().inode))
        #expect(try FileStatus(of: folder("link"), followingLinks: false).kind == .symbolicLink)
        #expect(try FileStatus(of: folder("dangling"), followingLinks: false).kind == .symbolicLink)
        #expect(try FileStatus(of: folder("pipe")).kind == .other)
        #expect(try FileStatus(of: folder.path).kind == .folder)
        #expect(try #require(throws: SystemError.self) { try FileStatus(of: folder("dangling")) }.errno == ENOENT)
        #expect(try #require(throws: SystemError.self) { try FileStatus(of: folder("a/b")) }.errno == ENOTDIR)
    }

    @Test("A file with a hole occupies less than its size")
    func sparse() throws {
        let file = try Descriptor(opening: folder("a"), O_RDWR | O_CREAT)
        try file.truncate(to: 64 << 20)
        let status = try file.status()
        #expect(status.size == 64 << 20 && status.allocated < 1 << 20)
    }

    @Test("Another file in the same place is another file")
    func identity() throws {
        let first = try Descriptor(opening: folder("a"), O_RDWR | O_CREAT)
        #expect(rename(folder("a"), folder("b")) == 0)
        _ = try Descriptor(opening: folder("a"), O_RDWR | O_CREAT)
        #expect(try FileStatus(of: folder("b")).inode == (try first.status().inode))
        #expect(try FileStatus(of: folder("a")).inode != (try first.status().inode))
        #expect(try FileStatus(of: folder("a")).device == (try first.status().device))
    }
}
