// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@Suite(.inTurn) struct OVErrorTests {
    @Test("Every code is found by its name on the wire", arguments: OVError.Code.allCases)
    func names(code: OVError.Code) {
        // Two codes share a name; the common one is what comes back.
        let expected: OVError.Code = code == .contradictoryArguments ? .invalidArgument : code
        #expect(OVError.Code(name: code.name) == expected)
        #expect(code.name.utf8.allSatisfy { (65...90).contains($0) || $0 == 95 })
    }

    @Test("An unknown name is no code")
    func unknown() {
        #expect(OVError.Code(name: "invalid_uri") == nil)
    }
}
