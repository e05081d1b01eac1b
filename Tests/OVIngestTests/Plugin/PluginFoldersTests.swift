// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// Where plug-ins are found, and what is taken for one.
@Suite(.inTurn) struct PluginFoldersTests {
    private let home: PluginHome
    private let threads = ThreadPool(count: 2)

    init() throws {
        home = try PluginHome()
        try home.installExample("directory")
        for (path, mode) in [("one/ov-fetch-wiki", 0o755), ("two/ov-fetch-wiki", 0o755), ("two/ov-fetch-mail", 0o644)] {
            try home.folder.write("path/" + path, "#!/bin/sh\nexit 1\n")
            try home.folder.setPermissions("path/" + path, mode_t(mode))
        }
    }

    private var path: [String: String] {
        let parts = ["relative", "", "/no/such/folder", home.folder.path("path/one"), home.folder.path("path/two")]
        return ["PATH": parts.joined(separator: ":")]
    }

    private var folders: PluginFolders { home.folders(path) }
    private var pipeline: IngestPipeline { .standard(threads: threads, surroundings: home.surroundings(path)) }

    private func resolve(
        _ text: String, fetcher: String? = nil, _ options: Source.Options = .init(), isLocal: Bool = true
    ) async throws -> IngestPipeline.Resolution {
        let context = SourceContext(
            workingDirectory: home.folder.path("path"), homeDirectory: home.folder.path("home"),
            allowsLocalPaths: isLocal)
        return try await pipeline.resolve(text, fetcher: fetcher, options: options, in: context)
    }

    private func failure(_ text: String, fetcher: String? = nil) async -> OVError? {
        await #expect(throws: OVError.self) { try await resolve(text, fetcher: fetcher) }
    }

