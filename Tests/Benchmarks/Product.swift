// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import OVTestSupport

/// The `ov` that was built beside this program, as a whole process.
struct Product {
    let executable: String
    let home: String

    init(home: String) throws {
        self.home = home
        executable = try productFolder() + "/ov"
    }

    /// Runs a command whose output goes nowhere.
    /// - Throws: `BenchmarkFailure` unless it succeeds.
    func run(_ words: String...) async throws -> ChildProcess.Result { try await run(words) }

    func run(_ words: [String]) async throws -> ChildProcess.Result {
        let environment = ["OV_HOME": home, "HOME": home, "PATH": "/usr/bin:/bin"]
        return try await succeeding(
            ChildProcess.Command(
                executable, words, environment: environment, output: try Descriptor(opening: "/dev/null", O_WRONLY)))
    }
}

struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String
}

/// Runs a program to its end.
func succeeding(_ command: ChildProcess.Command) async throws -> ChildProcess.Result {
    let result = try await ChildProcess(command).wait(atMost: .seconds(600))
    guard result.status == 0 else {
        throw BenchmarkFailure(
            description: "\(result.name): status \(result.status ?? -1), signal \(result.signal ?? 0)\n\(result.errors)"
        )
    }
    return result
}
