// SPDX-License-Identifier: Apache-2.0

/// Where a long blob can be read without what lies before: its text is compressed in pieces that do not refer to one
/// another, as in dictzip's files, and that are one zlib stream together. Stands right behind the blob. FORMAT.md §3,
/// "Pieces".
struct PieceTable: Hashable, Sendable {
    struct Piece: Hashable, Sendable {
        /// Where it ends in the blob as stored; the next one begins there.
        let end: UInt32
        /// CRC-32 of the piece as stored.
        let checksum: UInt32
        /// How many lines have ended where it ends. The end of the text ends a line, too.
        let lines: UInt32
    }

    /// How much of the text each piece has, but for the last one. By measuring: what a passage costs to read halves
    /// with it, while what a blob gains in length doubles.
    static let pieceLength = 64 << 10
    private static let entryLength = 12

    let pieces: [Piece]
    /// Bytes of the text.
    let size: Int

    /// Whether a blob has a table. Shorter ones are read whole soon enough.
    /// - Parameter size: bytes of its text.
    static func isKept(forSize size: Int64) -> Bool { size > 2 * Int64(pieceLength) && size < UInt32.max }

    private static func count(forSize size: Int) -> Int { (size + pieceLength - 1) / pieceLength }

    /// Bytes that the table of a text of that size takes.
    static func encodedLength(forSize size: Int) -> Int { count(forSize: size) * entryLength + 4 }

    /// - Parameters:
    ///   - text: of a size for which a table is kept.
    ///   - ends: where its pieces end in `stored`.
    init(of text: [UInt8], stored: [UInt8], ends: [Int]) {
        var (pieces, start, lines): ([Piece], Int, Int) = ([], 0, 0)
        for (number, end) in ends.enumerated() {
            let first = number * Self.pieceLength
            lines += Self.lineFeeds(in: text, first..<min(first + Self.pieceLength, text.count))
            if number + 1 == ends.count, text.last != 10 { lines += 1 }
            pieces.append(
                Piece(end: UInt32(end), checksum: Deflate.checksum(stored[start..<end]), lines: UInt32(lines)))
            start = end
        }
        (self.pieces, size) = (pieces, text.count)
    }

    static func lineFeeds(in text: [UInt8], _ range: Range<Int>) -> Int {
        text.withUnsafeBufferPointer { text in
            UnsafeBufferPointer(rebasing: text[range]).reduce(0) { $0 &+ ($1 == 10 ? 1 : 0) }
        }
    }

    /// How many lines the text has.
    var lineCount: Int { pieces.last.map { Int($0.lines) } ?? 0 }

