// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Figures in the few characters that a model needs.
enum Amount {
    static func bytes(_ count: Int64) -> String {
        switch count {
        case ..<1000: "\(count) B"
        case ..<1_000_000: "\(tenths(count, 1000)) kB"
        case ..<1_000_000_000: "\(tenths(count, 1_000_000)) MB"
        default: "\(tenths(count, 1_000_000_000)) GB"
        }
    }

    private static func tenths(_ count: Int64, _ unit: Int64) -> String {
        let whole = count / unit
        return whole >= 10 ? "\(whole)" : "\(whole).\(count % unit * 10 / unit)"
    }

    static func documents(_ count: Int) -> String { count == 1 ? "1 document" : "\(count) documents" }

    /// `30`, `0.5`.
    static func minutes(_ minutes: Double) -> String {
        let whole = Int64(exactly: minutes)
        return whole.map { String($0) } ?? String(minutes)
    }

    /// `12 min`, in the largest unit of which there are two or more.
    static func duration(_ duration: Milliseconds) -> String {
        let seconds = max(0, duration.count / 1000)
        switch seconds {
        case ..<120: return "\(seconds) s"
        case ..<7200: return "\(seconds / 60) min"
        case ..<172_800: return "\(seconds / 3600) h"
        default: return "\(seconds / 86_400) d"
        }
    }
}

extension Timestamp {
    /// To the second: `2026-08-22T09:30:00Z`.
    var brief: String { "\(description.prefix(19))Z" }

    /// `30 min ago`.
    func ago(at now: Timestamp) -> String { "\(Amount.duration(now.since(self))) ago" }

    /// `in 12 min`.
    func ahead(of now: Timestamp) -> String { self <= now ? "now" : "in \(Amount.duration(since(now)))" }
}
