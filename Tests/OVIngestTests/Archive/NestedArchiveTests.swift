// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVIngest

/// Archives in archives, and what is done to make them dangerous.
@Suite(.inTurn) struct NestedArchiveTests {
    @Test func `an archive in an archive is a folder, two levels deep`() async throws {
        let third = PackedArchive.zip(["c.md": "c"])
        let second = PackedArchive.gzip(PackedArchive.tar(["b.md": Array("b".utf8), "third.zip": third]))
        let first = PackedArchive.tar(["a.md": Array("a".utf8), "second.tgz": second])
        let archive = try LocalArchive("x.zip", PackedArchive.zip(["lib/first.tar": first, "top.md": [0x74]]))
        let record = try await archive.record()
        #expect(
            record.paths == [
                "lib/first.tar/a.md", "lib/first.tar/second.tgz/b.md", "lib/first.tar/second.tgz/third.zip", "top.md",
            ])
        #expect(record.delivered["lib/first.tar/second.tgz/third.zip"]?.bytes == third)
        #expect(record.warnings.count == 1 && record.warnings[0].message.contains("too deep"))
        let again = try await archive.record(validators: record.validators)
        #expect(again.delivered.isEmpty && again.paths == record.paths)
    }

    @Test func `filters reach into an archive in an archive`() async throws {
        let inner = PackedArchive.zip(["a.md": "a", "b.txt": "b"])
        let files = ["one.zip": inner, "two.zip": inner, "c.md": [0x63]]
        let archive = try LocalArchive("x.tar", PackedArchive.tar(files))
        #expect(try await archive.record(include: ["*.md"]).paths == ["c.md", "one.zip/a.md", "two.zip/a.md"])
        #expect(
            try await archive.record(exclude: ["two.zip"]).paths == ["c.md", "one.zip/a.md", "one.zip/b.txt"])
    }

    /// What looks like an archive and is none that can be read, or leads out of its folder.
    @Test(arguments: ["foreign", "damaged", "escape", "absolute", "twice", "link"])
    func `one that cannot be read is kept as it is`(_ kind: String) async throws {
        var tar = TarBytes()
        switch kind {
        case "foreign": tar.add(filled: Array("no archive at all".utf8))
        case "damaged":
            tar.add("a.md", "a")
            tar.add(filled: [UInt8](repeating: 7, count: 512))
        case "escape": tar.add("../../a.md", "a")
        case "absolute": tar.add("/etc/a.md", "a")
        case "twice":
            tar.add("a.md", "a")
            tar.add("a.md", "b")
        default:
            tar.add("a.md", type: "2")
            tar.add("b.md", "b")
        }
        tar.end()
        let record = try await LocalArchive("x.zip", PackedArchive.zip(["in.tar": tar.bytes, "c.md": [0x63]])).record()
        #expect(record.paths == (kind == "link" ? ["c.md", "in.tar/b.md"] : ["c.md", "in.tar"]))
        #expect(record.warnings.count == 1)
        #expect(record.warnings(about: kind == "link" ? "in.tar" : nil).count == 1)
    }

    /// Zeros, so that a few bytes say many.
    private static func bomb(_ megabytes: Int) -> [UInt8] {
        PackedArchive.zip(["zeros.bin": [UInt8](repeating: 0, count: megabytes << 20)])
    }

    @Test func `a bomb is not let off`() async throws {
        let failure = try await LocalArchive("x.zip", Self.bomb(8)).failure()
        #expect(failure.cause == "limit_exceeded" && failure.message.contains("200 times"))
        let tar = PackedArchive.gzip(PackedArchive.tar(["zeros.bin": [UInt8](repeating: 0, count: 8 << 20)]))
        #expect(try await LocalArchive("x.tgz", tar).failure().cause == "limit_exceeded")
        var limits = Limits()
        limits.documentBytes = 1 << 20
        let text = PackedArchive.gzip([UInt8](repeating: 0x61, count: 8 << 20))
        #expect(try await LocalArchive("x.txt.gz", text).failure(limits: limits).cause == "limit_exceeded")
    }

    /// As in 42.zip: a bomb in each of many archives, level upon level.
    @Test func `many bombs in one archive stay what they are`() async throws {
        let bomb = Self.bomb(8)
        let level = PackedArchive.zip(Dictionary(uniqueKeysWithValues: (0..<16).map { ("\($0).zip", bomb) }))
        let whole = PackedArchive.zip(Dictionary(uniqueKeysWithValues: (0..<16).map { ("\($0).zip", level) }))
        let record = try await LocalArchive("42.zip", whole).record()
        #expect(record.delivered.values.allSatisfy { $0.bytes == bomb || $0.bytes == level })
        #expect(record.warnings.contains { $0.message.contains("cannot be unpacked") })
        let bytes = record.delivered.values.reduce(0) { $0 + $1.bytes.count }
        #expect(bytes <= 200 * whole.count + 1 << 20)
    }

    @Test func `what is in archives in it counts as well`() async throws {
        let inner = PackedArchive.zip(
            Dictionary(uniqueKeysWithValues: (0..<20).map { ("\($0).md", String(repeating: "x", count: 50)) }))
        let archive = try LocalArchive("x.tar", PackedArchive.tar(["in.zip": inner, "z.md": [0x7A]]))
        var few = Limits()
        few.documentsPerIngest = 10
        #expect(try await archive.record(limits: few).paths == ["in.zip", "z.md"])
        var small = Limits()
        small.bytesPerIngest = Int64(inner.count + 999)
        #expect(try await archive.record(limits: small).paths == ["in.zip", "z.md"])
    }

    @Test func `an archive that holds itself comes to an end`() async throws {
        // Not quite itself, but as deep as anybody likes.
        var bytes = PackedArchive.zip(["deep.md": "deep"])
        for _ in 0..<40 { bytes = PackedArchive.zip(["r.zip": bytes]) }
        let record = try await LocalArchive("r.zip", bytes).record()
        #expect(record.paths == ["r.zip/r.zip/r.zip"])
    }

    @Test func `names that differ in case are two`() async throws {
        let archive = try LocalArchive("x.zip", PackedArchive.zip(["A.md": "1", "a.md": "2"]))
        #expect(try await archive.record().paths == ["A.md", "a.md"])
    }
}
