// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// What a plug-in is told, and what is made of its answer.
@Suite(.inTurn) struct PluginFetcherTests {
    private let home: PluginHome

    init() throws {
        home = try PluginHome()
        try home.folder.makeFolder("source")
    }

    /// A plug-in that answers with these bytes.
    private func answering(_ tar: TarBytes) throws -> (fetcher: PluginFetcher, source: Source) {
        try home.folder.write("answer.tar", tar.bytes)
        return try home.script("exec cat '\(home.folder.path("answer.tar"))'\n")
    }

    private func record(
        _ tar: TarBytes, _ options: Source.Options = .init(), validators: [String: Validator] = [:]
    ) async throws -> (record: RecordingSink.Record, summary: FetchSummary) {
        var (fetcher, source) = try answering(tar)
        source.options = options
        let sink = RecordingSink()
        let summary = try await fetcher.fetch(source, validators: validators, into: sink)
        return (sink.record, summary)
    }

    private func failure(_ tar: TarBytes, validators: [String: Validator] = [:]) async -> FetchError? {
        await #expect(throws: FetchError.self) { try await record(tar, validators: validators) }
    }

    // MARK: - The request

    @Test func aPluginIsToldEverythingAsJSON() async throws {
        var (fetcher, source) = try home.script(
            "cd '\(home.folder.path)' && cat > request && exec tar -cf - request\n")
        source.options = Source.Options(
            include: ["*.md"], exclude: ["b"], ignoredDirectories: ["c"], arguments: ["page-size": "5", "q": "\"ü\""],
            allowsPrivateNetworks: true)
        var limits = Limits()
        limits.ingestDuration = .seconds(90)
        let validators = ["a.md": Validator("one"), "b/c": Validator("two")]
        source.options.include = []
        let texts = try await fetcher.record(source, validators: validators, limits: limits).texts
        let expected = """
            {"version":1,"fetcher":"test","source":"\(source.location)","arguments":{"page-size":"5","q":"\\"ü\\""},\
            "include":[],"exclude":["b"],"ignore_dirs":["c"],"validators":{"a.md":"one","b/c":"two"},\
            "limits":{"document_bytes":33554432,"documents":200000,"bytes":4294967296,"seconds":90},\
            "allow_private_networks":true}

            """
        #expect(texts == ["request": expected])
    }

    @Test func theEssentialsAreInTheEnvironment() async throws {
        try home.install(
            "test",
            """
            #!/bin/sh
            words="$# $1 $PWD"
            cd '\(home.folder.path)' && echo "$words" > words && env > environment
            exec tar -cf - words environment

            """)
        let folders = home.folders([
            "HOME": "/elsewhere", "LANG": "C.UTF-8", "LC_TIME": "C", "SECRET": "s", "OV_FETCH_TOKEN": "t",
            "OV_HOME": "h",
        ])
        let fetcher = try #require(try folders.fetcher(named: "test"))
        let arguments = ["page-size": "5", "a.B_c": "x y", "né": "no", "zero": "a\0b"]
        let source = Source(fetcher: "test", location: "any:thing", options: .init(arguments: arguments))
        let record = try await fetcher.record(source, validators: ["a": Validator("v"), "b": Validator("v")])
        #expect(record.texts["words"] == "1 any:thing /\n")
        let lines = Set(try #require(record.texts["environment"]).split(separator: "\n").map(String.init))
        let own = lines.filter { line in ["PWD=", "OLDPWD=", "_=", "OV_FETCH_MARK="].contains(where: line.hasPrefix) }
        #expect(
            lines.subtracting(own) == [
                "PATH=\(PluginHome.path)", "HOME=/elsewhere", "LANG=C.UTF-8", "LC_TIME=C", "OV_FETCH_TOKEN=t",
                "OV_FETCHER=test", "OV_SOURCE=any:thing", "OV_VALIDATOR=v", "OV_ARG_PAGE_SIZE=5", "OV_ARG_A_B_C=x y",
            ])
        let mixed = try await fetcher.record(source, validators: ["a": Validator("v"), "b": Validator("w")])
        #expect(mixed.texts["environment"]?.contains("OV_VALIDATOR") == false)
    }

