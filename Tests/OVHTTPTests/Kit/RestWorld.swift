// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import OVAPI
import OVCore
import OVEngine
import OVIngest
import OVStore
import OVSystem
import OVTestSupport
import ServiceLifecycle
import Testing

@testable import OVHTTP

/// A real engine on a temporary home behind the REST interface, asked without a network in between.
struct RestWorld: Sendable {
    /// With a folder `home`, and `allowed`, which callers over the network may ingest from.
    let folder: TemporaryFolder
    let engine: Engine
    /// Makes keys, as a command on the same machine does.
    let keeper: StoreKeeper
    let interface: RestInterface
    let client: any TestClientProtocol
    let gate: GatedSource

    var home: String { folder.path("home") }

    /// Runs a test while the engine executes what it accepts.
    static func test(
        origin: Caller.Origin = .network, _ adjust: (inout RestInterface.Configuration) -> Void = { _ in },
        authenticatedBy authenticator: (Engine) -> (any Authenticator)? = { _ in nil },
        _ body: @escaping @Sendable (RestWorld) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("allowed")
        let gate = GatedSource()
        let dependencies = Self.dependencies(folder, gate)
        let engine = try await Engine.open(
            home: folder.path("home"), limits: Limits(), role: "test", dependencies: dependencies)
        let keeper = StoreKeeper(home: folder.path("home"), limits: Limits(), dependencies: dependencies)
        var configuration = RestInterface.Configuration(
            home: folder.path("home"), clock: SystemClock(), random: SystemRandomSource(), logger: Self.silent)
        if let authenticator = authenticator(engine) { configuration.authenticator = authenticator }
        adjust(&configuration)
        let interface = RestInterface(over: engine, configuration)
        let application = Application(responder: interface.responder(for: origin), logger: Self.silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await engine.run() }
            do {
                try await application.test(.router) { client in
                    try await body(
                        RestWorld(
                            folder: folder, engine: engine, keeper: keeper, interface: interface, client: client,
                            gate: gate))
                }
            } catch {
                group.cancelAll()
                throw error
            }
            gate.open()
            engine.finish()
            try await group.waitForAll()
        }
    }

    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func dependencies(_ folder: TemporaryFolder, _ gate: GatedSource) -> Engine.Dependencies {
        var dependencies = Engine.Dependencies(
            clock: SystemClock(), random: SystemRandomSource(), files: LocalFileSystem(),
            pipeline: { threads, clock in
                IngestPipeline(
                    fetchers: FetcherRegistry([
                        gate, UploadFetcher(folder: UploadReference.folder(inHome: folder.path("home")), clock: clock),
                        FileFetcher(clock: clock), FolderFetcher(clock: clock),
                    ]), converters: [MarkdownConverter(), TextConverter()], threads: threads)
            }, logger: Self.silent)
        dependencies.networkReach.allowedFolders = [folder.path("allowed")]
        return dependencies
    }

    // MARK: Asking

    func send(
        _ method: HTTPRequest.Method, _ target: String, _ body: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Exchange {
        let response = try await client.executeRequest(
            uri: target, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        return Exchange(status: response.head.status.code, headers: response.head.headerFields, body: response.body)
    }

    func get(_ target: String, headers: HTTPFields = [:]) async throws -> Exchange {
        try await send(.get, target, headers: headers)
    }

    func post(_ target: String, _ body: String? = nil) async throws -> Exchange { try await send(.post, target, body) }

    /// Ingests a folder of documents at `viking://resources/docs`, watched each half hour.
    /// - Returns: the id of the watch.
    @discardableResult
    func ingestDocs(_ documents: [String: String] = ["guide.md": "# Guide\n\nHello there.\n"]) async throws -> String {
        for (name, text) in documents { try folder.write("allowed/docs/\(name)", text) }
        let added = try await post(
            "/api/v1/resources",
            #"{"path":"\#(folder.path("allowed/docs"))","to":"viking://resources/docs","watch_interval":30,"wait":true}"#
        )
        try #require(added.status == 200, "\(added)")
        return try #require(added.json["result"]?["watch"]?["task_id"]?.string)
    }
}

/// What came back.
struct Exchange: Sendable, CustomStringConvertible {
    let status: Int
    let headers: HTTPFields
    let body: ByteBuffer

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var bytes: [UInt8] { Array(body.readableBytesView) }
    var json: JSONValue { (try? JSONValue(parsing: bytes)) ?? .null }
    var result: JSONValue? { json["result"] }
    var code: String? { json["error"]?["code"]?.string }
    var message: String { json["error"]?["message"]?.string ?? "" }

    /// The places of wrong fields, and what is wrong with them: `body.reason string_type`.
    var fieldErrors: [String] {
        (json["error"]?["details"]?["validation_errors"]?.array ?? []).map { error in
            let place = (error["loc"]?.array ?? []).compactMap(\.string).joined(separator: ".")
            return "\(place) \(error["type"]?.string ?? "")"
        }
    }

    var description: String { "\(status) \(text.prefix(500))" }
}
