// SPDX-License-Identifier: Apache-2.0

package import OVCore
internal import OVSystem

/// The files of an archive, on this machine or on the web, as a folder; of a single packed file, that file.
///
/// One from the web is first written to a file of the cache that has no name, so that nothing of it is left when the
/// run ends, in whatever way.
package struct ArchiveFetcher: Fetcher {
    private let client: WebClient
    private let secrets: SecretSource
    private let cache: String
    private let clock: any WallClock

    /// - Parameter cache: a folder for downloads, which need not exist; absolute.
    package init(client: WebClient, secrets: SecretSource, cache: String, clock: any WallClock = SystemClock()) {
        self.client = client
        self.secrets = secrets
        self.cache = cache
        self.clock = clock
    }

    package let name = "archive"
    package let version = 1
    package let arguments = [ArchiveStrip.argument, charsetArgument, authArgument]

    package func recognise(_ text: String, in context: SourceContext) async throws(OVError) -> RecognisedSource? {
        if let scheme = LocalPath.scheme(of: text), WebURL.Scheme(rawValue: scheme) != nil {
            let url = try WebURL(parsing: text)
            guard let name = Self.suggestedName(of: url) ?? (context.isFetcherNamed ? url.suggestedName : nil) else {
                return nil
            }
            return RecognisedSource(location: url.withoutFragment.text, suggestedName: name)
        }
        // Elsewhere a name decides before the disk is asked.
        guard context.isFetcherNamed || ArchiveFormat.of(fileName: LocalPath.lastSegment(text)) != nil else {
            return nil
        }
        guard let path = try LocalPath.parse(text, in: context), try LocalPath.status(path)?.kind == .file else {
            return nil
        }
        let inner = ArchiveFormat.of(fileName: LocalPath.lastSegment(path))?.innerName
        return RecognisedSource(location: path, suggestedName: LocalPath.suggestedName(inner ?? path))
    }

    /// - Returns: nil for what its name does not show to be an archive.
    private static func suggestedName(of url: WebURL) -> String? {
        guard let archive = ArchiveFormat.of(fileName: url.lastSegment) else { return nil }
        var name = LocalPath.suggestedName(archive.innerName)
        // Forges call it after what is in it, a branch or a version: `/owner/project/archive/refs/heads/main.zip`.
        let segments = url.path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        if let index = segments.firstIndex(of: "archive"), index >= 2, !name.hasPrefix(segments[index - 1]) {
            let project = segments[index - 1] == "-" ? segments[index - 2] : segments[index - 1]
            if !name.hasPrefix(project) { name = "\(project)-\(name)" }
        }
        return VikingURI.isSegment(name) ? name : url.suggestedName
    }

    package func fetch(_ request: FetchRequest, into sink: any DocumentSink) async throws -> FetchSummary {
        try Task.checkCancellation()
        let strip: ArchiveStrip
        do throws(OVError) { strip = try ArchiveStrip(request.source.options) } catch {
            throw FetchError.permanent(cause: "invalid_argument", error.message, hint: error.hint)
        }
        let location = request.source.location
        if LocalPath.scheme(of: location) != nil { return try await download(request, strip, into: sink) }
        let name = LocalPath.lastSegment(location)
        return try await read(ArchiveRun(request: request, sink: sink, strip: strip, name: name))
    }

    private static func keepAll(_ memory: ArchiveMemory, _ request: FetchRequest, in sink: any DocumentSink)
        async throws -> FetchSummary
    {
        try await ArchiveDelivery.keepAll(memory, request, in: sink)
        return FetchSummary(shape: request.validators[""] != nil ? .single : .tree, isUnchanged: true)
    }
}

// MARK: - On this machine

