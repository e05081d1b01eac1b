// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// What the reader makes of archives that nobody should have written.
@Suite(.inTurn) struct ZipBadInputTests {
    private static let small = """
        z = zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED)
        z.writestr('a.md', '# A\\n' * 50)
        z.writestr('b/c.md', 'more ' * 50)
        z.writestr(zipfile.ZipInfo('d.md'), 'stored')
        z.close()
        """

    private static func small() async throws -> [UInt8] {
        let upload = try await UploadedArchive.python("a.zip", small)
        return try upload.folder.read("uploads/\(upload.reference.id)/a.zip")
    }

    /// Changes made to a good archive, and what is said.
    @Test(arguments: [
        ("out.seek(0); out.truncate()", "not a zip"),
        ("data = b'hello'; out.seek(0); out.truncate(); out.write(data)", "not a zip"),
        ("out.truncate(out.tell() - 5)", "ends too early"),
        ("out.seek(0, 2); out.write(b'x')", "ends too early"),
        ("patch(b'PK\\5\\6', 10, '<H', 9)", "lists 3"),
        ("patch(b'PK\\5\\6', 4, '<H', 1)", "several files"),
        ("patch(b'PK\\5\\6', 12, '<I', 0x7fffffff)", "not where it says"),
        ("patch(b'PK\\5\\6', 12, '<I', 20)", "cannot be read"),
        ("patch(b'PK\\1\\2', 8, '<H', 1)", "encrypted"),
        ("patch(b'PK\\1\\2', 28, '<H', 60000)", "cannot be read"),
        ("patch(b'PK\\1\\2', 16, '<I', 1)", "two ways"),
        ("patch(b'PK\\1\\2', 16, '<I', 1); patch(b'PK\\3\\4', 14, '<I', 1)", "other content"),
        ("patch(b'PK\\1\\2', 20, '<I', 0x7fffffff)", "something else"),
        ("patch(b'PK\\1\\2', 24, '<I', 10); patch(b'PK\\3\\4', 22, '<I', 10)", "cannot be unpacked"),
        ("patch(b'PK\\1\\2', 24, '<I', 1000); patch(b'PK\\3\\4', 22, '<I', 1000)", "other content"),
        ("patch(b'PK\\1\\2', 42, '<I', 7)", "something else"),
        ("patch(b'PK\\1\\2', 42, '<I', 0xffffffff)", "something else"),
        ("patch(b'PK\\3\\4', 8, '<H', 0)", "two ways"),
        ("patch(b'PK\\3\\4', 30, '<B', 120)", "two ways"),
        ("patch(b'PK\\3\\4', 28, '<H', 60000)", "reaches into"),
        ("patch(b'PK\\3\\4', 40, '<I', 0xffffffff)", "cannot be unpacked"),
    ])
    func `damage is said`(_ change: String, _ words: String) async throws {
        let upload = try await UploadedArchive.python(
            "a.zip",
            Self.small + """

                def patch(signature, place, format, value):
                    start = out.getvalue().index(signature)
                    out.seek(start + place)
                    out.write(struct.pack(format, value))
                    out.seek(0, 2)
                """ + "\n" + change)
        let failure = try await upload.failure()
        #expect(failure.message.contains(words), "\(failure)")
        #expect(failure.hint != nil)
        #expect(upload.isThere)
    }

    @Test func `one path may come once`() async throws {
        let upload = try await UploadedArchive.python(
            "a.zip",
            """
            __import__('warnings').simplefilter('ignore')
            z = zipfile.ZipFile(out, 'w')
            for name in ('a/b.md', './a/b.md'): z.writestr(name, 'x')
            z.close()
            """)
        #expect(try await upload.failure().message.contains("two files called 'a/b.md'"))
    }

    @Test func `files that share their bytes are refused`() async throws {
        // Thousands of entries for one packed file make much of little.
        let upload = try await UploadedArchive.python(
            "a.zip",
            """
            zlib = zipfile.zlib
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            content = b'x' * 1000
            packed = packer.compress(content) + packer.flush()
            head = (20, 0, 8, 0, 33, zlib.crc32(content), len(packed), len(content), 1, 0)
            out.write(struct.pack('<4sHHHHHIIIHH', b'PK\\3\\4', *head) + b'a' + packed)
            start = out.tell()
            for name in b'ab':
                out.write(struct.pack('<4sHHHHHHIIIHHHHHII', b'PK\\1\\2', 20, *head, 0, 0, 0, 0, 0) + bytes([name]))
            size = out.tell() - start
            out.write(struct.pack('<4sHHHHIIH', b'PK\\5\\6', 0, 0, 2, 2, size, start, 0))
            """)
        #expect(try await upload.failure().message.contains("something else is"))
    }

    @Test(arguments: ["bomb.zip", "bomb.tar.gz"])
    func `what grows beyond measure is refused`(_ name: String) async throws {
        let program =
            name.hasSuffix(".zip")
            ? """
            z = zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED)
            for number in range(4): z.writestr(str(number), b'0' * 10000000)
            z.close()
            """
            : """
            with tarfile.open(fileobj=out, mode='w:gz') as tar:
                for number in range(4):
                    info = tarfile.TarInfo(str(number)); info.size = 10000000
                    tar.addfile(info, io.BytesIO(b'0' * info.size))
            """
        let upload = try await UploadedArchive.python(name, program)
        let failure = try await upload.failure()
        #expect(failure.cause == "limit_exceeded" && failure.message.contains("200 times"), "\(failure)")
        var limits = Limits()
        limits.archiveRatio = 2000
        #expect(try await upload.record(limits: limits).delivered.count == 4)
    }

    @Test func `an archive keeps within the limits of an ingest`() async throws {
        let bytes = try await Self.small()
        for change in [{ $0.documentsPerIngest = 2 }, { $0.bytesPerIngest = 200 }] as [(inout Limits) -> Void] {
            var limits = Limits()
            change(&limits)
            let failure = try await UploadedArchive("a.zip", bytes).failure(limits: limits)
            #expect(failure.cause == "limit_exceeded", "\(failure)")
        }
    }

    @Test(arguments: 0..<8)
    func `damaged bytes end in an error, or in what was there`(seed: UInt64) async throws {
        let bytes = try await Self.small()
        var random = SplitMix64(seed: seed)
        for _ in 0..<60 {
            var damaged = bytes
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { damaged.removeLast(Int.random(in: 0..<damaged.count, using: &random)) }
            let upload = try UploadedArchive("a.zip", damaged)
            do {
                let record = try await upload.record()
                #expect(record.delivered.count <= 3)
            } catch let error as FetchError {
                #expect(error.persistence == .permanent)
            }
        }
    }
}
