// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// Tar archives that were uploaded; what is in them is for the tests of the reader.
@Suite(.inTurn) struct TarUploadTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("docs/a.md", "# A")
        try folder.write("docs/sub/b.md", String(repeating: "long ", count: 50_000))
        try folder.write("docs/sub/c.bin", [1, 2, 3, 0])
    }

    @Test(arguments: ["docs.tar", "docs.tar.gz", "docs.tgz"])
    func `a tar becomes a folder`(_ name: String) async throws {
        let packing = name == "docs.tar" ? "-cf" : "-czf"
        let bytes = try await UploadedArchive.bytes(["tar", packing, "-", "a.md", "sub"], in: folder.path("docs"))
        let upload = try UploadedArchive(name, bytes)
        let record = try await upload.record()
        #expect(record.delivered.keys.sorted() == ["a.md", "sub/b.md", "sub/c.bin"])
        #expect(record.texts["sub/b.md"]?.utf8.count == 250_000)
        #expect(!upload.isThere)
    }

    @Test(arguments: [("docs.tar.gz", "not packed with gzip"), ("docs.tar", "not a tar archive")])
    func `something else is no archive`(_ name: String, _ words: String) async throws {
        let failure = try await UploadedArchive(name, Array(String(repeating: "hello", count: 300).utf8)).failure()
        #expect(failure.message.contains(words), "\(failure)")
    }

    @Test func `one that was cut off is refused`() async throws {
        let bytes = try await UploadedArchive.bytes(["tar", "-czf", "-", "docs"], in: folder.path)
        let failure = try await UploadedArchive("docs.tgz", Array(bytes.dropLast(20))).failure()
        #expect(failure.cause == "bad_archive", "\(failure)")
    }
}
