// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import OVTestTraits
import Testing

@Suite(.inTurn) struct DescriptorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func create(_ name: String, _ bytes: [UInt8] = []) throws -> Descriptor {
        let file = try Descriptor(opening: folder(name), O_RDWR | O_CREAT)
        try file.write(bytes)
        return file
    }

    @Test("What is written is read back, at any offset")
    func roundTrip() throws {
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let file = try create("a", bytes)
        #expect(try file.read(bytes.count, at: 0) == bytes)
        #expect(try file.read(10, at: 123_456) == Array(bytes[123_456..<123_466]))
    }

    @Test(
        "Reading past the end gives what there is",
        arguments: [(0, 5, 5), (3, 5, 2), (5, 5, 0), (100, 5, 0), (0, 0, 0), (0, 1 << 20, 5)] as [(Int64, Int, Int)])
    func shortReads(offset: Int64, count: Int, expected: Int) throws {
        let file = try create("a", Array("12345".utf8))
        #expect(try file.read(count, at: offset).count == expected)
    }

    @Test("Writing at an offset leaves the rest, and goes beyond the end with a hole")
    func writeAt() throws {
        let file = try create("a", Array("12345".utf8))
        try file.write(Array("xy".utf8), at: 1)
        try file.write([33], at: 7)
        #expect(try file.read(100, at: 0) == Array("1xy45".utf8) + [0, 0, 33])
        try file.write([], at: 0)
        #expect(try file.status().size == 8)
    }

    @Test("Writing without an offset goes on where the last one ended")
    func sequential() throws {
        let file = try create("a", [1])
        try file.write([2, 3])
        try file.write([])
        try file.write([4])
        #expect(try file.read(10, at: 0) == [1, 2, 3, 4])
    }

    @Test("Cutting and syncing work on the open file")
    func truncate() throws {
        let file = try create("a", [1, 2, 3])
        try file.truncate(to: 1)
        try file.synchronize()
        #expect(try file.status().size == 1)
        try file.truncate(to: 4)
        #expect(try file.read(10, at: 0) == [1, 0, 0, 0])
    }

    @Test("A name is opened inside an open folder, whatever bytes it has")
    func openAt() throws {
        _ = try create("é x", [7])
        let open = try Descriptor(opening: folder.path, O_RDONLY | O_DIRECTORY)
        let file = try Descriptor(opening: "é x".utf8.map { CChar(bitPattern: $0) }, in: open, O_RDONLY)
        #expect(try file.read(1, at: 0) == [7])
        #expect(file.path == folder("é x"))
        let error = try #require(throws: SystemError.self) {
            try Descriptor(opening: [CChar(bitPattern: 0xFF)], in: open, O_RDONLY)
        }
        #expect(error.errno == ENOENT)
    }

    @Test("Children inherit no descriptor, and one is closed with its last reference")
    func closing() throws {
        var file: Descriptor? = try create("a")
        let number = try #require(file?.number)
        #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
        let inode = try #require(try file?.status().inode)
        file = nil
        // Another test may have got the number since, but then for another file.
        var status = stat()
        #expect(fstat(number, &status) != 0 || UInt64(status.st_ino) != inode)
    }

    @Test("A failure says what was attempted, on what, and why")
    func failures() throws {
        let missing = try #require(throws: SystemError.self) { try Descriptor(opening: folder("no"), O_RDONLY) }
        #expect(missing.errno == ENOENT)
        #expect(missing.description == "cannot open \(folder("no")): No such file or directory")

        _ = try create("a")
        let readOnly = try Descriptor(opening: folder("a"), O_RDONLY)
        #expect(try #require(throws: SystemError.self) { try readOnly.write([1]) }.errno == EBADF)
        #expect(try #require(throws: SystemError.self) { try readOnly.write([1], at: 0) }.operation == "write to")
        #expect(throws: SystemError.self) { try readOnly.truncate(to: 0) }
        let open = try Descriptor(opening: folder.path, O_RDONLY)
        #expect(try #require(throws: SystemError.self) { try open.read(1, at: 0) }.errno == EISDIR)
    }
}
