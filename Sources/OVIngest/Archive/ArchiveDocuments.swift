// SPDX-License-Identifier: Apache-2.0

internal import OVCore
internal import OVSystem

/// Makes documents of what is in an archive. An archive in it is a folder, and one in that; a deeper one is a document.
struct ArchiveDocuments {
    private let strip: ArchiveStrip
    private var delivery: ArchiveDelivery
    private let limits: ArchiveLimits
    private var admission: PathAdmission
    private var paths = ArchivePaths()
    private var notes = ArchiveNotes()
    /// What may still come, all levels taken together.
    private var room: Room

    private struct Room {
        var files: Int
        var bytes: Int64
        /// Bytes that may be unpacked of archives in the archive.
        var unpacked: Int64 = 0
    }

    /// Where the files of an archive go.
    private struct Place {
        /// The folder, with its slash; empty for the source's own.
        var folder = ""
        /// How many archives are around this one.
        var depth = 0
        /// How many folders at the top are left off.
        var levels = 0

        /// - Returns: nil for what lies above the folders that are left off.
        func path(of path: String) -> String? {
            var rest = path.utf8[...]
            for _ in 0..<levels {
                guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return nil }
                rest = rest[rest.index(after: slash)...]
            }
            return folder + Substring(rest)
        }
    }

    private enum Item {
        case document(path: String, [UInt8])
        case archive(path: String, ArchiveFormat, [UInt8])
        case warning(FetchWarning)
    }

    /// CONTRACT: archives in archives.
    private static let maximumDepth = 2

    /// - Throws: `FetchError` when the source's options make no sense.
    init(_ request: FetchRequest, strip: ArchiveStrip, delivery: ArchiveDelivery) throws(FetchError) {
        self.strip = strip
        self.delivery = delivery
        limits = ArchiveLimits(request.limits)
        room = Room(files: limits.files, bytes: limits.totalBytes)
        do { admission = PathAdmission(try PathFilter(request.source.options)) } catch {
            throw .permanent(cause: "invalid_argument", error.message, hint: error.hint)
        }
    }

    /// - Throws: `ArchiveError`, `SystemError`, `CancellationError`, what the sink throws.
    mutating func deliver(_ bytes: ArchiveBytes, _ format: ArchiveFormat) async throws {
        let survey = try survey(bytes, format)
        if let documents = survey.documents { await delivery.expect(documents) }
        var reader = try open(bytes, format)
        try await deliver(from: &reader, at: Place(levels: survey.levels))
        for warning in notes.warnings { await delivery.warn(warning) }
        try await delivery.finish()
    }

    private mutating func deliver(from reader: inout ArchiveReader, at place: Place) async throws {
        while let item = try next(from: &reader, at: place) {
            switch item {
            case .document(let path, let bytes): try await add(path, bytes)
            case .archive(let path, let format, let bytes): try await open(path, format, bytes, below: place)
            case .warning(let warning): await delivery.warn(warning)
            }
        }
        let folder = place.folder.isEmpty ? nil : String(place.folder.dropLast())
        for warning in reader.warnings {
            await delivery.warn(FetchWarning(path: folder, message: warning.message))
        }
    }

    private mutating func add(_ path: String, _ bytes: [UInt8]) async throws {
        try await delivery.add(path: path, name: LocalPath.lastSegment(path), bytes)
    }
}

// MARK: - Reading

/// Apart from what is asynchronous: Swift 6.3's optimizer ends where it splits a function into which it has drawn both
/// kinds of throwing.
extension ArchiveDocuments {
    @inline(never) private mutating func open(_ bytes: ArchiveBytes, _ format: ArchiveFormat) throws -> ArchiveReader {
        let allowance = limits.unpackedBytes(ofArchive: try bytes.size)
        room.unpacked = allowance
        return try ArchiveReader(bytes, format, limits: limits, allowance: allowance)
    }

