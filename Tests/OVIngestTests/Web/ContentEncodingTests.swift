// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct ContentEncodingTests {
    /// - Parameter windowBits: 31 for gzip, 15 for zlib.
    private let text = Array(String(repeating: "Ein Satz, der oft dasteht. ", count: 5000).utf8)

    private func fetch(_ encoding: String, _ body: [UInt8], limits: Limits = Limits()) async throws
        -> RecordingSink.Record
    {
        let server = try ScriptedServer { _ in [.answer(200, [("Content-Encoding", encoding)], body)] }
        return try await makeURLFetcher().record(.url(server.origin + "/page"), limits: limits)
    }

    @Test(arguments: [("gzip", 31), ("x-gzip", 31), ("GZIP", 31), ("deflate", 15), ("identity, gzip", 31)])
    func unpacks(_ encoding: String, _ windowBits: Int32) async throws {
        let record = try await fetch(encoding, PackedArchive.deflated(text, windowBits: windowBits))
        #expect(record.delivered[""]?.bytes == text)
    }

    @Test func unpacksSeveralMembersAndNone() async throws {
        let half = PackedArchive.gzip(Array(text[..<1000])) + PackedArchive.gzip(Array(text[1000...]))
        #expect(try await fetch("gzip", half).delivered[""]?.bytes == text)
        #expect(try await fetch("gzip", []).delivered[""]?.bytes == [])
    }

    @Test func noticesThatSomethingIsMissingOrWrong() async throws {
        let packed = PackedArchive.gzip(Array(text[..<200]))
        for length in 1..<packed.count {
            let error = await #expect(throws: FetchError.self) { try await fetch("gzip", Array(packed[..<length])) }
            #expect(error?.cause == "protocol_error", "\(length) bytes")
        }
        var damaged = packed
        damaged[packed.count - 6] ^= 1
        await #expect(throws: FetchError.self) { try await fetch("gzip", damaged) }
        await #expect(throws: FetchError.self) { try await fetch("gzip", text) }
    }

    @Test func doesNotUnpackABomb() async throws {
        let bomb = PackedArchive.gzip([UInt8](repeating: 0, count: 64 << 20))
        #expect(bomb.count < 100_000)
        let error = await #expect(throws: FetchError.self) { try await fetch("gzip", bomb) }
        #expect(error?.cause == "limit_exceeded")
        var limits = Limits()
        limits.documentBytes = Int64(text.count)
        #expect(try await fetch("gzip", PackedArchive.gzip(text), limits: limits).delivered[""]?.bytes == text)
        limits.documentBytes -= 1
        await #expect(throws: FetchError.self) { try await fetch("gzip", PackedArchive.gzip(text), limits: limits) }
    }
}
