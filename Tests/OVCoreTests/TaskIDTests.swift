// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct TaskIDTests {
    @Test(
        "Random identities are version 4 UUIDs and survive their text in either case",
        arguments: 0..<50 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let id = TaskID.random(using: &random)
        let text = Array(id.description)
        #expect(text.count == 36 && text[14] == "4" && "89ab".contains(text[19]))
        #expect([8, 13, 18, 23].allSatisfy { text[$0] == "-" })
        #expect(TaskID(id.description) == id)
        #expect(TaskID(id.description.uppercased()) == id)
        #expect(id.description == id.description.lowercased())
    }

    @Test("A known text is these two words")
    func known() {
        let id = TaskID(high: 0x7F02_E980_8DF9_4F27, low: 0xA570_4D84_28CB_ED8A)
        #expect(id.description == "7f02e980-8df9-4f27-a570-4d8428cbed8a")
    }

    @Test(
        "Other texts are no identities",
        arguments: [
            "", "7f02e980", "7f02e9808df94f27a5704d8428cbed8a", "7f02e980-8df9-4f27-a570-4d8428cbed8",
            "7f02e980-8df9-4f27-a570-4d8428cbed8a0", "7f02e980-8df9-4f27-a570-4d8428cbed8g",
            "7f02e980_8df9-4f27-a570-4d8428cbed8a", "{7f02e980-8df9-4f27-a570-4d8428cbed8}",
            "-7f02e98-8df9-4f27-a570-4d8428cbed8a", "７f02e980-8df9-4f27-a570-4d8428cbed",
        ])
    func malformed(text: String) {
        #expect(TaskID(text) == nil)
    }
}
