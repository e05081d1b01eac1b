// SPDX-License-Identifier: Apache-2.0

import OVSystem
import OVTestTraits
import Testing

@Suite(.inTurn) struct SideBySideTests {
    @Test("Both results come back")
    func both() {
        let (first, second) = sideBySide {
            1
        } _: {
            "two"
        }
        #expect(first == 1 && second == "two")
    }

    @Test("Pieces are handed over in order, whole, and once", arguments: [0, 1, 2, 3, 10, 1001])
    func inOrder(count: Int) {
        var found: [UInt8] = []
        makeInOrder(count) { number, buffer in
            #expect(buffer.isEmpty)
            buffer += Array("\(number) ".utf8)
        } _: {
            found += $0
        }
        #expect(String(decoding: found, as: UTF8.self) == (0..<count).map { "\($0) " }.joined())
    }
}
