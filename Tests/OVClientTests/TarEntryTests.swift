// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVAPI
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVClient

/// What is uploaded of a folder is an archive that programs for archives understand.
@Suite(.inTurn) struct TarEntryTests {
    @Test(.enabled(if: access("/usr/bin/tar", X_OK) == 0))
    func `a folder becomes an archive of its files, of whatever names and lengths`() async throws {
        let folder = try TemporaryFolder()
        let long = String(repeating: "long-name-", count: 14)
        let files: [String: [UInt8]] = [
            "a.md": Array("# A\n".utf8), "empty": [], "block": [UInt8](repeating: 1, count: 512),
            "large": (0..<(300 << 10) + 1).map { UInt8(truncatingIfNeeded: $0) }, "ü/ö \"x\".txt": [1],
            "\(long)/\(long)/deep.txt": [2, 3], String(repeating: "n", count: 100): [4],
            String(repeating: "m", count: 101): [5],
        ]
        for (name, bytes) in files { try folder.write("docs/\(name)", bytes) }
        for left in ["docs/.git/config", "docs/sub/node_modules/x.js", "outside.txt"] { try folder.write(left, "no") }
        try folder.makeLink("docs/link", to: "../outside.txt")
        try folder.makeFIFO("docs/fifo")
        let source = try #require(LocalSource(IngestRequest(path: folder.path("docs"))))
        var content = try UploadContent(of: source, ignoring: ["node_modules"])
        var archive: [UInt8] = []
        while let piece = try content.next() { archive += piece }
        #expect(archive.count % TarEntry.blockSize == 0)
        try folder.write("docs.tar", archive)
        try folder.makeFolder("out")
        let unpacking = try await ChildProcess(
            .init(
                "/usr/bin/tar", ["-x", "-f", folder.path("docs.tar"), "-C", folder.path("out")],
                environment: ["LC_ALL": "C.UTF-8"])
        ).wait()
        #expect(unpacking.status == 0 && unpacking.errors.isEmpty, "\(unpacking.errors)")
        for (name, bytes) in files { #expect(try folder.read("out/\(name)") == bytes, "\(name.prefix(20))") }
        for left in ["out/.git", "out/sub", "out/link", "out/fifo"] { #expect(access(folder.path(left), F_OK) != 0) }
    }

    @Test(arguments: [
        (".", "here"), ("..", "top"), ("./a/../b", "b"), ("/", "root"), ("file", "file"), ("a/", "a"),
    ])
    func `a source is called what its path means`(path: String, name: String) throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("top/here/a")
        try folder.makeFolder("top/here/b")
        try folder.write("top/here/file", "x")
        let source = try #require(
            LocalSource(IngestRequest(path: path, workingDirectory: folder.path("top/here"))))
        #expect(source.name == name)
    }

    @Test(arguments: [
        "https://example.com/x", "file:///etc/hosts", "", "nothing-here", "git@example.com:a/b.git", "x\0y",
    ])
    func `what is no place of this machine is left to the server`(path: String) {
        #expect(LocalSource(IngestRequest(path: path, workingDirectory: "/nowhere")) == nil)
        #expect(LocalSource(IngestRequest(path: "/etc", fetcher: "wiki")) == nil)
    }
}
