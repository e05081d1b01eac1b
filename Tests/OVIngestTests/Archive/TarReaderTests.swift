// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// What the reader makes of archives that other programs wrote.
@Suite(.inTurn) struct TarReaderTests {
    /// Everything that a format may have to say in a way of its own.
    private static let sample: [String: String] = [
        "plain.md": "# Plain\n", "empty.txt": "", "folder/inner/deep.md": "deep", "block": block, "blocks": block + "x",
        "\(folders.prefix(119))/prefix.md": "in the prefix",
        "\(folders)/\(name).md": "long", "ünïcode/ファイル.md": "unicode", " blank .md": "blank",
    ]
    /// What fits into the header of an old format.
    private static func sample(for format: String) -> [String: String] {
        let isOld = format == "v7"
        guard isOld || format.lowercased().hasPrefix("ustar") else { return sample }
        return sample.filter { $0.key.utf8.count < (isOld ? 100 : 200) && $0.key.utf8.allSatisfy { $0 < 128 } }
    }
    private static let block = String(repeating: "0123456789abcdef", count: 32)
    private static let folders = Array(repeating: "a-folder-of-thirty-characters", count: 9).joined(separator: "/")
    private static let name = String(repeating: "long-name-", count: 15)

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: [String]) async throws -> [UInt8] {
        let path = "/usr/local/bin:/usr/bin:/bin"
        let command = ChildProcess.Command(
            "/usr/bin/env", arguments, environment: ["PATH": path, "LC_ALL": "C.UTF-8"])
        let result = try await ChildProcess(command).wait()
        try #require(result.status == 0, "\(result.name): \(result.errors)")
        return result.output
    }

    private func check(_ bytes: [UInt8], _ expected: [String: String]) throws {
        for sizes in [[1 << 20], [1], [511, 1, 513], [7, 4096, 1, 60]] {
            let contents = try TarContents(bytes, sizes: sizes)
            #expect(contents.texts == expected, "in pieces of \(sizes)")
            #expect(contents.warnings.isEmpty)
        }
    }

    @Test(arguments: ["gnu", "oldgnu", "pax", "ustar", "v7"])
    func readsWhatGNUTarWrites(_ format: String) async throws {
        let sample = Self.sample(for: format)
        for (path, text) in sample { try folder.write("files/" + path, text) }
        try check(try await run(["tar", "--format=\(format)", "-C", folder.path("files"), "-cf", "-", "."]), sample)
        try check(
            try await run(["tar", "--format=\(format)", "-b", "1", "-C", folder.path, "-cf", "-", "files"]),
            Dictionary(uniqueKeysWithValues: sample.map { ("files/" + $0.key, $0.value) }))
    }

    @Test(arguments: ["GNU_FORMAT", "PAX_FORMAT", "USTAR_FORMAT"])
    func readsWhatPythonWrites(_ format: String) async throws {
        let sample = Self.sample(for: format)
        for (path, text) in sample { try folder.write("files/" + path, text) }
        let script = """
            from sys import argv, stdout
            from tarfile import \(format), TarFile
            with TarFile.open(fileobj=stdout.buffer, mode="w|", format=\(format)) as tar:
                tar.add(argv[1], arcname="")
            """
        try check(try await run(["python3", "-c", script, folder.path("files")]), sample)
    }

    @Test func readsANameThatIsSplitIntoAPrefix() throws {
        var tar = TarBytes()
        tar.add("name.md", "text", prefix: "one/two")
        tar.add("star.md", "text", prefix: "three")
        tar.change(headerAt: 1024) { $0.replaceSubrange(508..<512, with: "tar\0".utf8) }
        tar.end()
        #expect(try TarContents(tar.bytes).files.keys.sorted() == ["one/two/name.md", "three/star.md"])
    }

    @Test func aRecordCountsMoreThanTheHeader() throws {
        var tar = TarBytes()
        tar.addExtended([("OV.a", "global"), ("OV.b", "global"), ("comment", "x")], type: "g")
        tar.addExtended([("path", "real.md"), ("size", "4"), ("mtime", "1700000000.5"), ("OV.a", "own"), ("OV.b", "")])
        tar.add("false.md", size: TarBytes.octal(9))
        tar.add(filled: Array("text".utf8))
        tar.add("plain.md", "x")
        tar.end()
        let contents = try TarContents(tar.bytes, sizes: [1])
        #expect(contents.texts == ["real.md": "text", "plain.md": "x"])
        #expect(contents.entries["real.md"]?.modified == 1_700_000_000)
        #expect(contents.entries["real.md"]?.records == ["OV.a": "own"])
        #expect(contents.entries["plain.md"]?.modified == 10)
        #expect(contents.entries["plain.md"]?.records == ["OV.a": "global", "OV.b": "global"])
    }

    @Test func aSizeMayBeBinary() throws {
        var tar = TarBytes()
        tar.add("a", size: TarBytes.binary(3))
        tar.add(filled: Array("abc".utf8))
        tar.end()
        #expect(try TarContents(tar.bytes).texts == ["a": "abc"])
    }

    @Test func oneBlockOfZerosIsEnoughForAnEnd() throws {
        var tar = TarBytes()
        tar.add("a", "abc")
        tar.end(blocks: 1)
        #expect(try TarContents(tar.bytes).texts == ["a": "abc"])
    }

    @Test(arguments: ["./a", "a", ".//a", "./././a", "b/../a", "/a", "../a", "a/..", "..", "b/c/../../../a"])
    func aPathStaysInside(_ path: String) throws {
        var tar = TarBytes()
        tar.add(path, "x")
        tar.end()
        if path.contains("..") || path.hasPrefix("/") {
            let error = #expect(throws: ArchiveError.self) { try TarContents(tar.bytes) }
            #expect(error?.reason == .unsafePath)
            #expect(error?.offset == 0)
            #expect(error?.message.contains("'\(path)'") == true)
        } else {
            #expect(try TarContents(tar.bytes).texts == ["a": "x"])
        }
    }

    @Test(arguments: [("..", "5"), ("../b/", "5"), ("/b", "2"), ("../b", "1"), ("", "0"), (".", "0")])
    func soDoesThatOfWhatIsNoFile(_ path: String, _ type: Character) throws {
        var tar = TarBytes()
        tar.add(path, type: type)
        tar.end()
        let error = #expect(throws: ArchiveError.self) { try TarContents(tar.bytes) }
        #expect(error?.reason == .unsafePath)
    }

    @Test func aPathMayComeOnce() throws {
        for second in ["a/b", "./a/b", "a//b"] {
            var tar = TarBytes()
            tar.add("a/b", "1")
            tar.add("c", "2")
            tar.add(second, "3")
            tar.end()
            let error = #expect(throws: ArchiveError.self) { try TarContents(tar.bytes) }
            #expect(error?.reason == .repeatedPath)
            #expect(error?.offset == 2048)
        }
    }

    @Test func aHostileNameIsEscapedAndSaid() throws {
        var tar = TarBytes()
        tar.add(raw: Array("a\u{1B}[2Jb".utf8), Array("1".utf8))
        tar.add(raw: [0x66, 0xFF, 0x6F], Array("2".utf8))
        tar.end()
        let contents = try TarContents(tar.bytes)
        #expect(contents.texts == ["a%1B[2Jb": "1", "f%FFo": "2"])
        #expect(contents.warnings(about: "f%FFo").map(\.isUnchecked) == [false])
    }

    @Test func aPathThatNoAddressCanHaveIsLeftOut() throws {
        var tar = TarBytes()
        for length in [3000, 20_000] {
            tar.addExtended([("path", String(repeating: "x", count: length))])
            tar.add("x", "content")
        }
        tar.add("a", "a")
        tar.end()
        let contents = try TarContents(tar.bytes)
        #expect(contents.texts == ["a": "a"])
        #expect(
            contents.warnings(about: nil).map(\.message) == ["2 with a path that is too long for an address: left out"])
    }

    @Test func whatIsNoFileIsLeftOutAndSummedUp() throws {
        var tar = TarBytes()
        for number in 1...3 { tar.add("link\(number)", type: "2", size: TarBytes.octal(99)) }
        tar.add("device", type: "3")
        tar.add("hard", type: "1", size: TarBytes.octal(5))
        tar.add("folder", type: "5", size: TarBytes.octal(4096))
        tar.add("label", type: "V")
        tar.add("strange", "content", type: "Q")
        tar.add("a", "a")
        tar.end()
        let contents = try TarContents(tar.bytes)
        #expect(contents.texts == ["a": "a"])
        #expect(
            contents.warnings(about: nil).map(\.message) == [
                "1 device was left out (device)", "1 entry of an unknown type was left out (strange)",
                "3 symbolic links were left out (first: link1)",
            ])
        #expect(contents.warnings(about: "hard").map(\.isUnchecked) == [true])
    }

    @Test(arguments: ["gnu", "pax"])
    func aSparseFileIsLeftOutAndTheRestIsRead(_ format: String) async throws {
        try folder.write("files/a.md", "a")
        try folder.write("files/z.md", "z")
        // More parts than fit into a header, so that more blocks of a map follow.
        let script = """
            from sys import argv
            with open(argv[1], "wb") as file:
                for part in range(60):
                    file.seek(part * 65536)
                    file.write(b"part")
            """
        _ = try await run(["python3", "-c", script, folder.path("files/sparse")])
        let bytes = try await run(
            [
                "tar", "--format=\(format)", "--sparse", "--hole-detection=raw", "--sort=name", "-C",
                folder.path("files"), "-cf", "-", ".",
            ])
        let contents = try TarContents(bytes, sizes: [700])
        #expect(contents.texts == ["a.md": "a", "z.md": "z"])
        #expect(contents.entries["sparse"]?.kind == .sparseFile)
        #expect(contents.warnings(about: "sparse").map(\.isUnchecked) == [true])
    }

    @Test func nobodyHearsOfWhatIsNotWanted() throws {
        var tar = TarBytes()
        tar.add("link", type: "2")
        tar.add("hard", type: "1")
        tar.add("large", String(repeating: "x", count: 2000))
        tar.add("a", "a")
        tar.end()
        var limits = Limits()
        limits.documentBytes = 1000
        limits.documentsPerIngest = 1
        let contents = try TarContents(tar.bytes, sizes: [100], limits: limits, wanting: { $0 == "a" })
        #expect(contents.texts == ["a": "a"])
        #expect(contents.warnings.isEmpty)
    }
}