    @Test func aReferenceToASecretBecomesTheSecret() async throws {
        try home.folder.write("token", "from a file\n")
        try home.folder.setPermissions("token", 0o600)
        try home.install(
            "test", "#!/bin/sh\ncd '\(home.folder.path)' && cat > request && echo \"$OV_ARG_A $OV_ARG_B\" >&2; exit 1\n"
        )
        let fetcher = try #require(try home.folders(["TOKEN": "from a variable"]).fetcher(named: "test"))
        var source = Source(fetcher: "test", location: "x")
        source.options.arguments = ["a": "env:TOKEN", "b": "file:\(home.folder.path("token"))", "c": "plain"]
        let error = await #expect(throws: FetchError.self) { try await fetcher.record(source) }
        #expect(error?.message == "… …")
        let request = String(decoding: try home.folder.read("request"), as: UTF8.self)
        #expect(request.contains(#""arguments":{"a":"from a variable","b":"from a file","c":"plain"}"#))
        source.options.arguments = ["a": "env:NONE"]
        let missing = await #expect(throws: FetchError.self) { try await fetcher.record(source) }
        #expect(missing?.cause == "secret_missing")
    }

    @Test func aPluginNeedNotReadItsRequest() async throws {
        let (fetcher, source) = try home.script("cd \"$1\" && exec tar -cf - .\n")
        try home.folder.write("source/a.md", "a")
        let validators = Dictionary(
            uniqueKeysWithValues: (0..<100_000).map { ("documents/number-\($0).md", Validator("\($0)")) })
        #expect(try await fetcher.record(source, validators: validators).texts == ["a.md": "a"])
    }

    // MARK: - The answer

    @Test func theFilterIsAppliedToWhatComes() async throws {
        var tar = TarBytes()
        for path in ["a.md", "a.txt", "docs/b.md", "docs/deep/c.md", "build/d.md", ".git/e.md", "x/build/f.md"] {
            tar.add(path, path)
        }
        tar.add("x/link.txt", type: "2")
        tar.end()
        let all = try await record(tar).record
        #expect(all.paths == ["a.md", "a.txt", "build/d.md", "docs/b.md", "docs/deep/c.md", "x/build/f.md"])
        #expect(all.warnings.map(\.message) == ["1 symbolic link was left out (x/link.txt)"])
        let options = Source.Options(include: ["*.md"], exclude: ["docs/deep"], ignoredDirectories: ["build"])
        let some = try await record(tar, options).record
        #expect(some.paths == ["a.md", "docs/b.md"])
        #expect(some.warnings.isEmpty)
        #expect(some.expected == [2])
    }

    @Test func aFileHasWhatItsExtendedHeaderSays() async throws {
        var tar = TarBytes()
        tar.addExtended([("OV.validator", "both")], type: "g")
        tar.addExtended([("OV.type", "text/html"), ("OV.charset", "windows-1251"), ("OV.validator", "own")])
        tar.add("page", "<p>")
        tar.add("b/plain.md", "x")
        tar.end()
        let (record, summary) = try await record(tar)
        let page = try #require(record.delivered["page"])
        #expect(page.declaredType == "text/html")
        #expect(page.declaredCharset == "windows-1251")
        #expect(page.validator == Validator("own"))
        #expect(record.delivered["b/plain.md"]?.validator == Validator("both"))
        #expect(record.delivered["b/plain.md"]?.name == "plain.md")
        #expect(record.delivered["b/plain.md"]?.declaredType == nil)
        #expect(summary == FetchSummary(shape: .tree))
    }