    /// Looks through an archive for what must be known before its first document is passed on.
    @inline(never) private mutating func survey(_ bytes: ArchiveBytes, _ format: ArchiveFormat) throws
        -> (levels: Int, documents: Int?)
    {
        if case .levels(let levels) = strip, format != .zip { return (levels, nil) }
        let allowance = limits.unpackedBytes(ofArchive: try bytes.size)
        var reader = try ArchiveReader(bytes, format, limits: limits, allowance: allowance)
        var (folder, paths): (CommonFolder, [String]) = (CommonFolder(), [])
        while !(folder.isNone && format != .zip), let item = try reader.next() {
            guard case .entry(let entry) = item, entry.kind.isDocument else { continue }
            folder.add(entry.path)
            paths.append(entry.path)
        }
        var place = Place(levels: folder.isOne ? 1 : 0)
        if case .levels(let levels) = strip { place.levels = levels }
        guard !folder.isNone || format == .zip else { return (place.levels, nil) }
        return (place.levels, paths.count { path in place.path(of: path).map { admission.admits($0) } ?? false })
    }

    @inline(never) private mutating func next(from reader: inout ArchiveReader, at place: Place) throws -> Item? {
        while let item = try reader.next() {
            switch item {
            case .entry(let entry):
                guard let path = place.path(of: entry.path) else {
                    // What is there without being asked about is what a desktop left behind.
                    if entry.kind.isDocument, strip != .automatic { notes.addAbove(entry.path) }
                    continue
                }
                if isWanted(path, at: place) { try reader.take() }
            case .file(let entry, let bytes):
                guard let path = place.path(of: entry.path) else { continue }
                room.files -= 1
                room.bytes -= entry.size
                if let format = format(of: path) {
                    if place.depth < Self.maximumDepth { return .archive(path: path, format, bytes) }
                    notes.addDeep(path)
                }
                guard admission.admits(path) else { continue }
                try paths.claim(path, at: entry.offset)
                return .document(path: path, bytes)
            case .warning(let warning):
                guard let path = warning.path.map({ place.path(of: $0) }) ?? nil, admission.admits(path) else {
                    continue
                }
                return .warning(FetchWarning(path: path, message: warning.message, isUnchecked: warning.isUnchecked))
            }
        }
        return nil
    }

    private func format(of path: String) -> ArchiveFormat? {
        let format = ArchiveFormat.of(fileName: LocalPath.lastSegment(path))?.format
        return format?.isFolder == true ? format : nil
    }

    /// Also an archive that may hold what is wanted.
    private mutating func isWanted(_ path: String, at place: Place) -> Bool {
        if admission.admits(path) { return true }
        return place.depth < Self.maximumDepth && format(of: path) != nil && admission.admitsFolder(path)
    }
}

// MARK: - Archives in archives

extension ArchiveDocuments {
    /// Makes a folder of an archive that came out of another one, or a document, if it cannot be read to its end:
    /// many a source has broken ones to test itself with.
    private mutating func open(_ path: String, _ format: ArchiveFormat, _ bytes: [UInt8], below place: Place)
        async throws
    {
        let inner = Place(folder: path + "/", depth: place.depth + 1)
        guard admission.admitsFolder(path), let limits = try probe(bytes, format, at: inner) else {
            guard admission.admits(path) else { return }
            try paths.claim(path, at: 0)
            return try await add(path, bytes)
        }
        var reader = try open(bytes, format, limits)
        try await deliver(from: &reader, at: inner)
    }

    private struct InnerLimits {
        let limits: ArchiveLimits
        let allowance: Int64
    }

    /// Whether it can be read to its end within what is left, and under which limits that was so.
    ///
    /// What that costs is counted, however it ends, so that all archives in one together cost no more than the one
    /// may: a thousand bombs are as harmless as one.
    @inline(never) private mutating func probe(_ bytes: [UInt8], _ format: ArchiveFormat, at place: Place) throws
        -> InnerLimits?
    {
        let inner = InnerLimits(
            limits: limits.narrowed(files: room.files, bytes: room.bytes),
            allowance: min(room.unpacked, limits.unpackedBytes(ofArchive: Int64(bytes.count))))
        do {
            var reader = try open(bytes, format, inner)
            defer { room.unpacked -= min(room.unpacked, reader.unpacked) }
            while let item = try reader.next() {
                guard case .entry(let entry) = item, let path = place.path(of: entry.path) else { continue }
                if isWanted(path, at: place) { try reader.take() }
            }
            return inner
        } catch let error as ArchiveError {
            notes.addUnreadable(String(place.folder.dropLast()), error)
            return nil
        }
    }

    @inline(never) private func open(_ bytes: [UInt8], _ format: ArchiveFormat, _ inner: InnerLimits) throws
        -> ArchiveReader
    {
        try ArchiveReader(.memory(bytes), format, limits: inner.limits, allowance: inner.allowance)
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
