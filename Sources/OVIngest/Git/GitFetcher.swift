// SPDX-License-Identifier: Apache-2.0

package import OVCore
package import OVSystem

/// A git repository: a branch, a tag or a commit of it, or a folder of that.
///
/// It is mirrored in the cache, shallowly: one commit for each ref. A run asks first what the ref stands for, with one
/// small exchange, and fetches only when that is not there. Which documents have changed is told by the ids of their
/// blobs, which are their validators: the same id is the same content, whatever commit, name or mode it has.
package struct GitFetcher: Fetcher {
    private let git: GitProgram
    private let route: GitRoute
    private let cache: String
    private let clock: any WallClock
    private let lockWait: Milliseconds

    package let name = "git"
    package let version = 1
    package let arguments = GitArguments.help + [charsetArgument]

    /// How many unchanged documents are passed on at a time.
    private static let keptAtOnce = 1024

    /// - Parameters:
    ///   - cache: the folder for mirrors; absolute.
    ///   - supervisor: how programs are started.
    ///   - environment: of this process, for `PATH`, temporary files, the ssh agent and certificates.
    ///   - idleLimit: for how long git may be silent.
    ///   - lockWait: for how long a run waits for another one of the same repository.
    package init(
        cache: String, supervisor: Supervisor, environment: [String: String], egress: EgressGuard = EgressGuard(),
        secrets: SecretSource? = nil, clock: any WallClock = SystemClock(), idleLimit: Milliseconds = .seconds(30),
        lockWait: Milliseconds = .minutes(15)
    ) {
        self.cache = cache
        self.clock = clock
        self.lockWait = lockWait
        git = GitProgram(supervisor: supervisor, environment: environment, home: cache + "/home")
        route = GitRoute(
            egress: egress, secrets: secrets ?? SecretSource(environment: environment), environment: environment,
            idleLimit: idleLimit.duration)
    }

    package func recognise(_ text: String, in context: SourceContext) async throws(OVError) -> RecognisedSource? {
        guard let location = try GitRecognition.recognise(text, in: context) else { return nil }
        return RecognisedSource(location: location.text, suggestedName: location.suggestedName)
    }

    package func fetch(_ request: FetchRequest, into sink: any DocumentSink) async throws -> FetchSummary {
        try Task.checkCancellation()
        let arguments = try GitArguments(request.source.options)
        let location = try GitLocation(stored: request.source.location)
        do {
            return try await fetch(request, location, arguments, into: sink)
        } catch let failure as GitFailure {
            try Task.checkCancellation()
            throw failure.fetchError(of: location.text)
        }
    }

    private func fetch(
        _ request: FetchRequest, _ location: GitLocation, _ arguments: GitArguments, into sink: any DocumentSink
    ) async throws -> FetchSummary {
        try checkIsThere(location)
        try makeFolders()
        let ways = try await route.ways(to: location, for: request.source)
        let (probe, way) = try await ask(location, arguments.ref, ways[...])
        // What is packed is smaller than what it is unpacked, nearly always.
        var access = way
        access.fileLimit = request.limits.bytesPerIngest
        let mirror = try await GitMirror.take(location, in: cache, git: git, clock: clock, wait: lockWait)
        if request.isFromScratch { try mirror.discard() }
        var run = GitRun(
            request: request, arguments: arguments, mirror: mirror, probe: probe, access: access,
            commit: try await mirror.bring(probe, access: access))
        var selection = try await run.repairing { try await $0.select() }
        var kept = selection.takeKept()[...]
        while !kept.isEmpty {
            try Task.checkCancellation()
            try await sink.keep(Array(kept.prefix(Self.keptAtOnce)))
            kept = kept.dropFirst(Self.keptAtOnce)
        }
        for warning in selection.takeWarnings() { await sink.warn(warning) }
        await sink.expect(documents: selection.count)
        try await run.deliver(selection.unread, into: sink)
        try await mirror.tidy()
        GitMirror.removeUnused(in: cache, clock: clock)
        return FetchSummary(shape: run.shape)
    }

    /// Asks over the first way that leads there.
    private func ask(_ location: GitLocation, _ ref: GitArguments.Ref, _ ways: ArraySlice<GitProgram.Access>)
        async throws -> (GitProbe, GitProgram.Access)
    {
        for access in ways.dropLast() {
            do {
                return (try await GitProbe.ask(location, for: ref, with: git, access: access), access)
            } catch let failure as GitFailure where failure.isUnreachable {
                continue
            }
        }
        guard let access = ways.last else {
            throw FetchError.transient(cause: "unknown_host", "\(location.text) has no address")
        }
        return (try await GitProbe.ask(location, for: ref, with: git, access: access), access)
    }

    private func checkIsThere(_ location: GitLocation) throws(FetchError) {
        guard case .local(let path) = location else { return }
        do {
            _ = try FileStatus(of: path)
        } catch {
            throw .source(path, error)
        }
        guard GitRecognition.isRepository(path) else {
            throw .permanent(
                cause: "source_gone", "\(path) is no git repository any more",
                hint: "`ov rm` the resource and ingest it anew")
        }
    }

    private func makeFolders() throws(FetchError) {
        do {
            try CacheFolder.make(cache + "/home")
        } catch {
            throw .cache(error)
        }
    }
}
