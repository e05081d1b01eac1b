// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

extension WatchPage {
    func display(now: Timestamp, activeOnly: Bool) -> Display {
        guard !watches.isEmpty else {
            if activeOnly { return .empty("No active watch tasks.") }
            return .empty("No watch tasks. Create one: ov ingest SOURCE --to URI --watch-interval MINUTES")
        }
        var table = Table([
            .init(title: "URI", shortening: .middle, minimum: 24), .init(title: "STATUS"),
            .init(title: "EVERY", alignsRight: true), .init(title: "NEXT"), .init(title: "LAST"),
            .init(title: "NOTE", shortening: .end, minimum: 6), .init(title: "NEXT AT", isOptional: true),
            .init(title: "TASK", isOptional: true),
        ])
        table.rows = watches.map { $0.row(now: now) }
        return .table(table)
    }
}

extension WatchView {
    private var statusStyle: Style {
        switch watch.state {
        case .active: watch.lastFailure == nil ? .green : .yellow
        case .paused: .yellow
        case .suspended: .red
        }
    }

    /// `ok 3h ago`, `failed 5m ago`, `never`.
    private func last(now: Timestamp) -> String {
        guard let end = watch.lastEnd, let status = watch.lastStatus else { return "never" }
        return "\(status == .completed ? "ok" : status.rawValue) \(HumanFormat.relative(end, to: now))"
    }

    private func next(now: Timestamp) -> String {
        if runningTask != nil { return "running" }
        guard let next = watch.nextRun else { return "-" }
        return next <= now ? "now" : HumanFormat.relative(next, to: now)
    }

    private var note: String { watch.suspensionReason ?? watch.lastFailure?.message ?? "" }

    fileprivate func row(now: Timestamp) -> [Table.Cell] {
        [
            .init(watch.uri.text), .init(status, statusStyle), .init(HumanFormat.interval(watch.interval)),
            .init(next(now: now)), .init(last(now: now), watch.lastStatus == .failed ? .red : .plain), .init(note),
            .init(watch.nextRun.map(HumanFormat.time) ?? "-"), .init(watch.id.description, .dim),
        ]
    }

    /// One line after a change.
    func summary(now: Timestamp) -> Display {
        .text("\(watch.uri)  \(status), every \(HumanFormat.interval(watch.interval)), next \(next(now: now))\n")
    }

    /// Everything, a line each.
    func display(now: Timestamp) -> Display {
        var fields = FieldList()
        fields.add("uri", watch.uri.text, .bold)
        fields.add("id", watch.id.description)
        fields.add("source", "\(watch.source.location) (\(watch.source.fetcher))")
        fields.add("status", status, statusStyle)
        fields.add("suspended", ifAny: watch.suspensionReason, .red)
        fields.add("every", HumanFormat.interval(watch.interval))
        fields.add("next run", watch.nextRun.map { HumanFormat.both($0, now: now) } ?? "none")
        fields.add("running", ifAny: runningTask?.description)
        addOutcome(to: &fields, now: now)
        fields.add("owner", "\(watch.owner.account)/\(watch.owner.user) (\(watch.role.rawValue))")
        fields.add("created", HumanFormat.both(watch.createdAt, now: now))
        fields.add("reason", ifAny: watch.reason)
        fields.add("instruction", ifAny: watch.instruction)
        fields.add("revision", ifAny: revision)
        return .fields(fields)
    }

    private func addOutcome(to fields: inout FieldList, now: Timestamp) {
        func time(_ time: Timestamp?) -> String? { time.map { HumanFormat.both($0, now: now) } }
        if let end = watch.lastEnd, let status = watch.lastStatus {
            fields.add("last run", "\(status.rawValue), \(HumanFormat.both(end, now: now))")
        } else {
            fields.add("last run", "never")
        }
        fields.add("last task", ifAny: watch.lastTask?.description)
        fields.add("last success", ifAny: time(watch.lastSuccess))
        fields.add("last change", ifAny: time(watch.lastChange))
        if let failure = watch.lastFailure {
            fields.add("last error", "\(failure.code): \(failure.message)", .red)
            let at = HumanFormat.both(failure.at, now: now)
            fields.add("failures", "\(watch.consecutiveFailures) in a row, last \(at)")
        }
        if let skip = watch.lastSkip {
            let at = HumanFormat.relative(skip.at, to: now)
            fields.add("skipped", "\(watch.skippedCount), last \(at) (\(skip.cause.rawValue))")
        }
    }
}

extension TriggerReceipt {
    var display: Display { .text("\(uri)  \(isCoalesced ? "follows the run that is going on" : "accepted")  \(run)\n") }
}
