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
    ]

    private static let packName = "7f02e980-8df9-4f27-a570-000000000032-1"

    /// What is accepted is written in a way that is read as the same.
    private static func readState(_ bytes: [UInt8]) throws {
        var chain = MemberChain()
        do { try chain.read(bytes) } catch { return }
        try check(chain.end <= bytes.count, "more than there is was read")
        let snapshot = StateFile.snapshot(of: chain.state, at: .earliest)
        var again = MemberChain()
        do { try again.read(snapshot) } catch { throw FuzzFinding("a state that was written cannot be read: \(error)") }
        try check(StateFile.snapshot(of: again.state, at: .earliest) == snapshot, "another state is read than written")
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
