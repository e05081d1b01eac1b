// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// The server as a process, asked by programs that know nothing of it.
@Suite(.inTurn) struct ServeTests {
    @Test func `it says where it listens, answers curl on both, and ends with 0 when it is told to`() async throws {
        let installation = try Installation()
        try installation.folder.write("docs/guide.md", "# Guide\n\nHello there.\n")
        let server = try await installation.serve("--allow-path", installation.folder.path("docs"))
        let body = #"{"path":"\#(installation.folder.path("docs"))","to":"viking://resources/docs","wait":true}"#
        let added = try await server.curl("/api/v1/resources", "-d", body)
        #expect(try added.member("result").member("outcome").string == "updated", "\(added)")
        let overSocket = try await server.curl("/api/v1/system/status", "--unix-socket", server.socket)
        #expect(try overSocket.member("result").member("documents").integer == 1)
        let status = try FileStatus(of: server.socket)
        #expect(status.permissions == 0o600)
        // Commands beside it find the store as the server left it, and it what they change.
        #expect(try await installation.succeed("read", "viking://resources/docs/guide.md").hasPrefix("# Guide"))
        try await installation.succeed("rm", "viking://resources/docs")
        let gone = try await server.curl("/api/v1/fs/stat?uri=viking://resources/docs")
        #expect(try gone.member("error").member("code").string == "NOT_FOUND")
        let result = try await server.stop()
        #expect(result.status == 0, "\(result.summary)")
        #expect((try? FileStatus(of: server.socket)) == nil)
        try await installation.checkStore()
    }

    @Test func `a second server on a home ends with 1 and touches nothing of the first`() async throws {
        let installation = try Installation()
        let server = try await installation.serve()
        let second = try await installation.run("serve", "--port", "0")
        #expect(second.status == 1, "\(second.summary)")
        #expect(second.errors.contains("a server runs on"))
        #expect(try await server.curl("/health", "--unix-socket", server.socket).member("healthy").bool == true)
        #expect(try await server.stop().status == 0)
        // A server that was killed is in nobody's way, nor is the socket that it leaves.
        let third = try await installation.serve()
        third.process.signal(SIGKILL)
        _ = try await third.process.wait()
        #expect((try? FileStatus(of: third.socket)) != nil)
        let fourth = try await installation.serve()
        #expect(try await fourth.curl("/health", "--unix-socket", fourth.socket).member("healthy").bool == true)
        #expect(try await fourth.stop(SIGINT).status == 0)
    }

    @Test func `a port that is taken is an error that says what to do`() async throws {
        let installation = try Installation()
        let server = try await installation.serve()
        let port = try #require(server.url.split(separator: ":").last.map(String.init))
        let other = try await Installation().run("serve", "--port", port)
        #expect(other.status == 3, "\(other.summary)")
        #expect(other.errors.contains("--port"))
        #expect(try await server.stop().status == 0)
    }

    @Test func `a home whose path is too long for a socket gets one elsewhere`() async throws {
        let short = try Installation()
        let long = try Installation(home: short.folder.path(String(repeating: "long/", count: 25) + "home"))
        try short.folder.makeFolder(String(repeating: "long/", count: 25) + "home")
        let server = try await long.serve()
        #expect(server.socket.utf8.count < 108)
        #expect(try await server.curl("/health", "--unix-socket", server.socket).member("healthy").bool == true)
        #expect(try await server.stop().status == 0)
        #expect((try? FileStatus(of: server.socket)) == nil)
    }

    @Test func `whoever started it as a service is told that it is ready and that it stops`() async throws {
        let installation = try Installation()
        let notices = try NoticeSocket(at: installation.folder.path("notify"))
        let server = try await installation.with(["NOTIFY_SOCKET": notices.path]).serve()
        #expect(notices.receive() == "READY=1")
        #expect(try await server.stop().status == 0)
        #expect(notices.receive() == "STOPPING=1")
    }

    @Test func `a run that goes on when it is to end is finished`() async throws {
        let installation = try Installation()
        for number in 0..<400 { try installation.folder.write("docs/\(number).md", "# \(number)\n") }
        let server = try await installation.serve("--allow-path", installation.folder.path("docs"))
        let body = #"{"path":"\#(installation.folder.path("docs"))","to":"viking://resources/docs"}"#
        let added = try await server.curl("/api/v1/resources", "-d", body)
        let task = try #require(try added.member("result").member("task_id").string)
        #expect(try await server.stop().status == 0)
        let ended = try await installation.json("task", "status", task)
        #expect(try ended.member("status").string == "completed")
        try await installation.checkStore()
    }

    /// A watch on a folder whose command is given to the store itself, beside the server.
    private func watching(_ installation: Installation, every minutes: String) async throws {
        try installation.folder.write("docs/guide.md", "# One\n")
        try await installation.succeed(
            "ingest", installation.folder.path("docs"), "--to", "viking://resources/docs", "--watch-interval", minutes)
    }

    @Test func `it keeps watches on time, also those that are made beside it`() async throws {
        let installation = try Installation()
        let server = try await installation.serve()
        try await watching(installation, every: "0.02")
        try installation.folder.write("docs/guide.md", "# Two\n")
        try await installation.poll("the edit is seen") {
            try await installation.succeed("read", "viking://resources/docs/guide.md") == "# Two\n"
        }
        try await installation.succeed("task", "watch", "pause", "viking://resources/docs")
        #expect(try await server.stop().status == 0)
        let runs = try #require(try await installation.json("task", "list").array)
        #expect(runs.contains { $0["trigger"]?.string == "schedule" && $0["status"]?.string == "completed" })
    }

    @Test func `what became due while no server ran is made up for once`() async throws {
        let installation = try Installation()
        let server = try await installation.serve("--no-scheduler")
        try await watching(installation, every: "0.02")
        try installation.folder.write("docs/guide.md", "# Two\n")
        // Long enough that points have passed, by what the store itself says.
        try await installation.poll("points pass") {
            let next = try await installation.watch("viking://resources/docs").member("next_execution_time").string
            let due = try #require(next.flatMap { Timestamp($0) })
            return SystemClock().now().since(due) > .seconds(2)
        }
        #expect(try await installation.succeed("read", "viking://resources/docs/guide.md") == "# One\n")
        server.process.signal(SIGKILL)
        _ = try await server.process.wait()
        let next = try await installation.serve()
        try await installation.poll("the edit is seen") {
            try await installation.succeed("read", "viking://resources/docs/guide.md") == "# Two\n"
        }
        try await installation.succeed("task", "watch", "pause", "viking://resources/docs")
        #expect(try await next.stop().status == 0)
        let runs = try #require(try await installation.json("task", "list").array)
        #expect(runs.filter { $0["trigger"]?.string == "catch_up" }.count == 1, "\(runs)")
        try await installation.checkStore()
    }
}

/// Takes what a service tells systemd.
private final class NoticeSocket: Sendable {
    let path: String
    private let descriptor: Descriptor

    init(at path: String) throws {
        self.path = path
        let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SystemError.last("open", "a socket") }
        descriptor = Descriptor(adopting: number, path: path)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw SystemError.last("listen on", path) }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    func receive() -> String {
        var piece = [UInt8](repeating: 0, count: 1024)
        let count = recv(descriptor.number, &piece, piece.count, 0)
        return String(decoding: piece.prefix(max(0, count)), as: UTF8.self)
    }
}
