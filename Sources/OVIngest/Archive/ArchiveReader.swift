// SPDX-License-Identifier: Apache-2.0

internal import OVCore
internal import OVSystem

/// Reads an archive of any format, file by file, in the order in which it has them.
///
///     while let item = try reader.next() { … }
///
/// Calls block, and end with `CancellationError` in a cancelled task.
struct ArchiveReader {
    private enum Content {
        case zip(ZipItems)
        case tar(TarPieces)
    }

    private var content: Content

    /// - Parameters:
    ///   - format: none that is a single document.
    ///   - allowance: how many bytes may come out of it, in all.
    /// - Throws: `ArchiveError`, `SystemError`.
    init(_ bytes: ArchiveBytes, _ format: ArchiveFormat, limits: ArchiveLimits, allowance: Int64) throws {
        switch format {
        case .zip: content = .zip(try ZipItems(bytes, limits, allowance))
        case .tar, .gzip: content = .tar(try TarPieces(bytes, isPacked: false, limits, allowance))
        case .gzippedTar: content = .tar(try TarPieces(bytes, isPacked: true, limits, allowance))
        }
    }

    /// What comes next; nil at the end.
    /// - Throws: `ArchiveError`, `SystemError`, `CancellationError`.
    mutating func next() throws -> ArchiveItem? {
        try Task.checkCancellation()
        switch content {
        case .zip(var items):
            // Not to be held twice while it changes.
            content = .zip(.none)
            defer { content = .zip(items) }
            return try items.next()
        case .tar(var pieces):
            content = .zip(.none)
            defer { content = .tar(pieces) }
            return try pieces.next()
        }
    }

    /// Takes the entry that `next` has just returned: the file comes next, or why it does not.
    /// - Throws: `ArchiveError` with `limitExceeded`.
    mutating func take() throws(ArchiveError) {
        switch content {
        case .zip(var items):
            content = .zip(.none)
            defer { content = .zip(items) }
            try items.take()
        case .tar(var pieces):
            content = .zip(.none)
            defer { content = .tar(pieces) }
            try pieces.reader.take()
        }
    }

    /// Bytes that were unpacked so far.
    var unpacked: Int64 {
        switch content {
        case .zip(let items): items.unpacked
        case .tar(let pieces): pieces.reader.offset
        }
    }

    /// What there is to say once it was read to its end.
    var warnings: [FetchWarning] {
        switch content {
        case .zip(let items): items.warnings
        case .tar(let pieces): pieces.warnings
        }
    }
}

/// The files of a zip archive, one after another.
private struct ZipItems {
    private let reader: ZipReader?
    private let limits: ArchiveLimits
    private let allowance: Int64
    private var rest: ArraySlice<ZipMember>
    private var tally: ArchiveTally
    private var taken: ZipMember?
    private var offered: ZipMember?
    private var said: [FetchWarning] = []
    private(set) var unpacked: Int64 = 0

    static let none = ZipItems()

    private init() {
        (reader, allowance, rest) = (nil, 0, [])
        limits = ArchiveLimits(Limits())
        tally = ArchiveTally(limits)
    }

    init(_ bytes: ArchiveBytes, _ limits: ArchiveLimits, _ allowance: Int64) throws {
        let reader = try ZipReader(bytes, limits: limits)
        self.reader = reader
        self.limits = limits
        self.allowance = allowance
        rest = reader.members[...]
        tally = ArchiveTally(limits)
        for _ in 0..<reader.longPaths { tally.leftOut.addLongPath() }
    }

    var warnings: [FetchWarning] { tally.leftOut.warnings }

    mutating func next() throws -> ArchiveItem? {
        if let warning = said.popLast() { return .warning(warning) }
        if let member = taken, let reader {
            taken = nil
            return .file(member.entry, bytes: try reader.content(of: member))
        }
        offered = rest.popFirst()
        return offered.map { .entry($0.entry) }
    }

    mutating func take() throws(ArchiveError) {
        guard let member = offered else { return }
        let entry = member.entry
        switch entry.kind {
        case .file where entry.size > limits.fileBytes:
            said.append(.tooLarge(entry.path, entry.size, limit: limits.fileBytes))
        case .file where !member.isReadable: said.append(.unreadable(entry, member.methodName))
        case .file:
            try tally.count(entry, at: entry.offset)
            // Known before it is unpacked.
            guard entry.size <= allowance - unpacked else { throw .bomb(limits.ratio, at: entry.offset) }
            unpacked += entry.size
            if let warning = tally.warning(aboutNameOf: entry) { said.append(warning) }
            taken = member
        default: tally.leftOut.add(entry)
        }
    }
}

/// A tar archive, read in pieces.
private struct TarPieces {
    var reader: TarReader
    private(set) var warnings: [FetchWarning] = []

    private let bytes: ArchiveBytes
    private let inflater: Inflater?
    private let limits: ArchiveLimits
    private var offset: Int64 = 0
    private var isAtEnd = false

    private static let pieceSize = 64 << 10
    /// Packed bytes can become a thousand times as many.
    private static let packedPieceSize = 16 << 10

    init(_ bytes: ArchiveBytes, isPacked: Bool, _ limits: ArchiveLimits, _ allowance: Int64) throws {
        let size = try bytes.size
        guard size <= limits.archiveBytes else {
            throw ArchiveError(.limitExceeded, at: 0, "it has \(size) bytes, and may have \(limits.archiveBytes)")
        }
        self.bytes = bytes
        self.limits = limits
        reader = TarReader(limits: limits)
        inflater = isPacked ? Inflater(limit: Int(clamping: min(allowance, limits.archiveBytes))) : nil
    }

    mutating func next() throws -> ArchiveItem? {
        while !isAtEnd {
            if let item = try reader.next() { return item }
            try Task.checkCancellation()
            let piece = try bytes.read(inflater == nil ? Self.pieceSize : Self.packedPieceSize, at: offset)
            if piece.isEmpty {
                guard inflater?.isComplete ?? true else {
                    throw ArchiveError(.truncated, at: offset, "it ends too early")
                }
                warnings = try reader.finish()
                isAtEnd = true
            } else {
                reader.add(try unpack(piece)[...])
                offset += Int64(piece.count)
            }
        }
        return nil
    }

    private func unpack(_ piece: [UInt8]) throws(ArchiveError) -> [UInt8] {
        guard let inflater else { return piece }
        do throws(Inflater.Failure) {
            try inflater.append(piece)
        } catch {
            throw .unpacking(error, at: offset, ratio: limits.ratio)
        }
        return inflater.takeOutput()
    }
}

extension ArchiveError {
    static func bomb(_ ratio: Int64, at offset: Int64) -> ArchiveError {
        ArchiveError(.limitExceeded, at: offset, "it unpacks to more than \(ratio) times its size")
    }

    /// - Parameter offset: how far it was read.
    static func unpacking(_ failure: Inflater.Failure, at offset: Int64, ratio: Int64) -> ArchiveError {
        switch failure {
        case .tooLarge: .bomb(ratio, at: offset)
        case .malformed where offset == 0: ArchiveError(.foreign, at: 0, "it is not packed with gzip")
        case .malformed: ArchiveError(.damaged, at: offset, "it cannot be unpacked to what it was")
        }
    }
}
