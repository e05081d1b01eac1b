// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Numbers and times as tables show them: the same everywhere, in no language but this one.
enum HumanFormat {
    /// `2026-08-22 09:30Z`.
    static func time(_ time: Timestamp) -> String {
        let text = time.description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5))Z"
    }

    /// `3h ago`, `in 12m`, `now`.
    static func relative(_ time: Timestamp, to now: Timestamp) -> String {
        let difference = time.since(now)
        if abs(difference.count) < 1000 { return "now" }
        let text = duration(Milliseconds(abs(difference.count)))
        return difference.count > 0 ? "in \(text)" : "\(text) ago"
    }

    /// `2026-08-22 09:30Z (3h ago)`.
    static func both(_ time: Timestamp, now: Timestamp) -> String {
        "\(self.time(time)) (\(relative(time, to: now)))"
    }

    /// The largest unit that fits: `45s`, `12m`, `3h`, `9d`.
    static func duration(_ duration: Milliseconds) -> String {
        let seconds = duration.count / 1000
        return switch seconds {
        case ..<90: "\(seconds)s"
        case ..<(90 * 60): "\(seconds / 60)m"
        case ..<(48 * 3600): "\(seconds / 3600)h"
        default: "\(seconds / 86_400)d"
        }
    }

    /// `0 B`, `999 B`, `4.2 MiB`.
    static func bytes(_ count: Int64) -> String {
        guard count >= 1024 else { return "\(max(0, count)) B" }
        var (tenths, unit) = (count / 1024 * 10 + count % 1024 * 10 / 1024, 0)
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        while tenths >= 10_240, unit < units.count - 1 {
            tenths /= 1024
            unit += 1
        }
        return tenths >= 1000 ? "\(tenths / 10) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// `1 document`, `2 documents`.
    static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// A number of minutes in the unit that a person would say: `30m`, `6h`, `1d`, `90s`.
    static func interval(_ interval: Interval) -> String {
        let minutes = interval.minutes
        guard minutes == minutes.rounded(), let whole = Int(exactly: minutes) else {
            let milliseconds = max(1, (minutes * 60_000).rounded())
            let seconds = milliseconds / 1000
            return seconds == seconds.rounded() ? "\(Int64(seconds))s" : "\(seconds)s"
        }
        if whole % 1440 == 0 { return "\(whole / 1440)d" }
        if whole % 60 == 0 { return "\(whole / 60)h" }
        return "\(whole)m"
    }
}
