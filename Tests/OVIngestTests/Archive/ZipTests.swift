// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVIngest

/// What becomes of zip archives that other programs wrote.
@Suite(.inTurn) struct ZipTests {
    /// Python programs that all write the same three files.
    private static let writers = [
        "deflated": "z = zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED)",
        "stored": "z = zipfile.ZipFile(out, 'w', zipfile.ZIP_STORED)",
        "with a comment": "z = zipfile.ZipFile(out, 'w'); z.comment = b'PK\\5\\6' + b'x' * 40",
        "behind a program": "out.write(b'#!/bin/sh\\nexit\\n' * 99); z = zipfile.ZipFile(out, 'a')",
        "to a pipe": """
        class Pipe(io.RawIOBase):
            def writable(self): return True
            def write(self, data): return out.write(data)
        z = zipfile.ZipFile(Pipe(), 'w', zipfile.ZIP_DEFLATED)
        """,
    ]
    private static let files = ["a.md": "# A\n", "empty": "", "folder/ünï ファイル.md": "text " + text]
    private static let text = String(repeating: "many words ", count: 40_000)
    private static let write = """
        z.mkdir('folder') if hasattr(z, 'mkdir') else z.writestr('folder/', '')
        z.writestr('a.md', '# A\\n')
        z.writestr('empty', '')
        z.writestr('folder/ünï ファイル.md', 'text ' + 'many words ' * 40000)
        z.close()
        """

    @Test(arguments: writers.keys.sorted())
    func `what Python writes is read`(_ writer: String) async throws {
        let program = try #require(Self.writers[writer]) + "\n" + Self.write
        let upload = try await UploadedArchive.python("docs.ZIP", program)
        let record = try await upload.record()
        #expect(record.texts == Self.files)
        #expect(record.warnings.isEmpty)
        #expect(record.expected.last == 3)
        #expect(!upload.isThere)
    }

    @Test func `numbers of 64 bits are read`() async throws {
        let upload = try await UploadedArchive.python(
            "a.zip",
            """
            z = zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED)
            for name in ('a.md', 'b.md'):
                with z.open(name, 'w', force_zip64=True) as member: member.write(name.encode())
            zipfile.ZIP64_LIMIT = zipfile.ZIP_FILECOUNT_LIMIT = 1
            z.close()
            """)
        #expect(try await upload.record().texts == ["a.md": "a.md", "b.md": "b.md"])
    }

    @Test func `more files than 16 bits count are read`() async throws {
        let upload = try await UploadedArchive.python(
            "a.zip",
            """
            z = zipfile.ZipFile(out, 'w')
            for number in range(70000): z.writestr(f'{number % 100}/{number}', '')
            z.close()
            """)
        #expect(try await upload.record().delivered.count == 70_000)
    }

    @Test func `filters hold for paths in an archive`() async throws {
        let upload = try await UploadedArchive.python(
            "a.zip",
            """
            z = zipfile.ZipFile(out, 'w')
            for name in ('a.md', 'b.txt', 'sub/c.md', 'old/d.md', '.git/config', 'sub/.git/x.md'): z.writestr(name, name)
            z.close()
            """)
        var options = Source.Options()
        options.include = ["*.md"]
        options.ignoredDirectories = ["old"]
        #expect(try await upload.record(options: options).texts.keys.sorted() == ["a.md", "sub/c.md"])
    }

    /// Bytes of a name in the archive, whether it says that they are UTF-8, on what system, and the path.
    @Test(arguments: [
        ("b'\\x81ber.md'", 0, 3, "über.md"), ("'über.md'.encode()", 0, 3, "über.md"),
        ("'über.md'.encode()", 0x800, 0, "über.md"), ("b'a\\\\b\\\\c.md'", 0, 0, "a/b/c.md"),
        ("b'a\\\\b.md'", 0, 3, "a\\b.md"), ("b'./a//b.md'", 0, 3, "a/b.md"), ("b'x\\xff.md'", 0x800, 3, "x%FF.md"),
        ("'u\\u0308.md'.encode()", 0x800, 3, "ü.md"),
    ])
    func `a name is read in the character set that it is in`(
        _ bytes: String, _ flag: Int, _ host: Int, _ path: String
    ) async throws {
        let record = try await Self.named(bytes, flag, host).record()
        #expect(record.delivered.keys.sorted() == [path])
        #expect(record.warnings(about: path).count == (path.contains("%FF") ? 1 : 0))
    }

