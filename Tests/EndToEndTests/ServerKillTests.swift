// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVTestSupport
import OVTestTraits
import Testing

/// A server that is killed under load at any moment has lost nothing that it had acknowledged.
@Suite(.inTurn, .serialized) struct ServerKillTests {
    /// `OV_E2E_KILLS=100` for the long run.
    private static let rounds = getenv("OV_E2E_KILLS").flatMap { Int(String(cString: $0)) } ?? 8

    @Test(.enabled("needs curl") { access("/usr/bin/curl", X_OK) == 0 })
    func `nothing is lost when the server is killed while clients are at it`() async throws {
        let seed = UInt64.random(in: 0...(.max))
        var storm = try await ServerStorm(seed: seed)
        for round in 0..<Self.rounds { try await storm.run("round \(round), seed \(seed)") }
        try await storm.checkAftermath()
        #expect(storm.acknowledgements > Self.rounds, "hardly anything was acknowledged, so nothing was tested")
    }
}
