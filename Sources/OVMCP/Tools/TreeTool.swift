// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// A folder with everything below it.
struct TreeTool: Tool {
    private static let maximum = 2000

    let name = "tree"
    let summary = "Show a folder and all below it, indented, with sizes."
    let arguments = [
        Argument("uri", .text, also: ["path", "folder", "directory", "target_uri"]),
        Argument("level_limit", .integer(atLeast: 1), also: ["levels", "depth", "max_depth"]),
    ]
    let effect = ToolEffect.reading

    func run(_ arguments: ArgumentValues, _ context: ToolContext) async throws -> ToolAnswer {
        let uri = arguments.text("uri") ?? VikingURI.resources.text
        let options = ListOptions(
            recursive: true, nodeLimit: Self.maximum, levelLimit: arguments.integer("level_limit"))
        let folder = try await context.plane.stat(uri, as: context.caller)
        let list = try await context.plane.entries(of: uri, options, as: context.caller)
        let watch = await context.plane.watch(covering: folder.uri, as: context.caller)
        let freshness = Freshness(checked: folder.lastChecked, changed: folder.lastChanged, watch: watch)
        var budget = LineBudget()
        let size = "\(Amount.documents(folder.documents)), \(Amount.bytes(folder.size))"
        let words = folder.lastChecked == nil ? "" : ", \(freshness.words(at: context.clock.now()))"
        _ = budget.add("\(folder.uri): \(size)\(words)")
        var isCut = list.hasMore
        for entry in list.entries {
            guard budget.add(Self.line(entry)) else {
                isCut = true
                break
            }
        }
        var lines = budget.lines
        if list.entries.isEmpty { lines.append("Nothing is here yet. `add_resource` takes something in.") }
        if isCut { lines.append("… more follows: show a folder below, or set level_limit.") }
        return .text(lines.joined(separator: "\n"))
    }

    private static func line(_ entry: Entry) -> String {
        let depth = entry.relativePath.utf8.count(where: { $0 == UInt8(ascii: "/") })
        let indent = String(repeating: " ", count: depth + 1)
        return entry.isFolder ? "\(indent)\(entry.name)/" : "\(indent)\(entry.name) \(Amount.bytes(entry.size))"
    }
}
