// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// The passages that fit a query best.
struct FindTool: Tool {
    private static let (usualLimit, maximumLimit) = (10, 100)

    let name = "find"
    let summary = "Search all documents for the passages that fit best. Also \"a phrase\", +must, -not, path:GLOB."
    let arguments = [
        Argument("query", .text, isRequired: true, also: ["q", "text", "search", "keywords", "question", "pattern"]),
        Argument(
            "target_uri", .text, "Only at or below", also: ["uri", "path", "folder", "directory", "target", "scope"]),
        Argument("limit", .integer(atLeast: 1), "Default 10", also: ["count", "max_results", "top_k", "n", "k"]),
    ]
    let effect = ToolEffect.reading

    func run(_ arguments: ArgumentValues, _ context: ToolContext) async throws -> ToolAnswer {
        let limit = min(arguments.integer("limit") ?? Self.usualLimit, Self.maximumLimit)
        let target = arguments.text("target_uri").flatMap { $0.isEmpty ? nil : $0 }
        let query = FindQuery(text: arguments.text("query") ?? "", targets: target.map { [$0] } ?? [], limit: limit)
        let result = try await context.plane.find(query, as: context.caller)
        let missed = result.missed.map(\.words.onOneLine)
        guard let first = result.hits.first else { return Self.nothing(missed, in: target) }
        let now = context.clock.now()
        let places = await FoundPlaces(of: result.hits.map { ($0.uri, $0.lastChecked) }, context)
        var budget = LineBudget(bytes: ToolOutput.bound / 2)
        let count = result.hits.count
        _ = budget.add(
            "\(count) passage\(count == 1 ? "" : "s") (untrusted text), best first, \(places.words(at: now))")
        var shown: [SearchHit] = []
        for hit in result.hits {
            guard budget.add(Self.line(hit, places)) else { break }
            shown.append(hit)
        }
        let isCut = shown.count < count || count == limit
        var lines = budget.lines + missed
        lines.append(
            "To read one: read(uris=[\"\(first.uri)\"], offset=\(first.offset), limit=\(first.lines.count)).")
        if isCut { lines.append(Self.further(limit)) }
        var members = places.members(at: now)
        members.append(("untrusted", ["heading", "snippet"]))
        members.append(("hits", .array(shown.map { Self.structured($0, places) })))
        if !missed.isEmpty { members.append(("missed", .array(missed.map { .string($0) }))) }
        if isCut { members.append(("more", true)) }
        return .text(lines.joined(separator: "\n"), structured: .object(members))
    }

    private static func nothing(_ missed: [String], in target: String?) -> ToolAnswer {
        let lines =
            ["Nothing found\(target.map { " in \($0.shown)" } ?? "")."] + missed
            + ["Try fewer or other words, `grep` for exact text, or `tree` to see what is here."]
        return .text(
            lines.joined(separator: "\n"), structured: ["hits": [], "missed": .array(missed.map { .string($0) })])
    }

    /// How to get what is not shown.
    private static func further(_ limit: Int) -> String {
        let wider = limit < maximumLimit ? "raise limit (to at most \(maximumLimit)) or " : ""
        return "… there may be more: \(wider)narrow it with target_uri or more words."
    }

    private static func line(_ hit: SearchHit, _ places: FoundPlaces) -> String {
        "\(places.path(of: hit.uri)) lines \(hit.lines.lowerBound)-\(hit.lines.upperBound)  \(hit.isNamedByPath ? "" : "\(hit.heading)  ")"
            + "changed \(hit.lastChanged.description.prefix(10)): \(hit.snippet.onOneLine)"
    }

    private static func structured(_ hit: SearchHit, _ places: FoundPlaces) -> JSONValue {
        [
            "path": .string(places.path(of: hit.uri)), "heading": .string(hit.heading),
            "offset": .integer(Int64(hit.offset)), "limit": .integer(Int64(hit.lines.count)),
            "changed": .string(hit.lastChanged.brief), "snippet": .string(hit.snippet.onOneLine),
        ]
    }
}

extension SearchHit {
    /// The headings above it, or what its document is called.
    fileprivate var heading: String { (headings.isEmpty ? title : headings.joined(separator: " > ")).onOneLine }

    /// Whether its heading would only repeat its path.
    fileprivate var isNamedByPath: Bool { headings.isEmpty && title == uri.name }

    /// Its first line, as `read` counts.
    fileprivate var offset: Int { lines.lowerBound - 1 }
}
