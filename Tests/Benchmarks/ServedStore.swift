// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport

/// `ov serve` on a home, as a process beside this one.
struct ServedStore {
    let process: ChildProcess
    let url: String

    init(_ product: Product, _ words: [String] = []) async throws {
        let folder = try TemporaryFolder()
        let file = try Descriptor(opening: folder.path("place"), O_RDWR | O_CREAT | O_EXCL)
        let environment = ["OV_HOME": product.home, "HOME": product.home, "PATH": "/usr/bin:/bin"]
        process = try ChildProcess(
            ChildProcess.Command(
                product.executable, ["serve", "--port", "0", "-o", "json", "-c", "-q"] + words,
                environment: environment, output: file))
        var place: JSONValue?
        let end = ContinuousClock.now + .seconds(60)
        while place == nil, ContinuousClock.now < end {
            place = try? JSONValue(parsing: try file.read(Int(try file.status().size), at: 0))["result"]
            // A rest between two looks: only the file tells.
            if place == nil { try await Task.sleep(for: .milliseconds(2)) }
        }
        guard let url = place?["url"]?.string else {
            throw BenchmarkFailure(description: "the server does not start: \(try process.errorsSoFar())")
        }
        self.url = url
    }

    func stop() async throws {
        process.signal(SIGTERM)
        _ = try await process.wait(atMost: .seconds(60))
    }

    /// Asks once.
    func get(_ target: String) async throws -> JSONValue {
        let command = ChildProcess.Command(
            "/usr/bin/curl", ["-sS", url + target], environment: ["PATH": "/usr/bin:/bin"])
        return try JSONValue(parsing: try await succeeding(command).output)
    }

    /// Seconds of processor time that it has used, and the bytes that it has resident.
    func usage() throws -> (processor: Double, resident: Double) {
        func text(_ name: String) throws -> String {
            let file = try Descriptor(opening: "/proc/\(process.processID)/\(name)", O_RDONLY)
            return String(decoding: try file.read(8192, at: 0), as: UTF8.self)
        }
        // Fields are counted behind the name, which may have blanks in it (proc_pid_stat(5)).
        let fields = try text("stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            throw BenchmarkFailure(description: "cannot read what the server uses")
        }
        let pages = try text("statm").split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return ((user + system) / Double(sysconf(Int32(_SC_CLK_TCK))), pages * Double(sysconf(Int32(_SC_PAGESIZE))))
    }
}
