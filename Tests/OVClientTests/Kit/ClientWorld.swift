// SPDX-License-Identifier: Apache-2.0

import Logging
import OVAPI
import OVCore
import OVEngine
import OVHTTP
import OVIngest
import OVStore
import OVSystem
import OVTestSupport
import ServiceLifecycle

@testable import OVClient

/// A real engine behind a real server, and the client of it: each operation can be asked of both.
struct ClientWorld: Sendable {
    enum Place: String, CaseIterable, Sendable {
        case socket, network
    }

    /// With a folder `home`, and `allowed`, which callers over the network may ingest from.
    let folder: TemporaryFolder
    let engine: Engine
    let remote: RemotePlane
    let address: RestServer.Address

    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a test while the engine executes what it accepts and the server listens.
    static func test(
        _ place: Place, as identity: ServerConnection.Identity = .init(),
        _ body: @escaping @Sendable (ClientWorld) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("allowed")
        let engine = try await engine(folder)
        let interface = RestInterface(
            over: engine,
            .init(home: folder.path("home"), clock: SystemClock(), random: SystemRandomSource(), logger: silent))
        let wanted: RestServer.Address =
            place == .socket ? .socket(path: folder.path("s")) : .tcp(host: "127.0.0.1", port: 0)
        let (started, input) = AsyncStream.makeStream(of: RestServer.Address.self)
        let server = RestServer(interface, on: wanted) { input.yield($0) }
        let group = ServiceGroup(configuration: .init(services: [engine, server], logger: silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = started.makeAsyncIterator()
            guard let address = await iterator.next() else { throw CancellationError() }
            let connection = ServerConnection(to: try Self.address(address), as: identity, clock: SystemClock())
            let remote = RemotePlane(over: connection, random: SystemRandomSource())
            do {
                try await body(ClientWorld(folder: folder, engine: engine, remote: remote, address: address))
            } catch {
                await connection.close()
                tasks.cancelAll()
                throw error
            }
            await connection.close()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private static func address(_ address: RestServer.Address) throws -> ServerAddress {
        switch address {
        case .tcp: try ServerAddress(url: "\(address)")
        case .socket(let path): ServerAddress(socket: path)
        }
    }

    private static func engine(_ folder: TemporaryFolder) async throws -> Engine {
        var dependencies = Engine.Dependencies(
            clock: SystemClock(), random: SystemRandomSource(), files: LocalFileSystem(),
            pipeline: { threads, clock in
                IngestPipeline(
                    fetchers: FetcherRegistry([
                        UploadFetcher(folder: UploadReference.folder(inHome: folder.path("home")), clock: clock),
                        FileFetcher(clock: clock), FolderFetcher(clock: clock),
                    ]), converters: [MarkdownConverter(), TextConverter()], threads: threads)
            }, logger: silent)
        dependencies.networkReach.allowedFolders = [folder.path("allowed")]
        return try await Engine.open(
            home: folder.path("home"), limits: Limits(), role: "test", dependencies: dependencies)
    }

    /// Ingests a folder of documents at `viking://resources/docs`, watched each half hour, and waits for it.
    @discardableResult
    func ingestDocs() async throws -> IngestReceipt {
        try folder.write("allowed/docs/guide.md", "# Guide\n\nHello there.\n\n## Setup\n\nMore.\n")
        try folder.write("allowed/docs/sub/note.txt", "one\ntwo\nthree\n")
        let request = IngestRequest(
            path: "file://" + folder.path("allowed/docs"), to: "viking://resources/docs", reason: "to read",
            watchInterval: 30)
        let receipt = try await remote.ingest(request, as: .local)
        for try await _ in try await remote.updates(ofTask: receipt.task.description, as: .local) {}
        return receipt
    }
}

/// What an operation led to, in full: the JSON of its answer, or every word of its error.
func outcome(_ body: () async throws -> any JSONWritable) async -> String {
    do {
        return JSONWriter.text(of: JSONText(try await body()))
    } catch let error as OVError {
        return "\(error.code): \(JSONWriter.text(of: error))"
    } catch {
        return "\(error)"
    }
}

private struct JSONText: JSONWritable {
    let value: any JSONWritable

    init(_ value: any JSONWritable) { self.value = value }

    func write(to json: inout JSONWriter) { value.write(to: &json) }
}
