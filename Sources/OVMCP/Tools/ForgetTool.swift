// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Removes a resource.
struct ForgetTool: Tool {
    let name = "forget"
    let summary = "Remove a resource and its content for good; with recursive, all resources below a folder."
    let arguments = [
        Argument("uri", .text, isRequired: true, also: ["path", "to", "to_uri", "target_uri", "resource"]),
        Argument("recursive", .boolean, also: ["recursively"]),
    ]
    let effect = ToolEffect(isReadOnly: false, isDestructive: true, isIdempotent: true, isOpenWorld: false)

    func run(_ arguments: ArgumentValues, _ context: ToolContext) async throws -> ToolAnswer {
        let receipt = try await context.plane.remove(
            arguments.text("uri") ?? "", recursively: arguments.bool("recursive") ?? false, as: context.caller)
        var lines = ["Removed: \(receipt.uri) (\(Amount.documents(receipt.documents)))"]
        if receipt.removed.count > 1 { lines[0] += ", \(receipt.removed.count) resources" }
        if !receipt.suspendedWatches.isEmpty {
            lines.append("Its watch is suspended and will not bring it back; `cancel_watch` removes that, too.")
        }
        return .text(lines.joined(separator: "\n"))
    }
}
