// SPDX-License-Identifier: Apache-2.0

import Glibc
package import OVCore
internal import OVSystem

/// A file that a client has uploaded. It can be read once: the upload is removed when it has been delivered.
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

    /// Endings of what will be unpacked, and cannot be yet.
    private static let archives = [".zip", ".tar", ".tar.gz", ".tgz"]

    package func recognise(_ text: String, in context: SourceContext) async throws(OVError) -> RecognisedSource? {
        guard let upload = UploadReference(text) else { return nil }
        guard let name = fileName(of: upload) else {
            throw OVError(
                .notFound, "there is no upload \(upload.id)",
                hint: "uploads are gone once they were used, and after a day: upload the file again")
        }
        let lowered = name.lowercased()
        guard !Self.archives.contains(where: { lowered.hasSuffix($0) }) else {
            throw OVError(
                .invalidURI, "'\(LocalPath.shown(name))' is an archive, and uploaded archives cannot be unpacked yet",
                hint: "upload the files one by one, or ingest the folder where it is")
        }
        return RecognisedSource(
            location: upload.text + "/" + name, suggestedName: LocalPath.suggestedName(name))
    }

    package func fetch(_ request: FetchRequest, into sink: any DocumentSink) async throws -> FetchSummary {
        try Task.checkCancellation()
        guard let upload = UploadReference(request.source.location), let name = fileName(of: upload) else {
            throw FetchError.permanent(cause: "source_gone", "the upload is gone", hint: "upload the file again")
        }
        let path = path(of: upload) + "/" + name
        let limit = min(request.limits.documentBytes, request.limits.bytesPerIngest)
        await sink.expect(documents: 1)
        let read: StableRead
        do {
            let file = try Descriptor(opening: path, StableRead.flags)
            read = try StableRead.read(file, clock: clock, limit: limit)
        } catch let error as StableRead.Failure {
            throw error.fetchError(of: name, limit: limit)
        } catch let error as SystemError {
            throw FetchError.source(name, error)
        }
        try await sink.deliver(
            FetchedDocument(
                path: "", bytes: read.bytes, name: name,
                declaredCharset: request.source.options.charset(for: read.bytes), validator: nil))
        unlink(path)
        rmdir(self.path(of: upload))
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