    // MARK: Bytes

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.encodedLength(forSize: size))
        for piece in pieces {
            bytes.append(littleEndian: piece.end)
            bytes.append(littleEndian: piece.checksum)
            bytes.append(littleEndian: piece.lines)
        }
        bytes.append(littleEndian: Deflate.checksum(bytes[...]))
        return bytes
    }

    /// Nil for bytes that are not the table of a blob of that stored length.
    init?(decoding bytes: [UInt8], size: Int, storedLength: Int, stored method: BlobLocation.Method) {
        guard size > 0, bytes.count == Self.encodedLength(forSize: size) else { return nil }
        let entries = bytes.dropLast(4)
        guard bytes[...].littleEndian(UInt32.self, at: entries.count) == Deflate.checksum(entries) else { return nil }
        var (pieces, last): ([Piece], Piece) = ([], Piece(end: 0, checksum: 0, lines: 0))
        for start in stride(from: 0, to: entries.count, by: Self.entryLength) {
            let piece = Piece(
                end: entries.littleEndian(UInt32.self, at: start),
                checksum: entries.littleEndian(UInt32.self, at: start + 4),
                lines: entries.littleEndian(UInt32.self, at: start + 8))
            guard piece.end > last.end, piece.lines >= last.lines,
                Int(piece.lines - last.lines) <= Self.pieceLength + 1
            else { return nil }
            // As it is, a text is where it is.
            let place = min(size, (pieces.count + 1) * Self.pieceLength)
            guard method == .zlib || Int(piece.end) == place else { return nil }
            pieces.append(piece)
            last = piece
        }
        guard Int(last.end) == storedLength else { return nil }
        (self.pieces, self.size) = (pieces, size)
    }

    // MARK: Text

    /// A part of the text, of which no more is read and inflated than the pieces it lies in.
    /// - Parameters:
    ///   - range: in the text.
    ///   - read: bytes of the blob as stored.
    /// - Returns: nil when a piece does not check out.
    func text(_ range: Range<Int>, stored method: BlobLocation.Method, _ read: (Range<Int>) throws -> [UInt8]) rethrows
        -> [UInt8]?
    {
        guard !range.isEmpty else { return [] }
        guard range.lowerBound >= 0, range.upperBound <= size else { return nil }
        let numbers = range.lowerBound / Self.pieceLength...(range.upperBound - 1) / Self.pieceLength
        let place = start(of: numbers.lowerBound)..<Int(pieces[numbers.upperBound].end)
        let stored = try read(place)
        guard stored.count == place.count else { return nil }
        for number in numbers {
            let piece = start(of: number) - place.lowerBound..<Int(pieces[number].end) - place.lowerBound
            guard Deflate.checksum(stored[piece]) == pieces[number].checksum else { return nil }
        }
        let first = numbers.lowerBound * Self.pieceLength
        let wanted = range.lowerBound - first..<range.upperBound - first
        switch method {
        case .plain:
            return wanted.upperBound <= stored.count ? Array(stored[wanted]) : nil
        case .zlib:
            // The first piece has the header of the stream ahead of it.
            let pieces = numbers.lowerBound == 0 ? stored.dropFirst(Deflate.zlibHeaderLength) : stored[...]
            let text = Deflate.decompressBeginning(of: pieces, length: wanted.upperBound)
            guard wanted.lowerBound > 0 else { return text }
            return text.map { Array($0[wanted]) }
        }
    }

    // MARK: Lines

    /// Some lines of a text as they are known without it.
    struct LinePlace: Hashable, Sendable {
        /// Bytes of the text that have all of the lines, or of as many as there is room for.
        let bytes: Range<Int>
        /// How many lines end before these bytes.
        let linesBefore: Int
        /// How many lines have ended where these bytes end.
        let linesEnded: Int
    }

    /// Where lines of the text stand, as whole pieces.
    /// - Parameters:
    ///   - lines: from 0; all there, and at least one.
    ///   - room: how many bytes are wanted at most, from the first of the lines on; nil for all.
    func place(ofLines lines: Range<Int>, room: Int?) -> LinePlace {
        let first = piece(thatEndsLine: lines.lowerBound)
        var last = piece(thatEndsLine: lines.upperBound)
        if let room, room < size {
            // The first of the lines may begin where its piece ends.
            last = min(last, first + (Self.pieceLength + room) / Self.pieceLength)
        }
        return LinePlace(
            bytes: first * Self.pieceLength..<min(size, (last + 1) * Self.pieceLength),
            linesBefore: first == 0 ? 0 : Int(pieces[first - 1].lines), linesEnded: Int(pieces[last].lines))
    }

    /// The first piece in which so many lines have ended.
    private func piece(thatEndsLine count: Int) -> Int {
        var (low, high) = (0, pieces.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].lines < count { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether as many lines end in a part of the text as is said of its pieces.
    /// - Parameter bytes: the part, of whole pieces.
    func agrees(with place: LinePlace, _ bytes: [UInt8]) -> Bool {
        let isUnended = place.bytes.upperBound == size && bytes.last != 10
        let ended = Self.lineFeeds(in: bytes, 0..<bytes.count) + (isUnended ? 1 : 0)
        return ended == place.linesEnded - place.linesBefore
    }

    /// Where a piece of the text is, with the lines that end in it.
    func place(ofPiece number: Int) -> LinePlace {
        LinePlace(
            bytes: number * Self.pieceLength..<min(size, (number + 1) * Self.pieceLength),
            linesBefore: number == 0 ? 0 : Int(pieces[number - 1].lines), linesEnded: Int(pieces[number].lines))
    }

    /// Where a piece begins in the blob as stored.
    private func start(of number: Int) -> Int { number == 0 ? 0 : Int(pieces[number - 1].end) }
}
