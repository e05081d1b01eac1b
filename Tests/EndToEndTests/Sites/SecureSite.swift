// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import OVTestSupport
import Testing

/// A Python web server behind TLS, with a certificate for `localhost` that nobody knows.
final class SecureSite: Sendable {
    let folder: TemporaryFolder
    let port: UInt16
    private let process: ChildProcess

    static let isPossible = access("/usr/bin/openssl", X_OK) == 0

    init() async throws {
        folder = try TemporaryFolder()
        port = try freePort()
        let made = try await ChildProcess(
            ChildProcess.Command(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost", "-keyout", folder.path("key.pem"),
                    "-out", folder.path("certificate.pem"),
                ])
        ).wait()
        try #require(made.status == 0, "\(made.summary)")
        process = try ChildProcess(
            ChildProcess.Command(
                "/usr/bin/env", ["-C", folder.path, "python3", fixture("servers/secure.py"), "\(port)"],
                environment: ["PATH": environmentPath]))
        let port = port
        try await Installation(home: folder.path).poll("the server answers") { isListening(port) }
    }

    deinit { process.signal(SIGKILL) }

    var origin: String { "https://localhost:\(port)" }
    var certificate: String { folder.path("certificate.pem") }

}

/// The test's own search path: Python may come from elsewhere than the system.
var environmentPath: String { getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin" }
