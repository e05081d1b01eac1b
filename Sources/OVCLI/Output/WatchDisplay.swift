// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

extension WatchPage {
    func display(now: Timestamp, activeOnly: Bool) -> Display {
        guard !watches.isEmpty else {
            if activeOnly { return .empty("No active watch tasks.") }
            return .empty("No watch tasks. Create one: ov ingest SOURCE --to URI --watch-interval MINUTES")
        }
        // Only who sees the watches of several owners needs to be told whose they are.
        let areMixed = Set(watches.map(\.owner)).count > 1
        var columns: [Table.Column] = [
            .init(title: "URI", shortening: .middle, minimum: 24), .init(title: "STATUS"),
            .init(title: "EVERY", alignsRight: true), .init(title: "NEXT"), .init(title: "LAST"),
            .init(title: "NOTE", shortening: .end, minimum: 6), .init(title: "NEXT AT", isOptional: true),
            .init(title: "TASK", isOptional: true),
        ]
        if areMixed { columns.insert(.init(title: "OWNER", shortening: .end), at: 1) }
        var table = Table(columns)
        table.rows = watches.map { $0.row(now: now, owner: areMixed) }
        return .table(table)
    }
}

extension WatchView {
    private var statusStyle: Style {
        switch state {
        case .active: lastFailure == nil ? .green : .yellow
        case .paused: .yellow
        case .suspended: .red
        }
    }

    /// `ok 3h ago`, `failed 5m ago`, `never`.
    private func last(now: Timestamp) -> String {
        guard let end = lastEnd, let status = lastStatus else { return "never" }
        return "\(status == .completed ? "ok" : status.rawValue) \(HumanFormat.relative(end, to: now))"
    }

    private func next(now: Timestamp) -> String {
        if runningTask != nil { return "running" }
        guard let next = nextRun else { return "-" }
        return next <= now ? "now" : HumanFormat.relative(next, to: now)
    }

    private var note: String { suspensionReason ?? lastFailure?.message ?? "" }

    fileprivate func row(now: Timestamp, owner showsOwner: Bool) -> [Table.Cell] {
        var row: [Table.Cell] = [
            .init(uri.text), .init(status, statusStyle), .init(HumanFormat.interval(interval)),
            .init(next(now: now)), .init(last(now: now), lastStatus == .failed ? .red : .plain), .init(note),
            .init(nextRun.map(HumanFormat.time) ?? "-"), .init(id.description, .dim),
        ]
        if showsOwner { row.insert(.init("\(owner.account)/\(owner.user)"), at: 1) }
        return row
    }

    /// One line after a change.
    func summary(now: Timestamp) -> Display {
        .text("\(uri)  \(status), every \(HumanFormat.interval(interval)), next \(next(now: now))\n")
    }

    /// Everything, a line each.
    func display(now: Timestamp) -> Display {
        var fields = FieldList()
        fields.add("uri", uri.text, .bold)
        fields.add("id", id.description)
        fields.add("source", "\(location) (\(sourceType))")
        fields.add("status", status, statusStyle)
        fields.add("suspended", ifAny: suspensionReason, .red)
        fields.add("every", HumanFormat.interval(interval))
        fields.add("next run", nextRun.map { HumanFormat.both($0, now: now) } ?? "none")
        fields.add("running", ifAny: runningTask?.description)
        addOutcome(to: &fields, now: now)
        fields.add("owner", "\(owner.account)/\(owner.user) (\(role.rawValue))")
        fields.add("created", HumanFormat.both(createdAt, now: now))
        fields.add("reason", ifAny: reason)
        fields.add("instruction", ifAny: instruction)
        fields.add("revision", ifAny: revision)
        return .fields(fields)
    }

    private func addOutcome(to fields: inout FieldList, now: Timestamp) {
        func time(_ time: Timestamp?) -> String? { time.map { HumanFormat.both($0, now: now) } }
        if let end = lastEnd, let status = lastStatus {
            fields.add("last run", "\(status.rawValue), \(HumanFormat.both(end, now: now))")
        } else {
            fields.add("last run", "never")
        }
        fields.add("last task", ifAny: lastTask?.description)
        fields.add("last success", ifAny: time(lastSuccess))
        fields.add("last change", ifAny: time(lastChange))
        if let failure = lastFailure {
            fields.add("last error", "\(failure.code): \(failure.message)", .red)
            let at = HumanFormat.both(failure.at, now: now)
            fields.add("failures", "\(consecutiveFailures) in a row, last \(at)")
        }
        if let skip = lastSkip {
            let at = HumanFormat.relative(skip.at, to: now)
            fields.add("skipped", "\(skippedCount), last \(at) (\(skip.cause.rawValue))")
        }
    }
}

extension TriggerReceipt {
    var display: Display { .text("\(uri)  \(isCoalesced ? "follows the run that is going on" : "accepted")  \(run)\n") }
}
