// SPDX-License-Identifier: Apache-2.0

import Glibc
package import OVCore
internal import OVSystem

/// A file that a client has uploaded, or the folder that it was packed from. It can be read once: the upload is removed
/// when it has been delivered.
package struct UploadFetcher: Fetcher {
    private let folder: String
    private let clock: any WallClock

    /// - Parameter folder: where uploads lie; see `UploadReference`.
    package init(folder: String, clock: any WallClock = SystemClock()) {
        self.folder = folder
        self.clock = clock
    }

    package let name = UploadReference.fetcher
    package let version = 1
    package let arguments = [charsetArgument]

    package func recognise(_ text: String, in context: SourceContext) async throws(OVError) -> RecognisedSource? {
        guard let upload = UploadReference(text) else { return nil }
        guard let name = fileName(of: upload) else {
            throw OVError(
                .notFound, "there is no upload \(upload.id)",
                hint: "uploads are gone once they were used, and after a day: upload the file again")
        }
        return RecognisedSource(
            location: upload.text + "/" + name,
            suggestedName: LocalPath.suggestedName(ArchiveFormat.of(fileName: name)?.innerName ?? name))
    }

    package func fetch(_ request: FetchRequest, into sink: any DocumentSink) async throws -> FetchSummary {
        try Task.checkCancellation()
        guard let upload = UploadReference(request.source.location), let name = fileName(of: upload) else {
            throw FetchError.permanent(cause: "source_gone", "the upload is gone", hint: "upload the file again")
        }
        let path = path(of: upload) + "/" + name
        let summary: FetchSummary
        do {
            let file = try Descriptor(opening: path, StableRead.flags)
            if ArchiveFormat.of(fileName: name) != nil {
                // Nobody comes back for it; and its folders were packed to be there.
                let run = ArchiveRun(request: request, sink: sink, strip: .levels(0), name: name)
                summary = try await run.deliver(.file(file), archive: nil)
            } else {
                summary = try await deliver(file, name, request, to: sink)
            }
        } catch let error as SystemError {
            throw FetchError.source(name, error)
        }
        unlink(path)
        rmdir(self.path(of: upload))
        return summary
    }

    private func deliver(_ file: Descriptor, _ name: String, _ request: FetchRequest, to sink: any DocumentSink)
        async throws -> FetchSummary
    {
        let limit = min(request.limits.documentBytes, request.limits.bytesPerIngest)
        await sink.expect(documents: 1)
        let read: StableRead
        do { read = try StableRead.read(file, clock: clock, limit: limit) } catch {
            throw error.fetchError(of: name, limit: limit)
        }
        try await sink.deliver(
            FetchedDocument(
                path: "", bytes: read.bytes, name: name,
                declaredCharset: request.source.options.charset(for: read.bytes), validator: nil))
        return FetchSummary(shape: .single)
    }

    private func path(of upload: UploadReference) -> String { folder + "/" + upload.id.description }

    /// The name of the one file of an upload.
    private func fileName(of upload: UploadReference) -> String? {
        guard let descriptor = try? Descriptor(opening: path(of: upload), O_RDONLY | O_DIRECTORY),
            let listing = try? FolderListing(of: descriptor, atMost: 2), let entry = listing.entries.first
        else { return nil }
        return String(validating: listing.name(of: entry), as: UTF8.self)
    }
}
