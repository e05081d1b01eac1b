// SPDX-License-Identifier: Apache-2.0

package import OVCore
package import OVSystem

/// Takes what the pipeline has made of a source: documents converted and ready to be stored.
package protocol ConvertedSink: Sendable {
    func keep(_ documents: [KeptDocument]) async throws
    func store(_ document: ConvertedDocument) async throws
    func warn(_ warning: FetchWarning) async
    func expect(documents: Int) async
}

/// A fetcher and the converters behind it, on threads that may block.
package struct IngestPipeline: Sendable {
    private let fetchers: FetcherRegistry
    private let converters: [any Converter]
    private let threads: ThreadPool

    package init(fetchers: FetcherRegistry, converters: [any Converter], threads: ThreadPool) {
        self.fetchers = fetchers
        self.converters = converters
        self.threads = threads
    }

    /// The pipeline of one run: its converters have looked once for the programs that they depend on.
    package func prepared() async -> IngestPipeline {
        await withTaskExecutorPreference(threads) {
            IngestPipeline(fetchers: fetchers, converters: converters.map { $0.prepared() }, threads: threads)
        }
    }

    /// What decides, beside the source's bytes, which documents come out: validators that were made under another
    /// fingerprint are not used. Looks at the disk, unless the pipeline is a prepared one.
    package func fingerprint(of source: Source, limits: Limits) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("fetcher", source.fetcher)
            json.member("version", (try? fetchers.fetcher(named: source.fetcher))?.version ?? 0)
            json.member("location", source.location)
            json.member("include", source.options.include)
            json.member("exclude", source.options.exclude)
            json.member("ignore", source.options.ignoredDirectories)
            for (name, value) in source.options.arguments.sorted(by: { $0.key < $1.key }) {
                json.member(data: name, value)
            }
            // What was too large may fit now.
            json.member("document_bytes", Int(clamping: limits.documentBytes))
            json.member("converters", converters.map(\.version))
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// Runs a source's fetcher and converts what it delivers.
    /// - Throws: `FetchError`, `CancellationError`, or what the sink throws.
    package func run(_ request: FetchRequest, into sink: some ConvertedSink) async throws -> FetchSummary {
        return try await withTaskExecutorPreference(threads) {
            let conversion = ConvertingSink(converters: converters, limits: request.limits, next: sink)
            let fetcher: any Fetcher
            do throws(OVError) { fetcher = try fetchers.fetcher(named: request.source.fetcher) } catch {
                throw FetchError.permanent(cause: "unknown_fetcher", error.message, hint: error.hint)
            }
            let summary = try await fetcher.fetch(request, into: conversion)
            for warning in conversion.remarks.warnings { await sink.warn(warning) }
            return summary
        }
    }

    /// What a source text and its options mean.
    package struct Resolution: Sendable {
        package let source: Source
        /// What the resource is called when the user does not say.
        package let suggestedName: String
        /// A secret that stood in the address. It is in no part of the source, and has to be kept elsewhere.
        package let credential: String?
        /// Whether the fetcher shows a secret to nobody but the host that the source names.
        package let keepsSecrets: Bool
    }

    /// Finds the fetcher for a source text, see `FetcherRegistry.resolve`, on threads that may look at the disk.
    package func resolve(_ text: String, fetcher name: String?, options: Source.Options, in context: SourceContext)
        async throws(OVError) -> Resolution
    {
        let credential = SourceCredential(in: text)
        if credential != nil, options.arguments[authArgument.name] != nil {
            throw OVError(
                .contradictoryArguments, "the address and the argument 'auth' both say who is asking",
                hint: "leave out one of them")
        }
        return try await withTaskExecutorPreference(threads) { () async throws(OVError) in
            let (source, name) = try await fetchers.resolve(
                credential?.address ?? text, fetcher: name, options: options, in: context)
            return Resolution(
                source: source, suggestedName: name, credential: credential?.secret,
                keepsSecrets: fetchers.keepsSecrets(source.fetcher))
        }
    }

    /// Everything that is built in.
    package static func standard(
        threads: ThreadPool, clock: any WallClock = SystemClock(), surroundings: Surroundings
    ) -> IngestPipeline {
        let egress = EgressGuard()
        let secrets = SecretSource(environment: surroundings.environment, folder: surroundings.secretFolder)
        let web = WebClient(
            egress: egress, clock: clock, trustedCertificates: surroundings.environment["SSL_CERT_FILE"])
        let git = GitFetcher(
            cache: surroundings.cacheFolder + "/git", supervisor: surroundings.supervisor,
            environment: surroundings.environment, egress: egress, secrets: secrets, clock: clock)
        let archives = ArchiveFetcher(
            client: web, secrets: secrets, cache: surroundings.cacheFolder + "/downloads", clock: clock)
        let sites = SiteAccess(client: web, secrets: secrets, cache: surroundings.cacheFolder + "/robots")
        // Before those that take anything without a scheme for a path.
        let uploads = surroundings.uploadFolder.map { UploadFetcher(folder: $0, clock: clock) }
        return IngestPipeline(
            fetchers: FetcherRegistry(
                [uploads].compactMap(\.self) as [any Fetcher] + [
                    // A bare repository is a folder too, an address of one is a URL too, and `git@host:path` could be
                    // the name of a file.
                    git,
                    // What is called like a feed or a sitemap is a page, or an archive, only for who says so.
                    FeedFetcher(sites), SiteFetcher(sites),
                    // An archive is a file too, and its address that of one.
                    archives, FileFetcher(clock: clock), FolderFetcher(clock: clock),
                    URLFetcher(client: web, secrets: secrets),
                ], plugins: PluginFolders(surroundings)),
            converters: [
                ConverterPlugins(surroundings), MarkdownConverter(), HTMLConverter(), OfficeConverter(),
                BookConverter(), NotebookConverter(), TableConverter(), FeedConverter(), JSONConverter(),
                XMLConverter(), MarkupConverter(), PDFConverter(surroundings), TextConverter(),
            ], threads: threads)
    }
}

/// Converts on the way from a fetcher to the store, in the task that delivers.
private struct ConvertingSink<Next: ConvertedSink>: DocumentSink {
    let converters: [any Converter]
    let limits: Limits
    let next: Next
    let remarks = RemarkSummary()

    func keep(_ documents: [KeptDocument]) async throws { try await next.keep(documents) }

    func deliver(_ document: FetchedDocument) async throws {
        let converted: ConvertedDocument
        do {
            converted = try await convert(document)
        } catch let error as ConversionError {
            await next.warn(FetchWarning(path: document.path, message: "kept as it is: \(error.message)"))
            converted = .asIs(document)
        }
        if let remark = converted.remark { remarks.add(remark, about: converted.path) }
        try await next.store(converted)
    }

    private func convert(_ document: FetchedDocument) async throws -> ConvertedDocument {
        for converter in converters {
            if let converted = try await converter.convert(document, limits: limits) { return converted }
        }
        return .asIs(document)
    }

    func warn(_ warning: FetchWarning) async { await next.warn(warning) }
    func expect(documents: Int) async { await next.expect(documents: documents) }
}
