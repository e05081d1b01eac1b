// SPDX-License-Identifier: Apache-2.0

import OVCore

@testable import OVStore

extension FuzzTarget {
    static let stores = [
        FuzzTarget("state-file") { bytes in
            let (choice, file) = split(bytes)
            let content = choice & 1 == 0 ? withChecksums(file) : file
            try readState(content)
            // What repair makes of it.
            _ = try? StateSalvage(current: content, previous: choice & 2 == 0 ? nil : content)
        },
        FuzzTarget("state-text") { bytes in
            // The texts of its members, parted by zero bytes, packed as the file has them.
            try readState(packed(bytes.split(separator: 0, omittingEmptySubsequences: false).map(Array.init)))
        },
        FuzzTarget("document-list") { bytes in
            guard let list = EncodedDocumentList(decoding: bytes, in: packName) else { return }
            let written = list.encoded(in: packName)
            guard let again = EncodedDocumentList(decoding: written, in: packName) else {
                throw FuzzFinding("a list that was written cannot be read")
            }
            try check(
                again.puts == list.puts && again.drops == list.drops, "other documents are read than were written")
            try check(again.tombstones.count == list.tombstones.count && again.base == list.base, "another list")
            let resolved = list.resolved(against: nil)
            try check(resolved.documents.count == list.puts.count, "documents from nowhere")
            if let path = list.puts.first?.path {
                let one = EncodedDocumentList(decoding: bytes, in: packName, only: [path])
                try check(one?.puts == list.puts.filter { $0.path == path }, "one document is read in another way")
            }
        },
        FuzzTarget("piece-table", seed: samplePieces) { bytes in
            // How long the text is, where the table is, a range; then the blob and its table.
            guard bytes.count >= 12 else { return }
            let numbers = (0..<3).map { Int(bytes[...].littleEndian(UInt32.self, at: $0 * 4)) }
            let size = 2 * PieceTable.pieceLength + 1 + numbers[0] % (6 * PieceTable.pieceLength)
            let length = PieceTable.encodedLength(forSize: size)
            let blob = Array(bytes.dropFirst(12).dropLast(length))
            var table = Array(bytes.suffix(length).dropLast(4))
            // The checksums are put right, so that what is behind them is read.
            if numbers[2] & 1 == 0 { putRight(&table, blob) }
            table.append(littleEndian: Deflate.checksum(table[...]))
            guard let pieces = PieceTable(decoding: table, size: size, storedLength: blob.count, stored: .zlib) else {
                return
            }
            try check(pieces.encoded == table, "another table is written than was read")
            let start = numbers[1] % size
            let range = start..<start + min(size - start, numbers[2] % (2 * PieceTable.pieceLength))
            for method in [BlobLocation.Method.plain, .zlib] {
                let text = try pieces.text(range, stored: method) { place in
                    try check(place.lowerBound >= 0 && place.upperBound <= blob.count, "bytes behind the blob are read")
                    return Array(blob[place])
                }
                try check(text.map { $0.count == range.count } ?? true, "another number of bytes than was asked for")
            }
        },
    ]

    /// A blob of three pieces with its table.
    private static var samplePieces: [UInt8] {
        let text = (0..<150_000).map { UInt8(truncatingIfNeeded: $0 / 700 &* 31) }
        let (stored, ends) = Deflate.compress(
            text, level: 4, framing: .zlib, restartingEvery: PieceTable.pieceLength)
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt32(text.count - 2 * PieceTable.pieceLength - 1))
        bytes.append(littleEndian: UInt32(60_000))
        bytes.append(littleEndian: UInt32(20_000))
        return bytes + stored + PieceTable(of: text, stored: stored, ends: ends).encoded
    }

    private static func putRight(_ table: inout [UInt8], _ blob: [UInt8]) {
        var start = 0
        for entry in stride(from: 0, to: table.count - 11, by: 12) {
            let end = Int(table[...].littleEndian(UInt32.self, at: entry))
            guard start <= end, end <= blob.count else { return }
            var sum: [UInt8] = []
            sum.append(littleEndian: Deflate.checksum(blob[start..<end]))
            table.replaceSubrange(entry + 4..<entry + 8, with: sum)
            start = end
        }
    }

    private static let packName = "7f02e980-8df9-4f27-a570-000000000032-1"

    /// What is accepted is written in a way that is read as the same.
    private static func readState(_ bytes: [UInt8]) throws {
        var chain = MemberChain()
        do { try chain.read(bytes) } catch { return }
        try check(chain.end <= bytes.count, "more than there is was read")
        let snapshot = StateFile.snapshot(of: chain.state, at: .earliest)
        var again = MemberChain()
        do { try again.read(snapshot) } catch { throw FuzzFinding("a state that was written cannot be read: \(error)") }
        try check(records(of: again.state) == records(of: chain.state), "another state is read than written")
    }

    /// What a snapshot says, whatever the order of what has none.
    private static func records(of state: State) -> [[UInt8]] {
        var json = JSONWriter(reservingCapacity: 512 * state.recordCount)
        state.encodeRecords(to: &json)
        return json.bytes.split(separator: 10).map(Array.init).sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static func packed(_ texts: [[UInt8]]) -> [UInt8] {
        guard let first = texts.first else { return [] }
        var json = JSONReader(first, in: 0..<(first.firstIndex(of: 10) ?? first.count))
        guard let header = try? StateHeader(decoding: &json) else { return [] }
        var (file, predecessor) = ([UInt8](), UInt32(0))
        for (index, text) in texts.enumerated() {
            let member = Member.encode(
                text, sequence: header.sequence &+ UInt64(index), predecessor: predecessor,
                mark: header.identity.mark, level: 1)
            predecessor = Deflate.checksum(member[...])
            file += member
        }
        return file
    }

    /// Puts right what the header of each member says of its length and its checksum, and of the one before it.
    private static func withChecksums(_ file: [UInt8]) -> [UInt8] {
        let starts = file.indices.filter { file[$0] == 0x1F && file[$0...].starts(with: [0x1F, 0x8B, 8, 4]) }
        var (bytes, predecessor) = (file, UInt32(0))
        for (index, start) in starts.prefix(64).enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] : bytes.count
            guard end - start >= Member.headerLength + Member.trailerLength else { continue }
            var length: [UInt8] = []
            length.append(littleEndian: UInt64(end - start))
            bytes.replaceSubrange(start + 16..<start + 24, with: length)
            var link: [UInt8] = []
            link.append(littleEndian: predecessor)
            bytes.replaceSubrange(start + 32..<start + 36, with: link)
            var sum: [UInt8] = []
            sum.append(littleEndian: Deflate.checksum(bytes[start..<start + 40]))
            bytes.replaceSubrange(start + 40..<start + 44, with: sum)
            predecessor = Deflate.checksum(bytes[start..<end])
        }
        return bytes
    }
}
