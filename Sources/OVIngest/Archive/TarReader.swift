// SPDX-License-Identifier: Apache-2.0

/// Reads a tar archive as it comes, in pieces of any size, and knows nothing of where they come from.
///
///     reader.add(piece)
///     while let item = try reader.next() { … }     // for each piece
///     let warnings = try reader.finish()
///
/// In memory are one file that was taken, what describes the next one, and the paths of all.
package struct TarReader {
    private let limits: ArchiveLimits
    private let keptPrefix: [UInt8]

    private var state = State.header
    /// What was added and not yet read.
    private var input: ArraySlice<UInt8> = []
    /// Bytes read, all in all.
    package private(set) var offset: Int64 = 0
    /// The block, the extended header or the file in hand, and how many bytes of it are to come.
    private var collected: [UInt8] = []
    private var missing = Int64(TarHeader.blockSize)

    private var pending = Pending()
    /// What was said, of the records that are kept, about all files that follow.
    package private(set) var globalRecords: [String: String] = [:]
    private var paths = ArchivePaths()
    private var entries = 0
    private var tally: ArchiveTally
    private var warnings: [FetchWarning] = []

    private enum State {
        case header
        /// Collecting what describes entries.
        case metadata(TarHeader.Kind, at: Int64)
        /// The map of a sparse file's parts.
        case map(content: Int64)
        /// The caller has been told of it; bytes of content come behind it.
        case offered(ArchiveEntry, hasMap: Bool)
        case taking(ArchiveEntry)
        case skipping
        /// Behind the mark of the end.
        case ended(at: Int64)
        case failed(ArchiveError)
    }

    /// What was read about the next entry.
    private struct Pending {
        var longName: [UInt8]?
        var records = PaxRecords()
        var headers = 0
        var bytes = 0
    }

    /// How many zeros may stand behind the end, where writers fill up the last record of a tape.
    private static let maximumFiller: Int64 = 4 << 20

    /// - Parameter prefix: the keywords of pax records that entries hand on in `records`; empty for none.
    package init(limits: ArchiveLimits, keepingRecords prefix: String = "") {
        self.limits = limits
        tally = ArchiveTally(limits)
        keptPrefix = Array(prefix.utf8)
    }

    /// Hands over the next piece, once `next` has nothing more.
    package mutating func add(_ piece: ArraySlice<UInt8>) {
        if input.isEmpty { input = piece } else { input += piece }
    }

    /// What comes next.
    /// - Returns: nil when it needs another piece.
    /// - Throws: `ArchiveError`, the same one from then on.
    package mutating func next() throws(ArchiveError) -> ArchiveItem? {
        do {
            return try advance()
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// Says that the archive ends here.
    /// - Returns: warnings about what was left out.
    /// - Throws: `ArchiveError` when it should have gone on.
    package mutating func finish() throws(ArchiveError) -> [FetchWarning] {
        switch state {
        case .ended: return tally.leftOut.warnings
        case .failed(let error): throw error
        case .taking(let entry), .offered(let entry, _):
            throw ArchiveError(.truncated, at: offset, "it ends in the middle of '\(entry.path)'")
        default:
            if offset == 0 { throw ArchiveError(.foreign, at: 0, "it is empty, not a tar archive") }
            if offset < TarHeader.blockSize { throw Self.foreign }
            throw ArchiveError(.truncated, at: offset, "it ends too early, without the mark of its end")
        }
    }

    private mutating func advance() throws(ArchiveError) -> ArchiveItem? {
        while true {
            if let warning = warnings.popLast() { return .warning(warning) }
            switch state {
            case .header:
                guard collect() else { return nil }
                if let item = try readHeader() { return item }
            case .metadata(let kind, let start):
                guard collect() else { return nil }
                try readMetadata(kind, at: start)
            case .map(let content):
                guard collect() else { return nil }
                readMap(content)
            case .offered(_, let hasMap): leave(hasMap: hasMap)
            case .taking(let entry):
                guard collect() else { return nil }
                let bytes = collected
                skip(filler: entry.size)
                return .file(entry, bytes: bytes)
            case .skipping:
                guard pass() else { return nil }
                expect(.header, TarHeader.blockSize)
            case .ended(let end):
                try checkFiller(since: end)
                return nil
            case .failed(let error): throw error
            }
        }
    }
}

// MARK: - Bytes

extension TarReader {
    /// Goes on to collect `count` bytes.
    private mutating func expect(_ state: State, _ count: Int) {
        self.state = state
        missing = Int64(count)
        collected.removeAll(keepingCapacity: collected.capacity <= 1 << 16)
    }

    /// - Returns: whether all is there.
    private mutating func collect() -> Bool {
        let count = Int(clamping: min(missing, Int64(input.count)))
        collected += input.prefix(count)
        consume(count)
        return missing == 0
    }

    /// Reads over what is not wanted.
    private mutating func pass() -> Bool {
        consume(Int(clamping: min(missing, Int64(input.count))))
        return missing == 0
    }

    private mutating func consume(_ count: Int) {
        input = input.dropFirst(count)
        offset += Int64(count)
        missing -= Int64(count)
    }

    /// Goes on behind `size` bytes that were read, at the next block.
    private mutating func skip(filler size: Int64) { expect(.skipping, Self.filler(behind: size)) }

    private static func filler(behind size: Int64) -> Int {
        let block = Int64(TarHeader.blockSize)
        return Int((block - size % block) % block)
    }

    private mutating func checkFiller(since end: Int64) throws(ArchiveError) {
        if let index = input.firstIndex(where: { $0 != 0 }) {
            let place = offset + Int64(index - input.startIndex)
            throw ArchiveError(.damaged, at: place, "it goes on behind the mark of its end")
        }
        offset += Int64(input.count)
        input = []
        guard offset - end <= Self.maximumFiller else {
            throw ArchiveError(
                .limitExceeded, at: end, "it has more than \(Self.maximumFiller) zeros behind the mark of its end")
        }
    }
}

// MARK: - Headers

extension TarReader {
    private static let foreign = ArchiveError(.foreign, at: 0, "it is not a tar archive")

    private mutating func readHeader() throws(ArchiveError) -> ArchiveItem? {
        let start = offset - Int64(TarHeader.blockSize)
        if collected.allSatisfy({ $0 == 0 }) {
            guard pending.headers == 0 else {
                throw ArchiveError(.damaged, at: start, "it ends with a header that describes nothing")
            }
            state = .ended(at: offset)
            return nil
        }
        entries += 1
        guard entries <= limits.entries else { throw tooMuch("more than \(limits.entries) entries") }
        let header = try Self.header(collected, at: start)
        switch header.kind {
        case .entry(let kind): return try offer(header, kind, at: start)
        case .extended, .globalExtended, .longName, .longLink:
            guard header.size <= limits.metadataBytes - pending.bytes else {
                throw tooMuch("a file that is described in more than \(limits.metadataBytes) bytes")
            }
            expect(.metadata(header.kind, at: offset), Int(header.size))
        case .folder, .label:
            if header.kind == .folder { _ = try ArchivePaths.place(of: name(header), at: start) }
            pending = Pending()
            expect(.header, TarHeader.blockSize)
        }
        return nil
    }

    private static func header(_ block: [UInt8], at start: Int64) throws(ArchiveError) -> TarHeader {
        do {
            return try TarHeader(block)
        } catch {
            switch error {
            case .checksum where start == 0: throw foreign
            case .checksum: throw ArchiveError(.damaged, at: start, "it has a header with a wrong checksum")
            case .size: throw ArchiveError(.damaged, at: start, "it has a file with an impossible size")
            }
        }
    }

    private func name(_ header: TarHeader) -> [UInt8] { pending.records.path ?? pending.longName ?? header.name }

    /// An archive that declares more than it may have need not be read to its end.
    private func checkSize(_ size: Int64) throws(ArchiveError) {
        guard offset <= limits.archiveBytes, size <= limits.archiveBytes - offset else {
            throw tooMuch("more than \(limits.archiveBytes) bytes in all, what is left out included")
        }
    }

    private func tooMuch(_ what: String) -> ArchiveError { ArchiveError(.limitExceeded, at: offset, "it has \(what)") }

    private mutating func readMetadata(_ kind: TarHeader.Kind, at start: Int64) throws(ArchiveError) {
        if kind == .globalExtended {
            var records = PaxRecords()
            records.kept = globalRecords
            try records.add(collected, keeping: keptPrefix, at: start)
            guard records.path == nil, records.size == nil else {
                throw ArchiveError(.damaged, at: start, "it has one name or size for all its files")
            }
            globalRecords = records.kept.filter { !$0.value.isEmpty }
        } else {
            pending.headers += 1
            pending.bytes += collected.count
            if kind == .extended { try pending.records.add(collected, keeping: keptPrefix, at: start) }
            if kind == .longName { pending.longName = Array(collected.prefix { $0 != 0 }) }
        }
        skip(filler: Int64(collected.count))
    }

    private mutating func readMap(_ content: Int64) {
        if TarHeader.mapGoesOn(collected) {
            expect(.map(content: content), TarHeader.blockSize)
        } else {
            skip(content: content)
        }
    }
}

// MARK: - Entries

extension TarReader {
    private mutating func offer(_ header: TarHeader, _ kind: ArchiveEntry.Kind, at start: Int64)
        throws(ArchiveError) -> ArchiveItem?
    {
        let size = header.hasContent ? pending.records.size ?? header.size : 0
        try checkSize(size)
        let (raw, records) = (name(header), pending.records)
        pending = Pending()
        missing = size
        // v7 knows no folders: a slash at the end of a name makes one.
        if kind == .file, size == 0, raw.last == UInt8(ascii: "/") {
            _ = try ArchivePaths.place(of: raw, at: start)
            expect(.header, TarHeader.blockSize)
            return nil
        }
        let place: (path: String, isExact: Bool)
        switch try ArchivePaths.place(of: raw, at: start) {
        case .root: throw ArchiveError(.unsafePath, at: start, "it has a file in the place of its top folder")
        case .tooLong:
            tally.leftOut.addLongPath()
            leave(hasMap: header.hasMoreParts)
            return nil
        case .path(let path, let isExact): place = (path, isExact)
        }
        let entry = ArchiveEntry(
            kind: kind == .file && records.isSparse ? .sparseFile : kind, path: place.path, isExact: place.isExact,
            size: size, modified: records.modified ?? header.modified,
            records: globalRecords.merging(records.kept) { $1 }.filter { !$0.value.isEmpty }, offset: start)
        if entry.kind.isDocument { try paths.claim(place.path, at: start) }
        state = .offered(entry, hasMap: header.hasMoreParts)
        return .entry(entry)
    }

    /// Takes the entry that `next` has just returned: the file comes next, or why it does not.
    /// - Throws: `ArchiveError` with `limitExceeded`.
    package mutating func take() throws(ArchiveError) {
        guard case .offered(let entry, let hasMap) = state else { return }
        switch entry.kind {
        case .file where entry.size > limits.fileBytes:
            warnings.append(.tooLarge(entry.path, entry.size, limit: limits.fileBytes))
        case .file:
            try tally.count(entry, at: offset)
            if let warning = tally.warning(aboutNameOf: entry) { warnings.append(warning) }
            collected = []
            collected.reserveCapacity(Int(clamping: entry.size))
            state = .taking(entry)
            return
        case .hardLink, .sparseFile: warnings.append(.unreadable(entry, "as a \(entry.kind.nouns.one)"))
        default: tally.leftOut.add(entry)
        }
        leave(hasMap: hasMap)
    }

    /// Goes on behind the entry's content, which is still to come.
    private mutating func leave(hasMap: Bool) {
        if hasMap { expect(.map(content: missing), TarHeader.blockSize) } else { skip(content: missing) }
    }

    private mutating func skip(content size: Int64) {
        collected = []
        state = .skipping
        let filler = Int64(Self.filler(behind: size))
        missing = size > .max - filler ? .max : size + filler
    }
}
