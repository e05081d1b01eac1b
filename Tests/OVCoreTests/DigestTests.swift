// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct DigestTests {
    @Test("Bytes and text both give the digest back", arguments: 0..<50 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        let digest = Digest(bytes: bytes[...])
        #expect(digest?.bytes == bytes)
        #expect(digest.flatMap { Digest($0.description) } == digest)
        #expect(digest?.description.utf8.count == 64)
        #expect(Digest(bytes: bytes.dropLast()) == nil)
        #expect(Digest(bytes: (bytes + [0])[...]) == nil)
    }

    @Test("The first byte comes first in the text")
    func order() {
        #expect(Digest(bytes: ([0xAB] + [UInt8](repeating: 0, count: 31))[...])?.description.hasPrefix("ab00") == true)
    }

    @Test(
        "Other texts are no digests",
        arguments: [
            "", "ab", String(repeating: "0", count: 63), String(repeating: "0", count: 65),
            String(repeating: "0", count: 63) + "g", String(repeating: "0", count: 64) + "é",
        ])
    func malformed(text: String) {
        #expect(Digest(text) == nil)
    }
}
