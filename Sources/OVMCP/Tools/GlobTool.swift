// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Documents by their path.
struct GlobTool: Tool {
    private static let maximum = 500

    let name = "glob"
    let summary = "Documents whose path fits a pattern: *.md at any depth, docs/**/*.md."
    let arguments = [
        Argument("pattern", .text, isRequired: true, also: ["glob", "name", "query", "file_pattern"]),
        Argument("uri", .text, "Only below", also: ["target_uri", "path", "folder", "directory", "scope"]),
    ]
    let effect = ToolEffect.reading

    func run(_ arguments: ArgumentValues, _ context: ToolContext) async throws -> ToolAnswer {
        let uri = arguments.text("uri").flatMap { $0.isEmpty ? nil : $0 } ?? VikingURI.root.text
        let result = try await context.plane.glob(
            arguments.text("pattern") ?? "", in: uri, limit: Self.maximum, as: context.caller)
        guard !result.entries.isEmpty else {
            return .text(
                "No document fits below \(uri.shown).\nTry a wider pattern such as **/*name*, or `tree` to see what "
                    + "is here.", structured: ["entries": []])
        }
        let now = context.clock.now()
        let places = await FoundPlaces(of: result.entries.map { ($0.uri, $0.lastChecked) }, context)
        var budget = LineBudget(bytes: ToolOutput.bound / 2)
        let count = Amount.documents(result.entries.count)
        _ = budget.add("\(result.hasMore ? "the first " : "")\(count) \(places.words(at: now))")
        var shown: [JSONValue] = []
        for entry in result.entries {
            let path = places.path(of: entry.uri)
            let changed = entry.lastChanged.map { "  \($0.description.prefix(10))" } ?? ""
            guard budget.add("\(path)  \(Amount.bytes(entry.size))\(changed)") else { break }
            shown.append(Self.structured(entry, path))
        }
        var (lines, members) = (budget.lines, places.members(at: now) + [("entries", JSONValue.array(shown))])
        if result.hasMore || shown.count < result.entries.count {
            lines.append("… there is more: narrow it with uri or the pattern.")
            members.append(("more", true))
        }
        return .text(lines.joined(separator: "\n"), structured: .object(members))
    }

    private static func structured(_ entry: Entry, _ path: String) -> JSONValue {
        var members: [(name: String, value: JSONValue)] = [
            ("path", .string(path)), ("size", .integer(entry.size)),
        ]
        if let changed = entry.lastChanged { members.append(("changed", .string(changed.brief))) }
        return .object(members)
    }
}
