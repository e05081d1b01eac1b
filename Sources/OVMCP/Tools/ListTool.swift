// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// What lies in a folder.
struct ListTool: Tool {
    private static let maximum = 500

    let name = "list"
    let summary = "List a folder: names, sizes, when each last changed. Start at viking://resources."
    let arguments = [
        Argument("uri", .text, isRequired: true, also: ["path", "folder", "directory", "target_uri"]),
        Argument("recursive", .boolean),
    ]
    let effect = ToolEffect.reading

    func run(_ arguments: ArgumentValues, _ context: ToolContext) async throws -> ToolAnswer {
        let uri = arguments.text("uri") ?? ""
        let options = ListOptions(recursive: arguments.bool("recursive") ?? false, nodeLimit: Self.maximum)
        let folder = try await context.plane.stat(uri, as: context.caller)
        let list = try await context.plane.entries(of: uri, options, as: context.caller)
        let watch = await context.plane.watch(covering: folder.uri, as: context.caller)
        let freshness = Freshness(checked: folder.lastChecked, changed: folder.lastChanged, watch: watch)
        var budget = LineBudget(bytes: ToolOutput.bound / 2)
        _ = budget.add(Self.heading(folder, freshness, at: context.clock.now()))
        var shown: [Entry] = []
        for entry in list.entries {
            guard budget.add(Self.line(entry)) else { break }
            shown.append(entry)
        }
        let isCut = list.hasMore || shown.count < list.entries.count
        var lines = budget.lines
        if list.entries.isEmpty { lines.append("Nothing is here yet. `add_resource` takes something in.") }
        if isCut { lines.append("… more follows: list a folder below, or use `find`.") }
        return .text(lines.joined(separator: "\n"), structured: Self.structured(folder, shown, isCut, freshness))
    }

    private static func heading(_ folder: Entry, _ freshness: Freshness, at now: Timestamp) -> String {
        let size = "\(Amount.documents(folder.documents)), \(Amount.bytes(folder.size))"
        guard folder.lastChecked != nil else { return "\(folder.uri): \(size)" }
        return "\(folder.uri): \(size), \(freshness.words(at: now))"
    }

    private static func line(_ entry: Entry) -> String {
        let name = entry.relativePath.isEmpty ? entry.name : entry.relativePath
        let size = entry.isFolder ? "/  \(Amount.documents(entry.documents))" : "  \(Amount.bytes(entry.size))"
        return "\(name)\(size)\(entry.lastChanged.map { "  \($0.description.prefix(10))" } ?? "")"
    }

    private static func structured(_ folder: Entry, _ entries: [Entry], _ isCut: Bool, _ freshness: Freshness)
        -> JSONValue
    {
        var members: [(name: String, value: JSONValue)] = [("uri", .string(folder.uri.text))]
        if let checked = folder.lastChecked { members.append(("checked", .string(checked.brief))) }
        if let failure = freshness.watch?.lastFailure, freshness.watch?.consecutiveFailures != 0 {
            members.append(("refresh_failing", .string(failure.message)))
        }
        let list = entries.map { entry in
            var parts: [(name: String, value: JSONValue)] = [
                ("path", .string(entry.relativePath + (entry.isFolder ? "/" : ""))), ("size", .integer(entry.size)),
            ]
            if let changed = entry.lastChanged { parts.append(("changed", .string(changed.brief))) }
            return JSONValue.object(parts)
        }
        members.append(("entries", .array(list)))
        if isCut { members.append(("more", true)) }
        return .object(members)
    }
}
