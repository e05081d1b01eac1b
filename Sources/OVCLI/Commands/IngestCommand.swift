// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct IngestCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Take in a source, once or as a watch that keeps it current.",
        usage: "ov ingest SOURCE [--to URI | --parent URI] [--watch-interval MINUTES] [options]",
        discussion: Discussion.text(
            """
            A source is a path or an address: of a file, a folder, an archive (zip, tar, tar.gz), a git repository, a \
            page; with --fetcher site the site that begins there, with --fetcher feed the feed there. sitemap.xml and \
            feed.xml need no --fetcher. --arg goes to the fetcher. site: use=sitemap, llms, llms-full or crawl; \
            depth=3 links of a crawl; max_pages=10000; concurrency=4 requests at once; trust_lastmod=true asks for no \
            page whose date in the sitemap is the same. feed: full=true reads the pages that a feed only summarises. \
            --include and --exclude go by the path of the document or of the page's address. Ingesting the same \
            source again refreshes the same target, with the \
            options it had unless you give others. The command waits for the end, shows progress on standard error, \
            and fails when the ingest fails.

            --verify believes nothing that an earlier run left (ETags, file times, mirrors): it reads all of the source \
            and holds it against what is kept. It ends with 0 when that is exactly the source, and with 1 after telling \
            what is not.
            """,
            examples: [
                "ov ingest ./docs --to viking://resources/docs",
                "ov ingest ~/notes --to viking://resources/notes --watch-interval 60",
                "ov ingest https://example.com/project-1.2.tar.gz --to viking://resources/project",
                "ov ingest https://example.com/docs/ --fetcher site --to viking://resources/docs --watch-interval 1440",
                "ov ingest ./notes --include '*.md' --exclude 'drafts/**' --dry-run",
                "ov ingest https://example.com/guide.md --verify",
            ]),
        aliases: ["add-resource"])

    @OptionGroup var options: IngestOptions
    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let request = try options.request(in: context.workingDirectory, home: context.environment["HOME"])
        if let preview = try options.preview() {
            let plan = try await context.withPlane { try await $0.preview(request, preview, as: context.caller) }
            try context.show(plan) { plan.display }
            if preview == .verification, !plan.matches { throw SilentExit(status: ExitStatus.failure) }
            return
        }
        try await context.withRuns { opened in
            let plane = opened.plane
            let receipt = try await plane.ingest(request, as: context.caller)
            if receipt.isCoalesced { try context.note("a run of \(receipt.root) is going on; this one follows it") }
            if options.noWait {
                try show(receipt, nil, in: context)
                if opened.executesRuns { return }
                try context.note("no server is running: the ingest goes on in this process until it ends")
            }
            let monitor = RunMonitor(context: context, plane: plane)
            let ended = try await monitor.wait(for: [receipt.task], timeout: options.timeout?.milliseconds) { view in
                if view.status == .cancelled { try context.note("cancelled") }
                if view.status == .completed, !options.noWait { try show(receipt, view.result, in: context) }
            }
            if let failure = ended.first?.failure() { throw failure.adding(source: receipt.sourcePath) }
        }
    }

    private func show(_ receipt: IngestReceipt, _ result: TaskRecord.Result?, in context: CommandContext) throws {
        try context.show(JSONBlock { receipt.write(to: &$0, result: result) }) { receipt.display(result) }
        guard !context.isJSON else { return }
        for warning in result?.warnings ?? [] { try context.note("warning: \(warning)") }
    }
}

extension OVError {
    /// The error with the source that was ingested among its facts.
    fileprivate func adding(source: String) -> OVError {
        var error = self
        error.details["source"] = .string(source)
        return error
    }
}
