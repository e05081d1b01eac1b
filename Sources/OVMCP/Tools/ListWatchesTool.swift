// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// What is kept current, and how it fares.
struct ListWatchesTool: Tool {
    let name = "list_watches"
    let summary = "List the watch tasks: interval, state, next run, result of the last."
    let arguments: [Argument] = []
    let effect = ToolEffect.reading

    func run(_ arguments: ArgumentValues, _ context: ToolContext) async throws -> ToolAnswer {
        let watches = try await context.plane.watches(WatchQuery(), as: context.caller).watches
        guard !watches.isEmpty else { return .text("No watch tasks.", structured: ["watches": []]) }
        let now = context.clock.now()
        var (budget, list): (LineBudget, [JSONValue]) = (LineBudget(bytes: ToolOutput.bound / 2), [])
        for view in watches {
            guard budget.add(Self.line(view)) else { break }
            list.append(Self.structured(view, at: now))
        }
        var members: [(name: String, value: JSONValue)] = [("watches", .array(list))]
        var lines = budget.lines
        if list.count < watches.count {
            members.append(("total", .integer(Int64(watches.count))))
            lines.append("… \(watches.count - list.count) of \(watches.count) are not shown.")
        }
        return .text(lines.joined(separator: "\n"), structured: .object(members))
    }

    private static func line(_ watch: WatchView) -> String {
        let next = watch.nextRun.map(\.description) ?? "n/a"
        return "- \(watch.uri)  interval=\(Amount.minutes(watch.interval.minutes))m  \(state(watch))  next=\(next)  "
            + "last=\(last(watch))"
    }

    private static func state(_ watch: WatchView) -> String {
        switch watch.state {
        case .active: "active"
        case .paused: "paused"
        case .suspended(let reason): "suspended: \(reason.onOneLine)"
        }
    }

    private static func last(_ watch: WatchView) -> String {
        switch watch.lastStatus {
        case nil: "never"
        case .completed: "ok"
        default: "failed: \((watch.lastFailure?.message ?? watch.lastStatus?.rawValue ?? "").onOneLine)"
        }
    }

    private static func structured(_ watch: WatchView, at now: Timestamp) -> JSONValue {
        var members: [(name: String, value: JSONValue)] = [
            ("uri", .string(watch.uri.text)), ("interval", .string("\(Amount.minutes(watch.interval.minutes))m")),
            ("state", .string(state(watch))), ("last", .string(last(watch))),
        ]
        if let next = watch.nextRun { members.append(("next", .string("\(next.brief) (\(next.ahead(of: now)))"))) }
        if let checked = watch.lastSuccess { members.append(("checked", .string(checked.brief))) }
        return .object(members)
    }
}
