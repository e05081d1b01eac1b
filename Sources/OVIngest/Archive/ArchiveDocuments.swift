// SPDX-License-Identifier: Apache-2.0

internal import OVCore
internal import OVSystem

/// Makes documents of an archive that lies in a file. Archives in it are documents as well.
struct ArchiveDocuments {
    private let request: FetchRequest
    private let sink: any DocumentSink
    private let file: Descriptor
    private let limits: ArchiveLimits
    private var admission: PathAdmission
    private var tally: ArchiveTally
    private var documents = 0

    private static let pieceSize = 64 << 10
    /// Packed bytes can become a thousand times as many.
    private static let packedPieceSize = 16 << 10

    /// - Throws: `FetchError` when the source's options make no sense.
    init(_ file: Descriptor, _ request: FetchRequest, sink: any DocumentSink) throws(FetchError) {
        self.request = request
        self.sink = sink
        self.file = file
        limits = ArchiveLimits(request.limits)
        tally = ArchiveTally(limits)
        do { admission = PathAdmission(try PathFilter(request.source.options)) } catch {
            throw .permanent(cause: "invalid_argument", error.message, hint: error.hint)
        }
    }

    /// - Throws: `ArchiveError`, `SystemError`, `CancellationError`, what the sink throws.
    mutating func deliver(_ format: ArchiveFormat) async throws {
        switch format {
        case .zip: try await deliverZip()
        case .tar: try await deliverTar(packed: false)
        case .gzippedTar: try await deliverTar(packed: true)
        }
        await sink.expect(documents: documents)
    }

    private mutating func deliver(_ entry: ArchiveEntry, _ bytes: [UInt8]) async throws {
        documents += 1
        try await sink.deliver(
            FetchedDocument(
                path: entry.path, bytes: bytes, name: LocalPath.lastSegment(entry.path),
                declaredCharset: request.source.options.charset(for: bytes), validator: nil))
    }
}

// MARK: - Zip

extension ArchiveDocuments {
    private mutating func deliverZip() async throws {
        let (reader, allowance) = try openZip()
        let wanted = try await choose(reader.members, allowance)
        for _ in 0..<reader.longPaths { tally.leftOut.addLongPath() }
        await sink.expect(documents: wanted.count)
        for member in wanted {
            try await deliver(member.entry, try content(of: member, reader))
        }
        for warning in tally.leftOut.warnings { await sink.warn(warning) }
    }

    private mutating func choose(_ members: [ZipMember], _ allowance: Int64) async throws -> [ZipMember] {
        var (wanted, unpacked): ([ZipMember], Int64) = ([], 0)
        for member in members where admission.admits(member.entry.path) {
            guard try await take(member) else { continue }
            unpacked += member.entry.size
            // Known before anything is unpacked.
            guard unpacked <= allowance else { throw Self.bomb(limits.ratio, at: member.entry.offset) }
            wanted.append(member)
        }
        return wanted
    }

    /// The reader, and how many bytes may come of the archive.
    ///
    /// Apart from what is asynchronous, as is `content`: Swift 6.3's optimizer ends where it splits a function into
    /// which it has drawn both kinds of throwing.
    @inline(never) private func openZip() throws -> (ZipReader, Int64) {
        (try ZipReader(.file(file), limits: limits), limits.unpackedBytes(ofArchive: try file.status().size))
    }

    @inline(never) private func content(of member: ZipMember, _ reader: ZipReader) throws -> [UInt8] {
        try Task.checkCancellation()
        return try reader.content(of: member)
    }

    /// - Returns: whether it becomes a document.
    private mutating func take(_ member: ZipMember) async throws -> Bool {
        let entry = member.entry
        switch entry.kind {
        case .file where entry.size > limits.fileBytes:
            await sink.warn(.tooLarge(entry.path, entry.size, limit: limits.fileBytes))
        case .file where !member.isReadable: await sink.warn(.unreadable(entry, member.methodName))
        case .file:
            try tally.count(entry, at: entry.offset)
            if let warning = tally.warning(aboutNameOf: entry) { await sink.warn(warning) }
            return true
        default: tally.leftOut.add(entry)
        }
        return false
    }

    private static func bomb(_ ratio: Int64, at offset: Int64) -> ArchiveError {
        ArchiveError(.limitExceeded, at: offset, "it unpacks to more than \(ratio) times its size")
    }
}

// MARK: - Tar

extension ArchiveDocuments {
    private mutating func deliverTar(packed isPacked: Bool) async throws {
        var reader = TarReader(limits: limits)
        let size = try file.status().size
        guard size <= limits.archiveBytes else {
            throw ArchiveError(.limitExceeded, at: 0, "it has \(size) bytes, and may have \(limits.archiveBytes)")
        }
        let allowance = min(limits.unpackedBytes(ofArchive: size), limits.archiveBytes)
        let inflater = isPacked ? Inflater(limit: Int(clamping: allowance)) : nil
        var offset: Int64 = 0
        while true {
            try Task.checkCancellation()
            let piece = try file.read(isPacked ? Self.packedPieceSize : Self.pieceSize, at: offset)
            if piece.isEmpty { break }
            reader.add(try Self.unpack(piece, with: inflater, at: offset, ratio: limits.ratio)[...])
            offset += Int64(piece.count)
            try await deliver(from: &reader)
        }
        guard inflater?.isComplete ?? true else {
            throw ArchiveError(.truncated, at: offset, "it ends too early")
        }
        for warning in try reader.finish() { await sink.warn(warning) }
    }

    private static func unpack(_ piece: [UInt8], with inflater: Inflater?, at offset: Int64, ratio: Int64)
        throws(ArchiveError) -> [UInt8]
    {
        guard let inflater else { return piece }
        do throws(Inflater.Failure) {
            try inflater.append(piece)
        } catch {
            switch error {
            case .tooLarge: throw bomb(ratio, at: offset)
            case .malformed where offset == 0: throw ArchiveError(.foreign, at: 0, "it is not packed with gzip")
            case .malformed: throw ArchiveError(.damaged, at: offset, "it cannot be unpacked to what it was")
            }
        }
        return inflater.takeOutput()
    }

    private mutating func deliver(from reader: inout TarReader) async throws {
        while let item = try reader.next() {
            switch item {
            case .entry(let entry): if admission.admits(entry.path) { try reader.take() }
            case .file(let entry, let bytes): try await deliver(entry, bytes)
            case .warning(let warning): await sink.warn(warning)
            }
        }
    }
}

extension FetchError {
    /// - Parameter name: of the archive, in messages.
    static func archive(_ name: String, _ error: ArchiveError) -> FetchError {
        let shown = LocalPath.shown(name)
        return switch error.reason {
        case .limitExceeded:
            .permanent(
                cause: "limit_exceeded", "the archive \(shown) is too large: \(error)",
                hint: "take less into it, or narrow it by include and exclude; config.json has the limits")
        case .unsupported:
            .permanent(
                cause: "unsupported_archive", "the archive \(shown) cannot be read: \(error)",
                hint: "make it anew as one zip without a password, or as .tar.gz")
        case .foreign, .damaged, .truncated, .unsafePath, .repeatedPath:
            .permanent(
                cause: "bad_archive", "the archive \(shown) cannot be used: \(error)",
                hint: "nothing of it was kept; make it anew")
        }
    }
}
