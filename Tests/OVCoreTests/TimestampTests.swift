// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct TimestampTests {
    @Test(
        "Known instants have their RFC 3339 text",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_164_800_001, "2024-02-29T00:00:00.001Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (1_798_761_599_999, "2026-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func known(milliseconds: Int64, text: String) {
        let instant = Timestamp(milliseconds: milliseconds)
        #expect(instant.description == text)
        #expect(Timestamp(text) == instant)
    }

    @Test("Any instant survives its text, and later ones have greater texts", arguments: 0..<20 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let range = Timestamp.earliest.milliseconds...Timestamp.latest.milliseconds
        for _ in 0..<500 {
            let left = Timestamp(milliseconds: .random(in: range, using: &random))
            let right = Timestamp(milliseconds: .random(in: range, using: &random))
            #expect(Timestamp(left.description) == left)
            #expect((left < right) == (left.description < right.description))
            #expect(left.advanced(by: right.since(left)) == right)
        }
    }

    @Test(
        "Any other text is no timestamp",
        arguments: [
            "", "2026-08-22", "2026-08-22T09:30:00Z", "2026-08-22T09:30:00.00Z", "2026-08-22T09:30:00.0000Z",
            "2026-08-22T09:30:00.000", "2026-08-22T09:30:00.000+00:00", "2026-08-22t09:30:00.000Z",
            "2026-08-22T09:30:00.000z", "2026-08-22 09:30:00.000Z", "2026-13-01T00:00:00.000Z",
            "2026-00-01T00:00:00.000Z", "2026-02-29T00:00:00.000Z", "2026-04-31T00:00:00.000Z",
            "2026-01-00T00:00:00.000Z", "2026-01-01T24:00:00.000Z", "2026-01-01T00:60:00.000Z",
            "2026-01-01T00:00:60.000Z", "-026-01-01T00:00:00.000Z", "2026-01-01T00:00:0０.000Z",
            "2026-1-01T00:00:00.000ZZ", " 026-01-01T00:00:00.000Z", "1900-02-29T00:00:00.000Z",
        ])
    func malformed(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("Nothing leaves the years 0 to 9999")
    func bounds() {
        #expect(Timestamp(milliseconds: .max) == .latest)
        #expect(Timestamp(milliseconds: .min) == .earliest)
        #expect(Timestamp.latest.advanced(by: Milliseconds(.max)) == .latest)
        #expect(Timestamp.earliest.advanced(by: Milliseconds(.min)) == .earliest)
        #expect(Timestamp.earliest.advanced(by: Milliseconds(.max)) == .latest)
        #expect(Timestamp.latest.since(.earliest).count == 315_569_519_999_999)
    }

    @Test("Seconds have a fraction, as task records show them")
    func seconds() {
        #expect(Timestamp(milliseconds: 1_500).seconds == 1.5)
        #expect(Milliseconds.minutes(2) == .seconds(120))
        #expect(Milliseconds.days(1) == .hours(24))
        #expect(Milliseconds(1).duration == .milliseconds(1))
    }
}
