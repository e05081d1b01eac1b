// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import Testing

/// A real web server on the loopback interface, with a folder of pages that the test edits.
///
/// It ends with the last reference.
final class NginxSite: Sendable {
    let folder: TemporaryFolder
    let port: UInt16
    private let process: ChildProcess

    /// Where Debian puts it; nil where it is not installed.
    static let executable: String? = ["/usr/sbin/nginx", "/usr/bin/nginx"].first { access($0, X_OK) == 0 }

    /// - Parameter directives: further lines for the server.
    init(_ directives: String = "") async throws {
        folder = try TemporaryFolder()
        port = try freePort()
        try folder.makeFolder("pages")
        try folder.write("nginx.conf", Self.configuration(folder.path, port, directives))
        process = try ChildProcess(
            ChildProcess.Command(
                try #require(Self.executable), ["-p", folder.path, "-c", "nginx.conf", "-e", "error.log"]))
        let port = port
        try await Installation(home: folder.path).poll("nginx answers") { isListening(port) }
    }

    deinit { process.signal(SIGKILL) }

    private static func configuration(_ folder: String, _ port: UInt16, _ directives: String) -> String {
        // The user of the test may be root, and then workers would be another one, who cannot read the folder.
        let user = getuid() == 0 ? "user root;" : ""
        return """
            daemon off; master_process off; \(user) pid nginx.pid;
            events { worker_connections 64; }
            http {
                types { text/html html; text/markdown md; text/plain txt; }
                log_format short '$request_uri $status $body_bytes_sent $http_if_none_match';
                access_log access.log short;
                client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4;
                scgi_temp_path t5;
                server { listen 127.0.0.1:\(port); root pages; charset utf-8; \(directives) }
            }

            """
    }

    var origin: String { "http://127.0.0.1:\(port)" }

    func write(_ page: String, _ text: String) throws { try folder.write("pages/\(page)", text) }
    func remove(_ page: String) throws { try folder.remove("pages/\(page)") }

    /// What was asked, and answered: path, status, bytes.
    func log() throws -> [(path: String, status: String, bytes: String)] {
        String(decoding: try folder.read("access.log"), as: UTF8.self).split(separator: "\n").map { line in
            let words = line.split(separator: " ").map(String.init)
            return (words[0], words[1], words[2])
        }
    }
}

/// A port that nobody listens on, for servers that cannot choose one themselves.
func freePort() throws -> UInt16 { try ScriptedServer { _ in [] }.port }

/// Whether something accepts connections at a port of this machine.
func isListening(_ port: UInt16) -> Bool {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(number) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}
