// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct KeyTextTests {
    @Test(arguments: 0..<50 as Range<UInt64>)
    func `a key is read back from its text, and its id from its own`(seed: UInt64) throws {
        let key = KeyText(random: SeededRandom(seed: seed))
        #expect(key.text.utf8.count == 78)
        #expect(key.text.hasPrefix("ov_\(key.id)_"))
        let read = try #require(KeyText(key.text))
        #expect(read.text == key.text && read.id == key.id)
        #expect(KeyID(key.id.description) == key.id)
        #expect(KeyText(random: SeededRandom(seed: seed + 1000)).id != key.id)
    }

    @Test func `the order of ids is that of their texts`() {
        let ids = (0..<100 as Range<UInt64>).map { KeyID(random: SeededRandom(seed: $0)) }
        #expect(ids.sorted().map(\.description) == ids.map(\.description).sorted())
    }

    private static let good = KeyText(random: SeededRandom(seed: 1)).text

    private static let malformed: [String] = {
        var texts = ["", "ov_", " \(good)", "\(good)0", good.uppercased(), good.replacing("_", with: "-")]
        texts.append("x\(good.dropFirst())")
        for (count, end) in [(1, ""), (1, "g"), (1, "é"), (2, "é")] { texts.append("\(good.dropLast(count))\(end)") }
        texts.append("ov_il0o000000_" + String(repeating: "0", count: 64))
        texts.append(String(repeating: "ov_", count: 10_000))
        return texts
    }()

    @Test(arguments: malformed)
    func `what is no key is none, however long it is`(text: String) {
        #expect(KeyText(text) == nil)
    }

    @Test(arguments: ["", "0", "000000000i", "00000000000", "ABCDEFGHJK", "00000000é"])
    func `what is no id is none`(text: String) { #expect(KeyID(text) == nil) }

    @Test func `whatever prints a key prints its id alone`() {
        let key = KeyText(random: SeededRandom(seed: 7))
        let secret = key.text.suffix(64)
        var dumped = ""
        dump(key, to: &dumped)
        dump([key], to: &dumped)
        for text in ["\(key)", String(reflecting: key), String(describing: Optional(key)), dumped] {
            #expect(!text.contains(secret))
            #expect(text.contains(key.id.description))
        }
    }

    @Test func `digests are the same when every word is`() {
        let digest = Digest(words: SIMD4(1, 2, 3, 4))
        #expect(digest.isSame(as: digest))
        for index in 0..<4 {
            var words = digest.words
            words[index] ^= 1 << 63
            #expect(!digest.isSame(as: Digest(words: words)))
        }
    }
}
