// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@Suite(.inTurn) struct IntervalTests {
    @Test(
        "Any finite number above zero up to ten years is kept as given",
        arguments: [
            (1e-9, 1000), (0.001, 1000), (Double.leastNonzeroMagnitude, 1000), (1.0 / 60, 1000), (0.025, 1500),
            (1, 60_000), (30, 1_800_000), (1.5, 90_000), (0.1, 6000), (5_256_000, 315_360_000_000),
        ] as [(Double, Int64)])
    func accepts(minutes: Double, period: Int64) throws {
        let interval = try Interval(minutes: minutes)
        #expect(interval.minutes == minutes)
        #expect(interval.period.count == period)
    }

    @Test(
        "Anything else is refused as a wrong field",
        arguments: [
            (0, "greater_than"), (-0.0, "greater_than"), (-1, "greater_than"), (-1e300, "greater_than"),
            (5_256_000.1, "less_than_equal"), (1e300, "less_than_equal"), (.nan, "finite"), (.signalingNaN, "finite"),
            (.infinity, "finite"), (-.infinity, "finite"),
        ] as [(Double, String)])
    func refuses(minutes: Double, type: String) throws {
        let error = try #require(throws: OVError.self) { try Interval(minutes: minutes) }
        #expect(error.code == .invalidArgument)
        let field = error.details["validation_errors"]?.array?.first
        #expect(field?["type"] == .string(type))
        #expect(field?["loc"] == .array([.string("watch_interval")]))
    }

    @Test("Who asks for zero is told how to stop a watch")
    func zeroNamesPause() throws {
        let error = try #require(throws: OVError.self) { try Interval(minutes: 0) }
        #expect(error.message.contains("is_active=false"))
        #expect(error.hint?.contains("ov task watch pause") == true)
    }
}
