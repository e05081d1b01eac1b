// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Whether all is well, in a few lines.
struct HealthTool: Tool {
    let name = "health"
    let summary = "Whether the store works, what it holds, who refreshes it."
    let arguments: [Argument] = []
    let effect = ToolEffect.reading

    func run(_ arguments: ArgumentValues, _ context: ToolContext) async throws -> ToolAnswer {
        let health = try await context.plane.health()
        let status = try await context.plane.status(as: context.caller)
        var lines = [health.isHealthy ? "ov \(health.version): healthy" : "ov \(health.version): NOT healthy"]
        lines += health.problems.map { "- \($0)" }
        lines.append(
            "\(status.resources) resources, \(Amount.documents(status.documents)), "
                + Amount.bytes(status.documentBytes))
        lines.append(
            "watches: \(status.activeWatches) active, \(status.pausedWatches) paused, \(status.suspendedWatches) "
                + "suspended, \(status.failingWatches) failing, \(status.dueWatches) due")
        lines.append("tasks: \(status.runningTasks) running, \(status.pendingTasks) pending")
        if let next = status.nextRun {
            lines.append("next refresh: \(next.brief) (\(next.ahead(of: context.clock.now())))")
        }
        lines.append("refreshes run by: \(status.scheduler ?? "nobody; `ov serve` or another `ov mcp` would")")
        return .text(lines.joined(separator: "\n"))
    }
}
