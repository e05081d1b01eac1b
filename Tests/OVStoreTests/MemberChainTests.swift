// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct MemberChainTests {
    private static let foreignFiles: [(String, [UInt8])] = [
        ("an image", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]),
        ("text", Array("{}".utf8)),
        ("another gzip file", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B, 4, 0, 0x43, 0xBE, 0xB7, 0xE8, 1, 0, 0, 0]),
        ("zeros", [UInt8](repeating: 0, count: 4096)),
        ("nothing", []),
    ]

    private static let drop = #"{"drop_watch":"7f02e980-8df9-4f27-a570-000000000001"}"#
    private static let one = SmallStateFile.header(records: 1)

    /// Texts, and what must be said of them.
    private static let unexpectedSnapshots: [(String, String)] = [
        ("", "no header"),
        ("\n", "expected"),
        ("{}\n", "missing field 'format'"),
        (#"{"format":0}"#, "missing field 'format'"),
        (#"{"format":1}"#, "malformed header"),
        (SmallStateFile.header(more: #","colour":"red""#), "unknown field 'colour'"),
        (one, "0 records where 1"),
        (SmallStateFile.header() + drop, "1 records where 0"),
        (one + #"{"planet":{}}"#, "unknown field 'planet'"),
        (one + #"{"drop_watch":"x"}"#, "malformed"),
        (one + drop + " 1", "unexpected text"),
        (one + #"{"watch":{"planet":1}}"#, "unknown field 'planet'"),
    ]

    private static let start = #"{"commit":11,"at":"2100-01-01T00:00:00.000Z""#

    private static let unexpectedCommits: [(String, String)] = [
        ("", "an empty commit"),
        ("{}", "missing field 'commit or at'"),
        (#"{"commit":11}"#, "missing field 'commit or at'"),
        (#"{"commit":12,"at":"2100-01-01T00:00:00.000Z"}"#, "disagree"),
        (start + #","colour":1}"#, "unknown field 'colour'"),
        (start + "}\n" + #"{"planet":{}}"#, "unknown field 'planet'"),
    ]

    @Test func whatIsWrittenIsReadBack() throws {
        let file = try SmallStateFile()
        let chain = try read(file.bytes).get()
        #expect(chain.end == Int64(file.bytes.count))
        #expect(chain.snapshotEnd == Int64(file.ends[0]))
        #expect(chain.lastLength == file.members[4].count)
        #expect(chain.state.sequence == SmallStateFile.firstSequence + 4)
        #expect(Array(chain.state.watches.values) == file.watches[4])
        #expect(chain.state.identity == State.Identity(store: Sample.id(1), epoch: 1, generation: 1))
    }

    @Test func membersCanBeTakenUpOneByOne() throws {
        let file = try SmallStateFile()
        var chain = MemberChain()
        for (index, member) in file.members.enumerated() {
            try chain.read(member)
            #expect(Array(chain.state.watches.values) == file.watches[index])
        }
        #expect(chain.checksum == (try read(file.bytes).get()).checksum)
    }

    @Test func aFileThatEndsAnywhereHasExactlyItsWholeCommits() throws {
        let file = try SmallStateFile()
        let (bytes, ends) = (file.bytes, file.ends)
        for length in 0..<bytes.count {
            let result = read(Array(bytes.prefix(length)))
            guard let last = ends.lastIndex(where: { $0 <= length }) else {
                #expect(result.isDamaged, "\(length) bytes")
                continue
            }
            let chain = try result.get()
            #expect(chain.end == Int64(ends[last]), "\(length) bytes")
            #expect(Array(chain.state.watches.values) == file.watches[last], "\(length) bytes")
        }
    }

    @Test func aFlippedBitIsDamageOrTearsTheLastCommit() throws {
        let file = try SmallStateFile()
        let (bytes, ends) = (file.bytes, file.ends)
        for index in bytes.indices {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << UInt8(bit)
                switch read(flipped) {
                case .failure(.damaged): break
                case .failure(let fault): Issue.record("byte \(index), bit \(bit): \(fault)")
                case .success(let chain):
                    // Deflate leaves a few bits at the end of its last byte that mean nothing.
                    let members = chain.end == Int64(bytes.count) ? 4 : 3
                    #expect(index >= ends[3], "byte \(index), bit \(bit)")
                    #expect(Array(chain.state.watches.values) == file.watches[members], "byte \(index), bit \(bit)")
                    #expect(chain.end == Int64(ends[members]), "byte \(index), bit \(bit)")
                }
            }
        }
    }

    @Test(arguments: 0..<4) func aMissingMemberIsDamage(_ index: Int) throws {
        var file = try SmallStateFile()
        file.members.remove(at: index)
        #expect(read(file.bytes).isDamaged)
    }

    @Test(arguments: 0..<5) func aDoubledMemberIsDamage(_ index: Int) throws {
        var file = try SmallStateFile()
        file.members.insert(file.members[index], at: index)
        #expect(read(file.bytes).isDamaged)
    }

    @Test(arguments: 0..<4) func swappedMembersAreDamage(_ index: Int) throws {
        var file = try SmallStateFile()
        file.members.swapAt(index, index + 1)
        #expect(read(file.bytes).isDamaged)
    }

    @Test(arguments: 0..<5) func aMemberOfAnotherStoreIsDamage(_ index: Int) throws {
        var file = try SmallStateFile()
        let mark = TaskID(high: 0x1234_5678_0000_4000, low: 1 << 63)
        file.members[index] = try SmallStateFile(store: mark).members[index]
        #expect(read(file.bytes).isDamaged)
    }

    @Test(arguments: 0..<5) func aMemberOfAnotherGenerationIsDamage(_ index: Int) throws {
        var file = try SmallStateFile()
        file.members[index] = try SmallStateFile(generation: 2, reason: "other").members[index]
        #expect(read(file.bytes).isDamaged)
    }

    @Test func onlyALaterCommitBehindATornOneMakesItDamage() throws {
        let file = try SmallStateFile()
        let sound = Array(file.members[..<3].joined())
        let torn = Array(file.members[3].prefix(60))
        #expect(read(sound + torn + file.members[4]).isDamaged)
        // A block that the disk has left there from before.
        let chain = try read(sound + torn + file.members[1] + file.members[2]).get()
        #expect(chain.end == Int64(sound.count))
        let zeros = try read(sound + torn + [UInt8](repeating: 0, count: 5000)).get()
        #expect(zeros.end == Int64(sound.count))
    }

    @Test(arguments: Self.foreignFiles)
    func aForeignFileIsDamage(_ name: String, _ bytes: [UInt8]) {
        #expect(read(bytes).isDamaged, "\(name)")
    }

    @Test func aNewerFormatIsNamedAsSuch() {
        let text = #"{"format":2,"something":["new"]}"# + "\n" + #"{"planet":{}}"# + "\n"
        guard case .failure(.newerFormat(2)) = read(SmallStateFile.snapshot(text)) else {
            Issue.record("not refused as newer")
            return
        }
    }

    @Test(arguments: Self.unexpectedSnapshots)
    func aSnapshotWithAnUnexpectedTextIsDamage(_ text: String, _ reason: String) throws {
        let found = try #require(read(SmallStateFile.snapshot(text)).reason)
        #expect(found.contains(reason), "\(found)")
    }

    @Test(arguments: Self.unexpectedCommits)
    func aCommitWithAnUnexpectedTextIsDamage(_ text: String, _ reason: String) throws {
        var file = try SmallStateFile(commits: 0)
        file.append(Array(text.utf8), sequence: 11)
        let found = try #require(read(file.bytes).reason)
        #expect(found.contains(reason), "\(found)")
    }

    @Test func gzipPrintsTheLines() async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(1, reason: "weekly")
        try await store.put(2)
        try await store.compact()
        try await store.put(3)
        let pipe = try #require(popen("gzip -dc '\(home.path)/state.json.gz'", "r"))
        var text: [UInt8] = []
        while case let byte = fgetc(pipe), byte >= 0 { text.append(UInt8(byte)) }
        #expect(pclose(pipe) == 0)
        let lines = text.split(separator: 10)
        let names = try lines.map { line -> [String] in
            guard case .object(let members) = try JSONValue(parsing: Array(line)) else { return [] }
            return members.map(\.name)
        }
        #expect(names.map(\.first) == ["format", "watch", "watch", "commit", "watch"])
    }
}