    @Test func aPluginIsFoundAtHomeAndThenOnThePath() throws {
        #expect(
            try folders.fetcher(named: "directory")?.executable == home.folder.path("home/fetchers/ov-fetch-directory"))
        #expect(try folders.fetcher(named: "wiki")?.executable == home.folder.path("path/one/ov-fetch-wiki"))
        #expect(try folders.fetcher(named: "none") == nil)
        try home.install("wiki", "#!/bin/sh\n")
        #expect(try folders.fetcher(named: "wiki")?.executable == home.folder.path("home/fetchers/ov-fetch-wiki"))
        #expect(folders.names(without: []) == ["directory", "wiki"])
        #expect(folders.names(without: ["wiki"]) == ["directory"])
    }

    @Test func aLinkIsFollowed() throws {
        try home.folder.makeLink("home/fetchers/ov-fetch-linked", to: home.folder.path("path/one/ov-fetch-wiki"))
        #expect(try folders.fetcher(named: "linked") != nil)
        try home.folder.makeLink("home/fetchers/ov-fetch-dangling", to: "nowhere")
        try home.folder.makeFolder("home/fetchers/ov-fetch-folder")
        #expect(try folders.fetcher(named: "dangling") == nil)
        #expect(try folders.fetcher(named: "folder") == nil)
    }

    @Test(arguments: ["", "-a", "A", "a_b", "a/b", "../a", "a b", "ü", String(repeating: "a", count: 33), "a\0"])
    func aNameIsPlain(_ name: String) async throws {
        if !name.contains("/"), !name.isEmpty, !name.contains("\0") { try home.install(name, "#!/bin/sh\n") }
        #expect(try folders.fetcher(named: name) == nil)
        #expect(!folders.names(without: []).contains(name))
        #expect(await failure("x", fetcher: name)?.code == .invalidArgument)
    }

    @Test(arguments: ["a", "0", "a-b-", "x11", String(repeating: "a", count: 32)])
    func aNameMayHaveDigitsAndHyphens(_ name: String) throws {
        try home.install(name, "#!/bin/sh\n")
        #expect(try folders.fetcher(named: name)?.name == name)
    }

    @Test func whatIsNotExecutableIsSaid() throws {
        let error = #expect(throws: OVError.self) { try folders.fetcher(named: "mail") }
        #expect(error?.message.contains("path/two/ov-fetch-mail is not executable") == true)
        #expect(error?.hint?.hasPrefix("chmod +x ") == true)
    }

    @Test(arguments: ["home/fetchers/ov-fetch-directory", "home/fetchers", "path/one/ov-fetch-wiki", "path/one"])
    func whatEverybodyCanWriteIsNotRun(_ path: String) async throws {
        try home.folder.setPermissions(path, 0o777)
        let name = path.hasPrefix("home") ? "directory" : "wiki"
        let error = await failure("x", fetcher: name)
        #expect(error?.code == .failedPrecondition)
        #expect(error?.message == "ov-fetch-\(name) is not run: everybody can write to \(home.folder.path(path))")
        #expect(error?.hint == "chmod o-w \(home.folder.path(path))")
    }

    @Test func anotherProgramIsAnotherVersion() throws {
        let first = try #require(try folders.fetcher(named: "wiki")).version
        #expect(try folders.fetcher(named: "wiki")?.version == first)
        try home.folder.setModified("path/one/ov-fetch-wiki", 1_600_000_000_000_000_000)
        let second = try #require(try folders.fetcher(named: "wiki")).version
        #expect(second != first)
        let pipeline = pipeline
        let source = Source(fetcher: "wiki", location: "wiki:x")
        let fingerprint = pipeline.fingerprint(of: source, limits: Limits())
        #expect(fingerprint.contains("\(second)"))
        try home.folder.append("path/one/ov-fetch-wiki", "# longer\n")
        #expect(pipeline.fingerprint(of: source, limits: Limits()) != fingerprint)
    }

    // MARK: - Sources

    @Test(
        arguments: [
            ("wiki:Main_Page", nil, "wiki", "Main_Page"), ("wiki://host/a/b", nil, "wiki", "wiki://host/a/b"),
            ("directory:./one", nil, "directory", "HERE/one"), ("directory:/srv", nil, "directory", "/srv"),
            ("anything at all", "wiki", "wiki", "anything at all"),
            ("https://x.org/y", "wiki", "wiki", "https://x.org/y"),
            ("one", nil, "folder", "HERE/one"), ("one", "directory", "directory", "one"),
            ("./one/../two", "directory", "directory", "HERE/two"), ("..", "directory", "directory", "ABOVE"),
        ] as [(String, String?, String, String)])
    func aPluginIsCalledByItsName(_ text: String, _ name: String?, _ fetcher: String, _ location: String) async throws {
        let resolved = try await resolve(text, fetcher: name)
        let expected = location.replacing("HERE", with: home.folder.path("path"))
            .replacing("ABOVE", with: home.folder.path)
        #expect(resolved.source == Source(fetcher: fetcher, location: expected))
    }

    @Test func aMissingPluginIsSaid() async throws {
        let error = try #require(await failure("wikki:Main_Page"))
        #expect(error.code == .invalidURI)
        #expect(error.hint?.contains("there is no plug-in called 'wikki' either: known fetchers") == false)
        let known = "there is no plug-in called 'wikki' either: git, feed, site, archive, file"
        #expect(error.hint?.contains(known) == true)
    }

    @Test func aPluginTakesEveryArgument() async throws {
        let options = Source.Options(arguments: ["whatever": "x", "charset": "klingon"])
        #expect(try await resolve("wiki:x", options).source.options == options)
    }

    @Test func aBuiltInFetcherStaysWhatItIs() async throws {
        try home.install("folder", "#!/bin/sh\n")
        try home.folder.write("path/wiki:file", "text")
        #expect(try await resolve("one", fetcher: "folder").source.location == home.folder.path("path/one"))
        #expect(try await resolve("wiki:file").source.fetcher == "file")
        #expect(await failure("folder:x")?.code == .invalidURI)
    }

    @Test func anUnknownNameIsAnsweredWithTheKnownOnes() async throws {
        let error = try #require(await failure("x", fetcher: "wikki"))
        #expect(error.code == .invalidArgument)
        let hint = try #require(error.hint)
        #expect(hint.hasPrefix("did you mean 'wiki'? known fetchers: git, feed, site, archive, file, folder, url"))
        let place = "(programs called ov-fetch-NAME in \(home.folder.path("home/fetchers")) or on PATH)"
        #expect(hint.hasSuffix("; plug-ins: directory, wiki \(place)"))
        let address = try #require(await failure("wikki://x"))
        #expect(address.hint?.contains("plug-ins: directory, wiki") == true)
    }

    /// Which plug-ins there are is not for somebody on the network, either.
    @Test(arguments: ["wiki", "mail", "nothing", "wikki"])
    func nobodyOnTheNetworkCallsAPlugin(_ name: String) async {
        let named = await #expect(throws: OVError.self) { try await resolve("x", fetcher: name, isLocal: false) }
        #expect(named?.code == .permissionDenied)
        #expect(named?.message == "fetchers that are not built in are refused over the network")
        let address = await #expect(throws: OVError.self) { try await resolve("\(name)://x", isLocal: false) }
        #expect(address?.code == .invalidURI)
        for error in [named, address] { #expect(error?.hint?.contains("plug-ins") == false) }
    }

    @Test(arguments: ["", "a\u{1B}[2J", "a\nb", String(repeating: "x", count: 5000)])
    func aSourceIsALineOfText(_ text: String) async {
        #expect(await failure(text, fetcher: "wiki")?.code == .invalidURI)
    }

    @Test func aSourceHasNoPasswordInIt() async throws {
        let error = try #require(await failure("wiki://me:word@host/x"))
        #expect(error.code == .invalidURI)
        #expect(!error.message.contains("word@"))
        #expect(try await resolve("wiki://me@host:80/x").source.location == "wiki://me@host:80/x")
        #expect(try await resolve("wiki:a/b://c/d:e@f").source.fetcher == "wiki")
    }

    @Test func aPluginThatIsGoneIsSaidWhenItRuns() async throws {
        let pipeline = pipeline
        let request = FetchRequest(
            source: Source(fetcher: "vanished", location: "x"), validators: [:], limits: Limits())
        let error = await #expect(throws: FetchError.self) {
            try await pipeline.run(request, into: NoSink())
        }
        #expect(error?.cause == "unknown_fetcher")
        #expect(error?.hint?.contains("plug-ins: directory, wiki") == true)
    }
}

private struct NoSink: ConvertedSink {
    func keep(_ documents: [KeptDocument]) async throws {}
    func store(_ document: ConvertedDocument) async throws {}
    func warn(_ warning: FetchWarning) async {}
    func expect(documents: Int) async {}
}
