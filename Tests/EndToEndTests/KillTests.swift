// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVTestSupport
import OVTestTraits
import Testing

/// Processes that are killed at any moment lose nothing that they had acknowledged, and leave nothing half done.
@Suite(.inTurn, .serialized) struct KillTests {
    /// `OV_E2E_KILLS=200` for the long run.
    private static let rounds = getenv("OV_E2E_KILLS").flatMap { Int(String(cString: $0)) } ?? 15

    @Test func nothingIsLostWhenProcessesAreKilledAtRandomMoments() async throws {
        let seed = UInt64.random(in: 0...(.max))
        var storm = try await KillStorm(seed: seed)
        for round in 0..<Self.rounds {
            try await storm.run()
            try await storm.check("round \(round), seed \(seed)")
        }
        try await storm.checkAftermath()
        #expect(storm.kills > 0, "nobody was killed, so nothing was tested")
    }

    @Test func aStoreWhoseFirstProcessIsKilledIsEmptyOrWhole() async throws {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<max(5, Self.rounds / 3) {
            let ov = try Installation()
            for number in 0..<50 { try ov.folder.write("docs/\(number).md", "# \(number)\n") }
            let words = ["ingest", ov.folder.path("docs"), "--to", "viking://resources/docs"]
            let first = try ov.start(words)
            async let ended = first.wait()
            // The moment of the kill is what is being varied.
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...120, using: &generator)))
            first.signal(SIGKILL)
            let wasAcknowledged = try await ended.status == 0
            let documents = try await ov.json("ls", "-r").array?.filter { $0["isDir"]?.bool == false }.count
            #expect(documents == 50 || documents == 0 && !wasAcknowledged)
            try await ov.checkStore()
            let again = try await ov.json("ingest", ov.folder.path("docs"), "--to", "viking://resources/docs")
            #expect(again["status"]?.string == "success")
            try await ov.checkStore()
        }
    }
}
