// SPDX-License-Identifier: Apache-2.0

import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct CopyOnWriteTests {
    @Test func `a copy keeps what it had when another is changed`() {
        var one = CopyOnWrite([1, 2])
        let other = one
        one.value.append(3)
        #expect(one.value == [1, 2, 3])
        #expect(other.value == [1, 2])
    }

    @Test func `who alone has a value changes it where it is`() {
        var one = CopyOnWrite(Array(repeating: 0, count: 1000))
        one.value[0] = 1
        let place = one.value.withUnsafeBufferPointer { $0.baseAddress }
        one.value[1] = 2
        #expect(one.value.withUnsafeBufferPointer { $0.baseAddress } == place)
    }
}
