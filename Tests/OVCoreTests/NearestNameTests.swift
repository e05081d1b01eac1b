// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@Suite(.inTurn) struct NearestNameTests {
    private static let names = ["include", "exclude", "watch_interval", "timeout", "to", "path"]

    @Test(
        "A slip of up to a third of the letters still finds the name",
        arguments: [
            ("inclde", "include"), ("watch_intervall", "watch_interval"), ("tiemout", "timeout"), ("exlude", "exclude"),
            ("pth", "path"), ("t", "to"), ("include", "include"), ("zzz", nil), ("completely", nil),
            ("watchinterval", "watch_interval"), ("", nil),
        ])
    func finds(name: String, expected: String?) {
        #expect(nearestName(to: name, among: Self.names) == expected)
    }

    @Test("Nothing to choose from is no answer, and a very long name none either")
    func extremes() {
        #expect(nearestName(to: "x", among: [String]()) == nil)
        let long = String(repeating: "x", count: 100_000)
        #expect(nearestName(to: long, among: Self.names + [long + "y"]) == nil)
    }
}
