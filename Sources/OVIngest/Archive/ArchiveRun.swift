// SPDX-License-Identifier: Apache-2.0

internal import OVCore
internal import OVSystem

/// One run over an archive that is there.
struct ArchiveRun {
    let request: FetchRequest
    let sink: any DocumentSink
    let strip: ArchiveStrip
    /// What the archive is called: by its ending it is read, unless it is none.
    let name: String

    /// - Parameter archive: see `ArchiveDelivery`.
    /// - Throws: `FetchError`, `CancellationError`, what the sink throws.
    func deliver(_ bytes: ArchiveBytes, archive: String?) async throws -> FetchSummary {
        let known = ArchiveFormat.of(fileName: name)
        do {
            let format = try format(of: bytes, named: known?.format)
            var delivery = ArchiveDelivery(request, to: sink, archive: archive)
            guard format.isFolder else {
                await delivery.expect(1)
                let document = try GzippedDocument.unpacked(bytes, request.limits, name: name)
                try await delivery.add(path: "", name: known?.innerName ?? name, document)
                try await delivery.finish()
                return FetchSummary(shape: .single)
            }
            var documents = try ArchiveDocuments(request, strip: strip, delivery: delivery)
            try await documents.deliver(bytes, format)
            return FetchSummary(shape: .tree)
        } catch let error as ArchiveError {
            throw FetchError.archive(name, error)
        } catch let error as SystemError {
            throw FetchError.source(name, error)
        }
    }

    @inline(never) private func format(of bytes: ArchiveBytes, named: ArchiveFormat?) throws -> ArchiveFormat {
        let head = try bytes.read(ArchiveFormat.headSize, at: 0)
        guard let format = ArchiveFormat.reading(head, named: named) else {
            throw ArchiveError(.foreign, at: 0, "it is no zip, tar or gzip archive")
        }
        return format
    }
}
