// SPDX-License-Identifier: Apache-2.0

import Glibc
package import OVCore
internal import OVSystem

/// A folder on this machine, with what lies below it.
///
/// Ignore files are honoured as git does (see `IgnoreFiles`), links are not followed out, and files that have not
/// changed since the last run are told by their status and not read.
package struct FolderFetcher: Fetcher {
    private let clock: any WallClock

    package init(clock: any WallClock = SystemClock()) { self.clock = clock }

    package let name = "folder"
    package let version = 1
    package let arguments = [charsetArgument]

    /// How many unchanged documents are passed on at a time.
    private static let keptAtOnce = 1024

    package func recognise(_ text: String, in context: SourceContext) async throws(OVError) -> RecognisedSource? {
        guard let path = try LocalPath.parse(text, in: context), try LocalPath.status(path)?.kind == .folder else {
            return nil
        }
        return RecognisedSource(location: path, suggestedName: LocalPath.suggestedName(path))
    }

    package func fetch(_ request: FetchRequest, into sink: any DocumentSink) async throws -> FetchSummary {
        let location = request.source.location
        let (root, rootPath) = try open(location)
        var walk = try FolderWalk(request, root: root, rootPath: rootPath)
        while try walk.advance() {
            if walk.kept.count >= Self.keptAtOnce { try await pass(walk.takeFindings(), to: sink) }
        }
        try await pass(walk.takeFindings(), to: sink)
        await sink.expect(documents: walk.documents)
        let reader = FolderReader(request: request, root: root, rootPath: rootPath, clock: clock, sink: sink)
        try await reader.run(walk.unread)
        // A folder that is removed while it is walked looks like one that got ever emptier.
        _ = try open(location)
        return FetchSummary(shape: .tree)
    }

    private func open(_ location: String) throws(FetchError) -> (root: Descriptor, path: [UInt8]) {
        do {
            let root = try Descriptor(opening: location, O_RDONLY | O_DIRECTORY)
            return (root, try root.resolvedPath())
        } catch {
            if error.errno == ENOTDIR, (try? FileStatus(of: location)) != nil {
                throw .permanent(
                    cause: "source_gone", "\(location) is not a folder any more",
                    hint: "`ov rm` the resource and ingest it anew")
            }
            throw .source(location, error)
        }
    }

    private func pass(
        _ findings: (kept: [KeptDocument], warnings: [FetchWarning]), to sink: any DocumentSink
    ) async throws {
        for warning in findings.warnings { await sink.warn(warning) }
        if !findings.kept.isEmpty { try await sink.keep(findings.kept) }
    }
}
