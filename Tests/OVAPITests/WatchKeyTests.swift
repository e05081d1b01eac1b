// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVTestTraits
import Testing

@Suite("Naming a watch on the command line", .inTurn)
struct WatchKeyTests {
    @Test(
        "`viking://…` is an address, anything else an id",
        arguments: [
            ("viking://resources/docs", WatchKey(uri: "viking://resources/docs")),
            ("viking://~/resources/docs", WatchKey(uri: "viking://~/resources/docs")),
            // What is wrong below the scheme is for the operation to say, in its own words.
            ("viking://nowhere", WatchKey(uri: "viking://nowhere")),
            ("7f02e980-8df9-4f27-a570-4d8428cbed8a", WatchKey(id: "7f02e980-8df9-4f27-a570-4d8428cbed8a")),
            ("trigger", WatchKey(id: "trigger")),
            ("resources/docs", WatchKey(id: "resources/docs")),
            ("vikings", WatchKey(id: "vikings")),
        ])
    func parsing(_ text: String, _ key: WatchKey) throws {
        #expect(try WatchKey(parsing: text) == key)
        #expect(key.description == text)
    }

    @Test(
        "another scheme, or another spelling of it, is refused with what to write instead",
        arguments: [
            ("Viking://resources/docs", "viking://resources/docs"),
            ("VIKING://resources/docs", "viking://resources/docs"),
            ("viking:resources/docs", "viking://resources/docs"), ("viking:/resources/docs", "viking://resources/docs"),
            ("http://example.com/guide.md", "viking://resources/"), ("file:///srv/docs", "viking://resources/"),
            ("://x", "viking://resources/"),
        ])
    func refused(_ text: String, _ hint: String) {
        let error = #expect(throws: OVError.self) { try WatchKey(parsing: text) }
        #expect(error?.code == .invalidURI)
        #expect(error?.hint?.contains(hint) == true)
    }
}