    /// Names that lead out, or nowhere.
    @Test(arguments: [
        "b'../a.md'", "b'a/../../b'", "b'/etc/passwd'", "b'a\\\\..\\\\..\\\\b'", "b'C:\\\\a.md'",
        "b'\\\\\\\\host\\\\a'", "b''", "b'.'",
        "b'a\\0b'", "b'../x/'",
    ])
    func `a path stays inside`(_ bytes: String) async throws {
        let upload = try await Self.named(bytes, 0, 0)
        let failure = try await upload.failure()
        #expect(failure.cause == "bad_archive" && failure.persistence == .permanent, "\(failure)")
        #expect(upload.isThere)
    }

    /// An archive with one file whose name is any bytes.
    private static func named(_ bytes: String, _ flag: Int, _ host: Int) async throws -> UploadedArchive {
        try await UploadedArchive.python(
            "a.zip",
            """
            name = \(bytes)
            local = struct.pack('<4sHHHHHIIIHH', b'PK\\3\\4', 20, \(flag), 0, 0, 33, 0, 0, 0, len(name), 0) + name
            entry = struct.pack('<4sBBHHHHHIIIHHHHHII', b'PK\\1\\2', 20, \(host), 20, \(flag), 0, 0, 33, 0, 0, 0,
                len(name), 0, 0, 0, 0, 0, 0) + name
            out.write(local + entry)
            out.write(struct.pack('<4sHHHHIIH', b'PK\\5\\6', 0, 0, 1, 1, len(entry), len(local), 0))
            """)
    }

    @Test func `what no document can be made of is left out and said`() async throws {
        let upload = try await UploadedArchive.python(
            "a.zip",
            """
            z = zipfile.ZipFile(out, 'w')
            def put(name, mode):
                info = zipfile.ZipInfo(name); info.external_attr = mode << 16; info.create_system = 3
                z.writestr(info, '/etc/passwd')
            put('link', 0o120777); put('another', 0o120777); put('device', 0o020644); put('a.md', 0o100644)
            z.writestr('packed.md', 'x' * 99, zipfile.ZIP_BZIP2)
            z.writestr('large.md', 'x' * 1001)
            z.writestr('long/' * 500 + 'x', 'x')
            z.close()
            """)
        var limits = Limits()
        limits.documentBytes = 1000
        let record = try await upload.record(limits: limits)
        #expect(record.texts == ["a.md": "/etc/passwd"])
        #expect(record.warnings(about: "packed.md").map(\.isUnchecked) == [true])
        #expect(record.warnings(about: "large.md").map(\.isUnchecked) == [true])
        #expect(
            record.warnings(about: nil).map(\.message) == [
                "1 device was left out (device)", "2 symbolic links were left out (first: link)",
                "1 with a path that is too long for an address: left out",
            ])
    }

    @Test func `a name that stands in two forms counts in Unicode`() async throws {
        let upload = try await UploadedArchive.python(
            "a.zip",
            """
            zlib = zipfile.zlib
            z = zipfile.ZipFile(out, 'w')
            for name, right in ((b'one.md', True), (b'two.md', False)):
                info = zipfile.ZipInfo(name.decode())
                sum = zlib.crc32(name if right else b'other')
                unicode = 'ein ä.md'.encode()
                info.extra = struct.pack('<HHBI', 0x7075, 5 + len(unicode), 1, sum) + unicode
                info.extra += struct.pack('<HHBi', 0x5455, 5, 1, -5)
                z.writestr(info, 'x')
            z.close()
            """)
        let file = try Descriptor(opening: upload.folder.path("uploads/\(upload.reference.id)/a.zip"), 0)
        let members = try ZipReader(.file(file), limits: ArchiveLimits(Limits())).members
        #expect(members.map(\.entry.modified) == [-5, -5])
        #expect(try await upload.record().texts.keys.sorted() == ["ein ä.md", "two.md"])
    }
}
