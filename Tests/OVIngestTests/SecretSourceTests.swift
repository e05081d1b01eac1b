// SPDX-License-Identifier: Apache-2.0

import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct SecretSourceTests {
    private let folder: TemporaryFolder
    private let secrets = SecretSource(environment: ["TOKEN": " s3cret\n", "EMPTY": " ", "SPLIT": "s3cret\nX: y"])

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("token", "s3cret \r\nsecond line")
        try folder.write("empty", "\ns3cret")
        try folder.write("binary", [0x73, 0xFF])
        for name in ["token", "empty", "binary"] { try folder.setPermissions(name, 0o600) }
    }

    @Test func findsTheSecretWithoutBlanksAroundIt() throws {
        #expect(try secrets.value(of: "env:TOKEN") == "s3cret")
        #expect(try secrets.value(of: "file:" + folder.path("token")) == "s3cret")
    }

    @Test(arguments: [
        "env:NOWHERE", "env:", "env:EMPTY", "env:SPLIT", "file:relative", "file:", "file:/nowhere/s", "file:PATH/empty",
        "file:PATH/binary", "file:PATH", "s3cret", "",
    ])
    func saysWhatIsWrongWithAReferenceAndShowsNoSecret(_ reference: String) {
        let reference = reference.replacing("PATH", with: folder.path)
        let error = #expect(throws: FetchError.self) { try secrets.value(of: reference) }
        #expect(error?.cause == "secret_missing" && error?.persistence == .permanent)
        #expect(error?.message.contains("s3cret") == false)
    }
}
