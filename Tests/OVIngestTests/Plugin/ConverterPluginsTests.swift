// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Synchronization
import Testing

@testable import OVIngest

/// Programs as converters.
@Suite(.inTurn) struct ConverterPluginsTests {
    private let home: PluginHome

    init() throws {
        home = try PluginHome()
        try home.folder.makeFolder("home/converters")
    }

    private func install(_ name: String, _ script: String, mode: mode_t = 0o755) throws {
        try home.installConverter(name, "#!/bin/sh\n" + script + "\n", mode: mode)
    }

    private func converters(_ environment: [String: String] = [:], idleLimit: Duration = .seconds(120))
        -> ConverterPlugins
    {
        ConverterPlugins(home.surroundings(environment), idleLimit: idleLimit)
    }

    private func convert(
        _ name: String, type: String? = nil, with converters: ConverterPlugins? = nil, limits: Limits = Limits()
    ) async throws -> String? {
        let document = FetchedDocument(
            path: "folder/" + name, bytes: Array("in\n".utf8), name: name, declaredType: type,
            location: try? WebURL(parsing: "https://site.example/x"), validator: Validator("v"))
        let converted = try await (converters ?? self.converters()).prepared().convert(document, limits: limits)
        if let converted {
            #expect(converted.mediaType == MediaType.markdown)
            #expect(converted.path == document.path && converted.validator == document.validator)
        }
        return converted.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    private func failure(_ name: String, _ converters: ConverterPlugins? = nil, limits: Limits = Limits())
        async throws -> String
    {
        let error = await #expect(throws: ConversionError.self) {
            try await convert(name, with: converters, limits: limits)
        }
        return try #require(error).message
    }

    @Test func `a program turns bytes into Markdown`() async throws {
        try install("pdf", "echo \"# $1 $OV_MEDIA_TYPE $OV_NAME $OV_URL\"; cat; pwd; echo \"$OV_CONVERT_X$SECRET\"")
        let converters = converters(["OV_CONVERT_X": "passed", "SECRET": "kept"])
        #expect(
            try await convert("a b.pdf", with: converters)
                == "# a b.pdf application/pdf a b.pdf https://site.example/x\nin\n/\npassed\n")
        #expect(try await convert("a.txt") == nil)
    }

    /// A program's name, and a media type that it is for.
    @Test(arguments: [
        ("vnd.ms-powerpoint", "application/vnd.ms-powerpoint"), ("x-foo", "application/x-foo"),
        ("foo", "application/x-foo"), ("svg+xml", "image/svg+xml"),
    ])
    func `a program is found by the subtype`(_ program: String, _ type: String) async throws {
        try install(program, "echo found")
        #expect(try await convert("thing", type: type) == "found\n")
    }

    @Test func `the name with x- comes first`() async throws {
        try install("foo", "echo plain")
        try install("x-foo", "echo marked")
        #expect(try await convert("thing", type: "application/x-foo") == "marked\n")
    }

    @Test func `a document that is not for it goes on to the next`() async throws {
        try install("html", "exit 3")
        #expect(try await convert("a.html") == nil)
    }

    /// What a program does, and what is said of it.
    @Test(arguments: [
        ("echo no such font >&2; exit 1", "ended with status 1: no such font"), ("exit 9", "status 9 and said nothing"),
        ("kill -9 $$", "signal 9"), ("true", "wrote nothing"), ("printf '\\377'", "not valid UTF-8"),
        ("yes", "more than 1000 bytes"),
    ])
    func `one that fails is said, with its words`(_ script: String, _ words: String) async throws {
        try install("pdf", script)
        var limits = Limits()
        limits.documentBytes = 1000
        #expect(try await failure("a.pdf", limits: limits).contains(words))
    }

    @Test func `one that hangs is ended, with all that it started`() async throws {
        try install("pdf", "sleep 1000 & sleep 1000")
        #expect(try await failure("a.pdf", converters(idleLimit: .milliseconds(100))).contains("neither read nor"))
        #expect(home.processes == 0)
    }

    @Test func `one that everybody can change is not run`() async throws {
        try install("pdf", "echo x", mode: 0o777)
        #expect(try await failure("a.pdf").contains("everybody can write"))
        try install("pdf", "echo x", mode: 0o644)
        #expect(try await failure("a.pdf").contains("is not executable"))
    }

    @Test func `whatever comes, goes or changes is another version`() throws {
        let converters = converters()
        var versions = [converters.version]
        try install("pdf", "echo x")
        versions.append(converters.version)
        #expect(converters.version == versions[1])
        try install("pdf", "echo longer")
        versions.append(converters.version)
        try home.folder.remove("home/converters/ov-convert-pdf")
        #expect(Set(versions).count == 3 && converters.version == versions[0])
    }

    @Test func `only so many run at once, and whoever waits can be cancelled`() async throws {
        let slots = ProgramSlots(1)
        try await slots.acquire()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await slots.acquire() }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        slots.release()
        await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await slots.acquire()
                    slots.release()
                }
            }
        }
        try await slots.acquire()
    }

    @Test func `programs come before what is built in, and a failure keeps the document`() async throws {
        try install("html", "test \"$OV_NAME\" = bad.html && exit 1; echo '# mine'")
        try home.folder.write("source/good.html", "<h1>theirs</h1>")
        try home.folder.write("source/bad.html", "<h1>theirs</h1>")
        let pipeline = IngestPipeline.standard(threads: ThreadPool(count: 3), surroundings: home.surroundings())
        let source = Source(fetcher: "folder", location: home.folder.path("source"))
        let sink = KeepingSink()
        _ = try await pipeline.run(FetchRequest(source: source, validators: [:], limits: Limits()), into: sink)
        let documents = sink.documents
        #expect(documents["good.html"]?.bytes == Array("# mine\n".utf8))
        #expect(documents["bad.html"]?.mediaType == "text/html")
        #expect(sink.warnings.map(\.path) == ["bad.html"])
        let before = pipeline.fingerprint(of: source, limits: Limits())
        try install("html", "echo '# other'")
        #expect(pipeline.fingerprint(of: source, limits: Limits()) != before)
    }
}

/// Keeps what the pipeline stores.
private final class KeepingSink: ConvertedSink {
    private let state = Mutex<(documents: [String: ConvertedDocument], warnings: [FetchWarning])>(([:], []))

    var documents: [String: ConvertedDocument] { state.withLock { $0.documents } }
    var warnings: [FetchWarning] { state.withLock { $0.warnings } }

    func keep(_ documents: [KeptDocument]) async throws {}
    func store(_ document: ConvertedDocument) async throws {
        state.withLock { $0.documents[document.path] = document }
    }
    func warn(_ warning: FetchWarning) async { state.withLock { $0.warnings.append(warning) } }
    func expect(documents: Int) async {}
}