extension ArchiveFetcher {
    private func read(_ run: ArchiveRun) async throws -> FetchSummary {
        let (request, location, started) = (run.request, run.request.source.location, clock.now())
        let (file, before) = try open(location)
        let memory = ArchiveMemory(request.validators)
        if let known = memory.archive, FileValidator.matches(Validator(known), before) {
            return try await Self.keepAll(memory, request, in: run.sink)
        }
        let validator = FileValidator.make(before, readFrom: started)
        let summary = try await run.deliver(.file(file), archive: validator?.text ?? "")
        guard try status(of: file, location).isSameContent(as: before) else {
            throw FetchError.transient(
                cause: "io_error", "\(location) changed while it was read",
                hint: "write it elsewhere and move it into its place when it is complete")
        }
        return summary
    }

    private func open(_ location: String) throws(FetchError) -> (Descriptor, FileStatus) {
        let file: Descriptor
        do { file = try Descriptor(opening: location, StableRead.flags) } catch { throw .source(location, error) }
        let status = try status(of: file, location)
        guard status.kind == .file else {
            throw .permanent(
                cause: "source_gone", "\(location) is a \(status.noun) now, not a file",
                hint: "`ov rm` the resource and ingest it anew")
        }
        return (file, status)
    }

    private func status(of file: Descriptor, _ location: String) throws(FetchError) -> FileStatus {
        do { return try file.status() } catch { throw .source(location, error) }
    }
}

// MARK: - On the web

extension ArchiveFetcher {
    /// An archive is itself what is packed.
    private static let accepted = [("Accept", "*/*"), ("Accept-Encoding", "identity")]

    /// Bytes of an archive: those that it may unpack to, and what it may have around small ones.
    private static func downloadLimit(_ limits: Limits) -> Int64 {
        let (sum, overflows) = limits.bytesPerIngest.addingReportingOverflow(64 << 20)
        return overflows ? .max : sum
    }

    private func download(_ request: FetchRequest, _ strip: ArchiveStrip, into sink: any DocumentSink) async throws
        -> FetchSummary
    {
        let url = try url(of: request.source)
        let memory = ArchiveMemory(request.validators)
        let known = memory.archive.flatMap { WebValidator(Validator($0)) }
        var terms = try request.source.terms(for: url, limits: request.limits, secrets: secrets)
        let file = try makeFile()
        terms.download = file
        let settled = terms
        let limit = Self.downloadLimit(request.limits)
        let response: WebResponse
        do {
            response = try await client.withSession(settled) { session in
                try await session.get(url, headers: Self.accepted + (known?.conditions ?? []), limit: limit)
            }
        } catch let error as FetchError where error.cause == "limit_exceeded" {
            throw FetchError.permanent(
                cause: "limit_exceeded", "\(url) has more than \(limit) bytes; that is the limit on an archive",
                hint: "raise `bytes_per_ingest` in config.json if it is worth it")
        }
        switch response.status {
        case 200, 203:
            let run = ArchiveRun(request: request, sink: sink, strip: strip, name: name(of: response, at: url))
            let validator = WebValidator(response, received: client.clock.now())?.validator
            return try await run.deliver(.file(file), archive: validator?.text ?? "")
        case 304 where known != nil: return try await Self.keepAll(memory, request, in: sink)
        default: throw FetchError.status(response, asOf: client.clock.now())
        }
    }

    /// By the address that was asked for; one that says nothing may lead to one that does.
    private func name(of response: WebResponse, at url: WebURL) -> String {
        for name in [url.lastSegment, response.url.lastSegment] where ArchiveFormat.of(fileName: name) != nil {
            return name
        }
        return url.lastSegment.isEmpty ? url.host : url.lastSegment
    }

    private func url(of source: Source) throws(FetchError) -> WebURL {
        do throws(OVError) { return try WebURL(parsing: source.location) } catch {
            throw .permanent(cause: "source_gone", error.message, hint: error.hint)
        }
    }

    private func makeFile() throws(FetchError) -> Descriptor {
        do throws(SystemError) {
            try CacheFolder.make(cache)
            return try Descriptor(unnamedIn: cache)
        } catch {
            throw .cache(error)
        }
    }
}