    @Test func whatHasNotChangedIsKept() async throws {
        var tar = TarBytes()
        tar.addExtended([("OV.unchanged", "1")])
        tar.add("old")
        tar.addExtended([("OV.unchanged", "1"), ("OV.validator", "2")])
        tar.add("older")
        tar.add("new", "new")
        tar.end()
        let validators = ["old": Validator("1"), "older": Validator("1"), "gone": Validator("1")]
        let record = try await record(tar, validators: validators).record
        #expect(record.kept == ["old": Validator("1"), "older": Validator("2")])
        #expect(record.texts == ["new": "new"])
        #expect(record.expected == [3])
        #expect(await failure(tar)?.cause == "bad_output")
        #expect(await failure(tar)?.message.contains("'old'") == true)
    }

    @Test func whatHasNotChangedHasNoContent() async {
        var tar = TarBytes()
        tar.addExtended([("OV.unchanged", "1")])
        tar.add("old", "x")
        tar.end()
        #expect(await failure(tar, validators: ["old": Validator("1")])?.message.contains("has content") == true)
    }

    @Test func aSourceMayBeASingleDocument() async throws {
        var tar = TarBytes()
        tar.addExtended([("OV.shape", "single")], type: "g")
        tar.add("some/page.html", "text")
        var more = tar
        tar.end()
        let (record, summary) = try await record(tar, .init(include: ["*.md"]))
        #expect(record.texts == ["": "text"])
        #expect(record.delivered[""]?.name == "page.html")
        #expect(summary == FetchSummary(shape: .single))
        more.add("another", "x")
        more.end()
        #expect(await failure(more)?.message.contains("'another' beside another file") == true)
        var none = TarBytes()
        none.addExtended([("OV.shape", "single")], type: "g")
        none.end()
        #expect(await failure(none)?.message.contains("has none") == true)
        var mixed = TarBytes()
        mixed.add("a")
        mixed.addExtended([("OV.shape", "single")])
        mixed.add("b")
        mixed.end()
        #expect(await failure(mixed)?.message.contains("of some files only") == true)
    }

    @Test(arguments: [0, 2]) func aSourceMayBeOnlyWhatIsNew(_ count: Int) async throws {
        var tar = TarBytes()
        tar.addExtended([("OV.additive", "1")], type: "g")
        for number in 0..<count { tar.add("item\(number)") }
        tar.end()
        #expect(try await record(tar).summary == FetchSummary(shape: .tree, isAdditive: true))
    }

    @Test func anEmptyTreeIsATree() async throws {
        var tar = TarBytes()
        tar.end()
        #expect(try await record(tar).summary == FetchSummary(shape: .tree))
    }

    @Test func aKeywordThatMeansNothingIsSaidOnce() async throws {
        var tar = TarBytes()
        tar.addExtended([("OV.validatr", "x"), ("other", "y")], type: "g")
        for number in 0..<3 { tar.add("item\(number)") }
        tar.end()
        let warnings = try await record(tar).record.warnings
        #expect(warnings.map(\.message) == ["the plug-in says 'OV.validatr', which means nothing here"])
    }

    @Test(arguments: [
        ("OV.unchanged", "yes", "0 or 1"), ("OV.additive", "2", "0 or 1"), ("OV.shape", "many", "single or tree"),
        ("OV.validator", String(repeating: "x", count: 1025), "1024 bytes"),
    ])
    func aValueThatMeansNothingIsAnError(_ keyword: String, _ value: String, _ words: String) async {
        var tar = TarBytes()
        tar.addExtended([(keyword, value)])
        tar.add("a")
        tar.end()
        let error = await failure(tar)
        #expect(error?.message.contains(keyword) == true)
        #expect(error?.message.contains(words) == true)
    }

    @Test(arguments: [(["a": "1", "b/c": "2"], Resource.Shape.tree), (["": "1"], .single)])
    func aPluginMaySayThatNothingHasChanged(_ texts: [String: String], _ shape: Resource.Shape) async throws {
        let (fetcher, source) = try home.script("exit 3\n")
        let validators = texts.mapValues { Validator($0) }
        let sink = RecordingSink()
        let summary = try await fetcher.fetch(source, validators: validators, into: sink)
        #expect(summary == FetchSummary(shape: shape, isUnchanged: true))
        #expect(sink.record.kept == validators)
    }
}
