// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import OVCore

/// The tree of documents: listing it, and removing resources from it.
struct FolderRoutes: RouteGroup {
    let plane: any ControlPlane

    private static let uri = Field("uri", .uri, "An address.", isRequired: true)
    private static let output = Field(
        "output", .choice(["agent", "original"]), "With `agent`, entries carry their abstract.")
    private static let nodeLimit = Field("node_limit", .integer, "At most this many entries.")
    private static let levelLimit = Field("level_limit", .integer, "At most this many levels down.")
    /// What OpenViking clients send along.
    private static let others = Field.ignored(
        "abs_limit", "show_all_hidden", "overview_limit", "include_abstract", "include_overview", "sort_by",
        "sort_order", "extra_fields", "tags", "include_tags", "directories_only")
    private static let window = [
        Field("offset", .integer, "Leave out this many entries at the beginning."),
        Field("limit", .integer, "At most this many entries behind the offset."),
    ]

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/fs/ls", "List a folder",
                query: [
                    Self.uri, Field("recursive", .boolean, "Everything below."),
                    Field("simple", .boolean, "Addresses only."), Self.output, Self.nodeLimit, Self.levelLimit,
                ] + Self.window + Self.others, answer: .result("EntriesOrAddresses"), list),
            Route(
                .get, "/api/v1/fs/tree", "List everything below a folder, by levels",
                query: [Self.uri, Self.output, Self.nodeLimit, Self.levelLimit] + Self.window + Self.others,
                answer: .result("Entries"), tree),
            Route(.get, "/api/v1/fs/stat", "Show a folder or document", query: [Self.uri], answer: .result("Entry")) {
                let entry = try await plane.stat($0.query.text("uri") ?? "", as: $0.caller)
                return .result(entry, headers: .freshness(entry.lastChecked, entry.lastChanged))
            },
            Route(
                .delete, "/api/v1/fs", "Remove a resource, or all below a folder",
                query: [Self.uri, Field("recursive", .boolean, "Also what is above resources.")]
                    + Field.ignored("wait"), answer: .result("Removal")
            ) {
                .result(
                    try await plane.remove(
                        $0.query.text("uri") ?? "", recursively: $0.query.bool("recursive") ?? false, as: $0.caller))
            },
        ]
    }

    @Sendable private func list(_ request: APIRequest) async throws -> Answer {
        let window = try Window(request.query)
        let options = ListOptions(
            recursive: request.query.bool("recursive") ?? false, nodeLimit: window.end,
            levelLimit: request.query.integer("level_limit"), abstracts: request.query.text("output") == "agent")
        return try await answer(options, window, isSimple: request.query.bool("simple") ?? false, request)
    }

    @Sendable private func tree(_ request: APIRequest) async throws -> Answer {
        let window = try Window(request.query)
        let options = ListOptions(
            recursive: true, nodeLimit: window.end, levelLimit: request.query.integer("level_limit"),
            abstracts: request.query.text("output") == "agent")
        return try await answer(options, window, isSimple: false, request)
    }

    private func answer(_ options: ListOptions, _ window: Window, isSimple: Bool, _ request: APIRequest)
        async throws -> Answer
    {
        let list = try await plane.entries(of: request.query.text("uri") ?? "", options, as: request.caller)
        let entries = list.entries.dropFirst(window.offset)
        return .result(beside: { $0.member("has_more", list.hasMore) }) { json in
            json.array { json in
                for entry in entries {
                    if isSimple { entry.uri.write(to: &json) } else { entry.write(to: &json) }
                }
            }
        }
    }

    /// Which part of a list is wanted.
    private struct Window {
        let offset: Int
        /// How many entries there are up to its end; nil for all.
        let end: Int?

        init(_ query: FieldValues) throws(OVError) {
            for name in ["offset", "limit", "node_limit", "level_limit"] {
                guard let value = query.integer(name), value < 0 else { continue }
                throw .invalidField(
                    ["query", name], "\(name) must not be negative", type: "greater_than_equal")
            }
            let offset = query.integer("offset") ?? 0
            self.offset = offset
            let limit = query.integer("limit").map { limit in
                let (end, overflow) = offset.addingReportingOverflow(limit)
                return overflow ? Int.max : end
            }
            end = [limit, query.integer("node_limit")].compactMap(\.self).min()
        }
    }
}
