// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVTestSupport
import OVTestTraits
import Testing

/// A disk without room: said, nothing lost, and all is well once there is room again.
@Suite(.inTurn, .enabled("needs root, to mount a disk of two megabytes") { await TinyDisk.isPossible() })
struct DiskFullTests {
    @Test func whatWasAcknowledgedStaysAndTheRestIsRefused() async throws {
        try await TinyDisk.with { disk in
            let ov = try Installation(home: disk.path("home"))
            try ov.folder.write("small/a.md", "a\n")
            try ov.folder.write("large/b.bin", noise(bytes: 3 << 20))
            try await ov.succeed(
                "ingest", ov.folder.path("small"), "--to", "viking://resources/small", "--watch-interval", "600")

            let large = try await ov.run("ingest", ov.folder.path("large"), "--to", "viking://resources/large")
            #expect(large.status == 3 && large.errors.contains("No space left on device"), "\(large.summary)")
            try await ov.checkStore()

            try disk.fill()
            var written = 0
            var refused: ChildProcess.Result?
            // What is left of the last block takes some commits yet.
            while refused == nil, written < 100 {
                let reason = String(written) + String(repeating: "r", count: 2000)
                let result = try await ov.run("task", "watch", "update", "viking://resources/small", "--reason", reason)
                if result.status == 0 { written += 1 } else { refused = result }
            }
            let result = try #require(refused, "a full disk takes everything")
            #expect(result.status == 3 && result.errors.contains("No space left on device"), "\(result.summary)")

            try await ov.checkStore()
            #expect(try await ov.succeed("read", "viking://resources/small/a.md") == "a\n")
            let reason = try await ov.watch("viking://resources/small")["reason"]?.string ?? ""
            #expect(reason == (written == 0 ? "" : String(written - 1) + String(repeating: "r", count: 2000)))

            try disk.free()
            try await ov.succeed("task", "watch", "update", "viking://resources/small", "--reason", "room")
            #expect(try await ov.watch("viking://resources/small")["reason"]?.string == "room")
            try ov.folder.write("small/a.md", "A\n")
            let again = try await ov.json("ingest", ov.folder.path("small"), "--to", "viking://resources/small")
            #expect(again.counts == [0, 1, 0, 0])
            try await ov.checkStore()
        }
    }

    @Test func `a server on a full disk says so, goes on reading, and recovers by itself`() async throws {
        try await TinyDisk.with { disk in
            let ov = try Installation(home: disk.path("home"))
            try ov.folder.write("small/a.md", "a\n")
            let server = try await ov.serve("--allow-path", ov.folder.path)
            let body = #"{"path":"\#(ov.folder.path("small"))","to":"viking://resources/small","watch_interval":600"#
            let added = try await server.curl("/api/v1/resources", "-d", body + #","wait":true}"#)
            #expect(added["status"]?.string == "ok", "\(added)")

            try disk.fill()
            let route = "/api/v1/watches?to_uri=viking://resources/small"
            func update(_ reason: String) async throws -> JSONValue {
                let body = #"{"reason":"\#(reason)"}"#
                return try await server.curl(route, "-X", "PATCH", "-d", body)
            }
            var (written, refused): (Int, JSONValue?) = (0, nil)
            // What is left of the last block takes some commits yet.
            while refused == nil, written < 100 {
                let answer = try await update(String(written) + String(repeating: "r", count: 2000))
                if answer["status"]?.string == "ok" { written += 1 } else { refused = answer }
            }
            let error = try #require(refused, "a full disk takes everything").member("error")
            #expect(error["code"]?.string == "UNAVAILABLE")
            #expect(error["message"]?.string?.contains("No space left on device") == true, "\(error)")

            let read = try await server.curl("/api/v1/content/read?uri=viking://resources/small/a.md")
            #expect(read["result"]?.string == "a\n")
            let reason = try await server.curl(route).member("result").member("reason").string
            #expect(reason == (written == 0 ? "" : String(written - 1) + String(repeating: "r", count: 2000)))
            try disk.free()
            #expect(try await update("room").member("result").member("reason").string == "room")
            try ov.folder.write("small/a.md", "A\n")
            let trigger = "/api/v1/watches/trigger?to_uri=viking://resources/small"
            let triggered = try await server.curl(trigger, "-X", "POST")
            #expect(triggered["status"]?.string == "ok", "\(triggered)")
            try await ov.poll("the edit is seen") {
                try await server.curl("/api/v1/content/read?uri=viking://resources/small/a.md")["result"]?.string
                    == "A\n"
            }
            #expect(try await server.stop().status == 0)
        }
    }

    /// Bytes that do not compress.
    private func noise(bytes: Int) -> [UInt8] {
        var generator = SplitMix64(seed: 5)
        return (0..<bytes).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }
}

/// A file system in memory with room for two megabytes.
private struct TinyDisk: Sendable {
    private let folder: TemporaryFolder

    func path(_ relative: String) -> String { folder.path("disk/\(relative)") }

    /// Takes all the room that is left.
    func fill() throws {
        let file = open(path("filler"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        let block = [UInt8](repeating: 1, count: 4096)
        while write(file, block, block.count) > 0 {}
        #expect(errno == ENOSPC)
    }

    func free() throws { try folder.remove("disk/filler") }

    static func with(_ body: (TinyDisk) async throws -> Void) async throws {
        let disk = TinyDisk(folder: try TemporaryFolder())
        try disk.folder.makeFolder("disk")
        let options = ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.folder.path("disk")]
        let mounted = try await ChildProcess(ChildProcess.Command("/bin/mount", options)).wait()
        try #require(mounted.status == 0, "\(mounted.summary)")
        var failure: (any Error)?
        do { try await body(disk) } catch { failure = error }
        _ = try await ChildProcess(ChildProcess.Command("/bin/umount", ["-l", disk.folder.path("disk")])).wait()
        if let failure { throw failure }
    }

    static func isPossible() async -> Bool {
        guard geteuid() == 0 else { return false }
        return (try? await with { _ in }) != nil
    }
}
