// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// What is new since a cursor.
struct ChangesTool: Tool {
    private static let defaultLimit = 50

    let name = "changes"
    let summary = "What was added, changed or removed since a cursor. Without since: only the cursor of now."
    let arguments = [
        Argument("since", .text, "Cursor of an earlier answer", also: ["cursor", "after"]),
        Argument("uri", .text, "Only at or below", also: ["target_uri", "path", "folder"]),
        Argument("limit", .integer(atLeast: 1), also: ["count", "max_results"]),
    ]
    let effect = ToolEffect.reading

    func run(_ arguments: ArgumentValues, _ context: ToolContext) async throws -> ToolAnswer {
        let limit = min(arguments.integer("limit") ?? Self.defaultLimit, ChangeQuery.limits.upperBound)
        let query = ChangeQuery(since: arguments.text("since"), uri: arguments.text("uri"), limit: limit)
        let page = try await context.plane.changes(query, as: context.caller)
        guard query.since != nil else {
            return .text(
                "Cursor of now: \(page.nextCursor)\nCall changes(since=…) with it later to see what is new.",
                structured: ["changes": [], "cursor": .string(page.nextCursor)])
        }
        var budget = LineBudget(bytes: ToolOutput.bound / 2)
        for item in page.items {
            for line in Self.lines(of: item) where !budget.add(line) {
                // No cursor leads into the middle of a page: ask for a shorter one.
                throw OVError(
                    .invalidArgument, "\(page.items.count) changes are too long for one answer",
                    hint: "ask again with the same cursor and limit=\(max(1, limit / 4))")
            }
        }
        let state = page.items.isEmpty ? "Nothing has changed." : budget.text
        let more = page.hasMore ? "More follows: changes(since=\(page.nextCursor))" : "Cursor: \(page.nextCursor)"
        return .text("\(state)\n\(more)", structured: Self.structured(page))
    }

    private static func lines(of item: DocumentChange) -> [String] {
        let title = item.title.map { "  \"\($0.onOneLine)\"" } ?? ""
        let sections = item.sections.prefix(20).map { section in
            let path = section.headingPath.isEmpty ? "(top)" : section.headingPath.joined(separator: " > ").onOneLine
            return "    \(section.kind.rawValue): \(path) (\(section.lines) line\(section.lines == 1 ? "" : "s"))"
        }
        let rest = item.sections.count > 20 ? ["    … \(item.sections.count - 20) more sections"] : []
        return ["\(item.kind.rawValue)  \(item.uri)  \(item.at.brief)\(title)"] + sections + rest
    }

    private static func structured(_ page: ChangePage) -> JSONValue {
        let items = page.items.map { item in
            var members: [(name: String, value: JSONValue)] = [
                ("uri", .string(item.uri.text)), ("change", .string(item.kind.rawValue)),
                ("at", .string(item.at.brief)),
            ]
            if let title = item.title { members.append(("title", .string(title.onOneLine))) }
            if !item.sections.isEmpty {
                let names = item.sections.prefix(20).map { section in
                    JSONValue.string(
                        "\(section.kind.rawValue): \(section.headingPath.joined(separator: " > ").onOneLine)")
                }
                members.append(("sections", .array(names)))
            }
            return JSONValue.object(members)
        }
        return [
            "changes": .array(items), "cursor": .string(page.nextCursor), "more": .bool(page.hasMore),
        ]
    }
}
