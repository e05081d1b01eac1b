// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct FetcherRegistryTests {
    private let folder: TemporaryFolder
    private let pipeline = IngestPipeline.standard(
        threads: ThreadPool(count: 2), surroundings: Surroundings(home: "/nowhere", environment: [:]))

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("docs/guide.md", "# Guide")
        try folder.write("docs/with space.md", "")
        try folder.makeFIFO("docs/pipe")
    }

    private func resolve(_ text: String, fetcher: String? = nil, _ options: Source.Options = .init()) async throws
        -> IngestPipeline.Resolution
    {
        let context = SourceContext(workingDirectory: folder.path("docs"), homeDirectory: folder.path)
        return try await pipeline.resolve(text, fetcher: fetcher, options: options, in: context)
    }

    private func failure(_ text: String, fetcher: String? = nil, _ options: Source.Options = .init()) async -> OVError?
    {
        await #expect(throws: OVError.self) { try await resolve(text, fetcher: fetcher, options) }
    }

    @Test(arguments: [
        ("guide.md", "file", "docs/guide.md"), ("./guide.md", "file", "docs/guide.md"),
        ("../docs//./guide.md", "file", "docs/guide.md"), (".", "folder", "docs"), ("..", "folder", ""),
        ("../docs/", "folder", "docs"), ("~", "folder", ""), ("~/docs", "folder", "docs"),
        ("~/docs/guide.md", "file", "docs/guide.md"), ("with space.md", "file", "docs/with space.md"),
    ])
    func understandsEachWayToWriteAPath(_ text: String, _ fetcher: String, _ path: String) async throws {
        let resolved = try await resolve(text)
        #expect(resolved.source == Source(fetcher: fetcher, location: folder.path(path)))
        #expect(resolved.suggestedName == resolved.source.location.split(separator: "/").last.map(String.init))
    }

    @Test(arguments: [
        ("file://", "docs/guide.md"), ("FILE://localhost", "docs/guide.md"), ("file:", "docs/guide.md"),
        ("file://", "docs/%67uide%2Emd"), ("file://", "docs/with%20space.md"), ("file://", "docs/"),
    ])
    func understandsFileURLs(_ start: String, _ path: String) async throws {
        let plain = path.split(separator: "/").joined(separator: "/")
            .replacing("%67", with: "g").replacing("%2E", with: ".").replacing("%20", with: " ")
        #expect(try await resolve(start + folder.path(path)).source.location == folder.path(plain))
    }

    @Test(arguments: [
        ("https://a.example/guide", "url"), ("https://a.example/feed.xml", "feed"),
        ("https://a.example/sitemap.xml", "site"), ("https://a.example/sitemap.xml.gz", "site"),
        ("https://a.example/sitemap-2.xml.gz", "site"), ("https://a.example/notes.txt.gz", "archive"),
        ("https://a.example/project.tar.gz", "archive"), ("https://a.example/project.git", "git"),
    ])
    func takesAnAddressForWhatItIsCalled(_ text: String, _ fetcher: String) async throws {
        #expect(try await resolve(text).source.fetcher == fetcher)
    }

    @Test(arguments: ["file://elsewhere/x", "file://x", "file:///%zz", "file:///%00", "file:///%FF", "file:///%+1"])
    func refusesAFileURLThatNamesNothingHere(_ text: String) async {
        #expect(await failure(text)?.code == .invalidURI)
    }

    @Test func theRootOfTheFileSystemHasAName() async throws {
        #expect(try await resolve("/").suggestedName == "root")
        #expect(try await resolve("/").source.location == "/")
    }

    @Test func refusesWhatIsNeitherFileNorFolder() async {
        let pipe = await failure("pipe")
        #expect(pipe?.code == .invalidURI)
        #expect(pipe?.message.contains("FIFO") == true)
        let device = await failure("/dev/null")
        #expect(device?.message.contains("device") == true)
    }

    @Test func namesWhatWasProbablyMeant() async {
        let typo = await failure("giude.md")
        #expect(typo?.code == .invalidURI)
        #expect(typo?.message.contains("there is no such file or folder") == true)
        #expect(typo?.hint == "did you mean '\(folder.path)/docs/guide.md'?")
        let parent = await failure("~/doc/guide.md")
        #expect(parent?.message.contains("there is no folder '\(folder.path)/doc'") == true)
        #expect(parent?.hint == "did you mean '\(folder.path)/docs'?")
        let nothing = await failure("something entirely different")
        #expect(nothing?.hint?.contains("check the path") == true)
    }

    @Test(arguments: [
        ("example.com/guide", "if it is on the web, write 'https://example.com/guide'"),
        ("www.example.com", "if it is on the web, write 'https://www.example.com'"),
        ("docs.example.org:8080/a?b=c", "if it is on the web, write 'https://docs.example.org:8080/a?b=c'"),
        ("htps://example.com", "did you mean 'https://example.com'?"),
        ("HTPS://example.com", "did you mean 'https://example.com'?"),
    ])
    func namesTheAddressThatWasProbablyMeant(_ text: String, _ hint: String) async {
        let error = await failure(text)
        #expect(error?.code == .invalidURI)
        #expect(error?.hint == hint)
    }

    @Test(arguments: ["guide.txt", "Makefile", "v1.2", "a.b.c", "..x/y", "a..b/c"])
    func takesAMissingFileForAFile(_ text: String) async {
        #expect(await failure(text)?.hint?.contains("https") == false)
    }

    /// Neither what a file is called nor whether it is there is for somebody on the network.
    @Test(arguments: ["guide.md", "nothing.md", "/etc/passwd", "~", "file:///etc/passwd", "pipe", "..", "docs/"])
    func tellsNobodyOnTheNetworkAboutFiles(_ text: String) async {
        let context = SourceContext(
            workingDirectory: folder.path("docs"), homeDirectory: folder.path, allowsLocalPaths: false)
        for fetcher in [nil, "file", "folder"] {
            let error = await #expect(throws: OVError.self) {
                try await pipeline.resolve(text, fetcher: fetcher, options: .init(), in: context)
            }
            #expect(error?.code == .permissionDenied)
            #expect(error?.message == "local paths are refused over the network")
        }
    }

    @Test func saysThatNothingHandlesAnAddress() async {
        let error = await failure("gopher://example.com/x")
        #expect(error?.code == .invalidURI)
        #expect(error?.message.contains("'gopher:'") == true)
        #expect(await failure("")?.code == .invalidURI)
    }

    @Test func anUnknownHomeIsSaid() async {
        let context = SourceContext(workingDirectory: "/", homeDirectory: nil)
        let error = await #expect(throws: OVError.self) {
            try await pipeline.resolve("~/x", fetcher: nil, options: .init(), in: context)
        }
        #expect(error?.message.contains("home folder") == true)
    }

    @Test func checksOptionsBeforeAnythingIsFetched() async {
        let unknown = await failure(".", .init(arguments: ["chraset": "x"]))
        #expect(unknown?.code == .invalidArgument)
        #expect(unknown?.hint?.contains("did you mean 'charset'?") == true)
        #expect(await failure(".", .init(arguments: ["charset": "klingon"]))?.code == .invalidArgument)
        #expect(await failure(".", .init(exclude: ["a{b"]))?.code == .invalidArgument)
        #expect(await failure(".", fetcher: "fil")?.hint?.contains("did you mean 'file'?") == true)
        #expect(await failure("guide.md", fetcher: "folder")?.code == .invalidURI)
    }
}
