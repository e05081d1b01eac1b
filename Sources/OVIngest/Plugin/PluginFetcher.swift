// SPDX-License-Identifier: Apache-2.0

package import OVCore
package import OVSystem

/// A program that fetches what it likes and writes it as a tar archive, see `PluginProtocol`.
///
/// It is trusted as much as the user that runs it, but its output is not: that comes from anywhere.
package struct PluginFetcher: Fetcher {
    package let name: String
    /// The program's file, absolute.
    package let executable: String
    /// Other when the program is another.
    package let version: Int
    package let arguments: [(name: String, help: String)] = []
    package let takesAnyArgument = true

    private let environment: [String: String]
    private let secrets: SecretSource
    private let supervisor: Supervisor
    private let idleLimit: Duration

    /// - Parameters:
    ///   - environment: what every run has; what the request says is added.
    ///   - secrets: where the secrets are that arguments refer to.
    ///   - idleLimit: for how long it may neither read nor write.
    package init(
        name: String, executable: String, version: Int, environment: [String: String], secrets: SecretSource,
        supervisor: Supervisor, idleLimit: Duration
    ) {
        self.name = name
        self.executable = executable
        self.version = version
        self.environment = environment
        self.secrets = secrets
        self.supervisor = supervisor
        self.idleLimit = idleLimit
    }

    private static let maximumLocationBytes = 4096
    /// How much a program may write behind something wrong, while it is waited for what it says about it.
    private static let maximumRest = 1 << 20
    private static let keptAtOnce = 1024

    /// What begins like a path is made absolute, as runs have no working directory; all else stays as it is.
    package func recognise(_ text: String, in context: SourceContext) async throws(OVError) -> RecognisedSource? {
        let isHostile = text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard !text.isEmpty, !isHostile, text.utf8.count <= Self.maximumLocationBytes else { return nil }
        if Self.hasPassword(text) {
            throw OVError(
                .invalidURI, "'\(WebURL.redacted(text))' has a password in it, which everybody could read in lists",
                hint: "leave it out; a plug-in can have it from a variable that begins with "
                    + PluginProtocol.passedPrefix)
        }
        var location = text
        if Self.isPath(text), let path = try LocalPath.parse(text, in: context) { location = path }
        return RecognisedSource(location: location, suggestedName: LocalPath.suggestedName(location))
    }

    /// Whether a URL has `user:password@` before its host.
    private static func hasPassword(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let isAuthority = { (index: Int) in bytes[index...].starts(with: "://".utf8) }
        guard let start = bytes.indices.first(where: isAuthority) else { return false }
        let authority = bytes[(start + 3)...].prefix { $0 != UInt8(ascii: "/") }
        guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { return false }
        return authority[..<at].contains(UInt8(ascii: ":"))
    }

    private static func isPath(_ text: String) -> Bool {
        let first = text.utf8.prefix { $0 != UInt8(ascii: "/") }
        return first.isEmpty || [".", "..", "~"].contains { first.elementsEqual($0.utf8) }
    }

    package func fetch(_ request: FetchRequest, into sink: any DocumentSink) async throws -> FetchSummary {
        let told = try PluginRequest(request, environment: environment, secrets: secrets)
        let command = told.command(executable, idleLimit: idleLimit)
        do {
            return try await ChildProgram.run(command, under: supervisor) { program in
                var output = try PluginOutput(request, sink: sink)
                do {
                    while case let bytes = try await program.read(), !bytes.isEmpty { try await output.take(bytes) }
                } catch let error as ArchiveError {
                    throw try await failure(error, program, told, request)
                }
                return try await finish(output, try await program.finish(), told, request, sink)
            }
        } catch let failure as ChildProgram.Failure {
            throw FetchError.plugin(self, failure)
        } catch let error as ArchiveError {
            throw FetchError.plugin(self, error)
        }
    }

    private func finish(
        _ output: PluginOutput, _ outcome: ChildProgram.Outcome, _ told: PluginRequest, _ request: FetchRequest,
        _ sink: any DocumentSink
    ) async throws -> FetchSummary {
        switch outcome.end {
        case .exited(status: PluginProtocol.Status.done.rawValue):
            var output = output
            return try await output.finish()
        case .exited(status: PluginProtocol.Status.unchanged.rawValue):
            guard output.isEmpty else {
                throw FetchError.badOutput("it says that nothing has changed, and writes an archive all the same")
            }
            return try await keepAll(request, sink)
        default: throw FetchError.plugin(self, outcome, request.source, hiding: told.secrets)
        }
    }

    /// A program that fails may have written its reason to the wrong place.
    private func failure(_ error: ArchiveError, _ program: ChildProgram, _ told: PluginRequest, _ request: FetchRequest)
        async throws
        -> any Error
    {
        guard error.reason == .foreign || error.reason == .damaged else { return error }
        do {
            var rest = 0
            while rest < Self.maximumRest, case let bytes = try await program.read(), !bytes.isEmpty {
                rest += bytes.count
            }
            guard rest < Self.maximumRest else { return error }
            let outcome = try await program.finish()
            let claimsSuccess = [PluginProtocol.Status.done, .unchanged].contains { status in
                outcome.end == .exited(status: status.rawValue)
            }
            return claimsSuccess ? error : FetchError.plugin(self, outcome, request.source, hiding: told.secrets)
        } catch is ChildProgram.Failure {
            return error
        }
    }

    private func keepAll(_ request: FetchRequest, _ sink: any DocumentSink) async throws -> FetchSummary {
        guard !request.validators.isEmpty else {
            throw FetchError.badOutput(
                "it says that nothing has changed, and there is no document that it could know of",
                hint: "exit \(PluginProtocol.Status.unchanged.rawValue) is for sources whose documents came with "
                    + PluginProtocol.Keyword.validator.rawValue)
        }
        let documents = request.validators.map { KeptDocument(path: $0.key, validator: $0.value) }
        await sink.expect(documents: documents.count)
        for start in stride(from: 0, to: documents.count, by: Self.keptAtOnce) {
            try await sink.keep(Array(documents[start...].prefix(Self.keptAtOnce)))
        }
        let isSingle = request.validators.count == 1 && request.validators[""] != nil
        return FetchSummary(shape: isSingle ? .single : .tree, isUnchanged: true)
    }
}
