// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import OVCore
import Synchronization

/// Finding passages, lines and documents.
struct SearchRoutes: RouteGroup {
    let plane: any ControlPlane

    /// How many matches are answered when the request names no limit, and at most.
    private static let (usualNodes, maximumNodes) = (256, 100_000)
    /// How many bytes of lines an answer has at most: all of it is held until it is sent.
    private static let maximumAnswer = 64 << 20
    /// What a line takes beside its text, about.
    private static let lineOverhead = 48

    private static var tooMuch: OVError {
        OVError(
            .resourceExhausted, "the lines found are too many for one answer",
            hint: "search in a smaller part, set node_limit, or count them only")
    }

    private static let findFields =
        [
            Field("query", .text, "Words, \"phrases\", -not, prefix*, title:, path:, type:.", isRequired: true),
            Field("target_uri", .list, "Where to look: one address or several; without, everywhere."),
            Field("limit", .integer, "At most this many passages, 1 to 1000; without, 10."),
        ]
        // What OpenViking clients send along.
        + Field.ignored(
            "level", "context_type", "min_score", "score_threshold", "telemetry", "session_id", "filter", "since",
            "until", "time_field", "tags", "include_tags", "include_provenance", "read_content", "image_url",
            "node_limit", "events_time_decay_protection", "search_type", "query_expansion", "mode", "max_tokens",
            "quotas", "purpose", "detail", "dedup_turns", "exclude_uris", "extra_fields")

    private static let grepFields =
        [
            Field("uri", .uri, "Where to look: a folder, resource or document.", isRequired: true),
            Field("pattern", .text, "A regular expression in the syntax of ripgrep.", isRequired: true),
            Field("case_insensitive", .boolean, "Whether case does not matter."),
            Field("fixed_strings", .boolean, "Whether the pattern is text and no expression."),
            Field("word_regexp", .boolean, "Only where no letter or digit stands around it."),
            Field("invert_match", .boolean, "Lines that do not match."),
            Field("count_only", .boolean, "Only how many lines match, by document."),
            Field("before_context", .integer, "Lines before each match."),
            Field("after_context", .integer, "Lines behind each match."),
            Field("max_count", .integer, "At most this many matches in a document."),
            Field("node_limit", .integer, "At most this many matches; without, 256."),
            Field("level_limit", .integer, "At most this many levels down."),
            Field("include", .list, "Globs: only documents whose path fits one."),
            Field("exclude", .list, "Globs: no documents whose path fits one."),
            Field("exclude_uri", .uri, "Nothing at or below this address."),
        ] + Field.ignored("tags", "include_tags", "telemetry", "extra_fields")

    private static let globFields =
        [
            Field(
                "pattern", .text, "A glob: `**/*.md`, `{a,b}`, `[a-z]`; a leading `!` turns it round.", isRequired: true
            ),
            Field("uri", .uri, "The folder or resource to look in; without, everything."),
            Field("node_limit", .integer, "At most this many documents."),
        ] + Field.ignored("tags", "include_tags", "telemetry", "extra_fields")

    var routes: [Route] {
        [
            Route(
                .post, "/api/v1/search/find", "Find passages", body: .json(Self.findFields),
                answer: .result("Found"), find),
            Route(
                .post, "/api/v1/search/search", "Find passages; the same as find", body: .json(Self.findFields),
                answer: .result("Found"), find),
            Route(
                .post, "/api/v1/search/grep", "Find lines that match a pattern", body: .json(Self.grepFields),
                answer: .result("MatchedLines"), grep),
            Route(
                .post, "/api/v1/search/glob", "Find documents by their path", body: .json(Self.globFields),
                answer: .result("MatchedDocuments"), glob),
        ]
    }

    @Sendable private func find(_ request: APIRequest) async throws -> Answer {
        let query = FindQuery(
            text: request.body.text("query") ?? "", targets: request.body.addresses("target_uri"),
            limit: request.body.integer("limit") ?? 10)
        return .result(try await plane.find(query, as: request.caller))
    }

    @Sendable private func grep(_ request: APIRequest) async throws -> Answer {
        let body = request.body
        var query = GrepQuery(pattern: body.text("pattern") ?? "", uri: body.text("uri") ?? "")
        query.ignoresCase = body.bool("case_insensitive") ?? false
        query.isFixed = body.bool("fixed_strings") ?? false
        query.wholeWords = body.bool("word_regexp") ?? false
        query.isInverted = body.bool("invert_match") ?? false
        query.countsOnly = body.bool("count_only") ?? false
        query.before = body.integer("before_context") ?? 0
        query.after = body.integer("after_context") ?? 0
        query.perDocument = body.integer("max_count")
        query.limit = min(body.integer("node_limit") ?? Self.usualNodes, Self.maximumNodes)
        query.levelLimit = body.integer("level_limit")
        query.include = body.list("include")
        query.exclude = body.list("exclude")
        query.excludedURI = body.text("exclude_uri")
        let found = Mutex<(files: [GrepFile], bytes: Int)>(([], 0))
        let summary = try await plane.grep(query, as: request.caller) { file in
            let bytes = file.lines.reduce(file.uri.text.utf8.count) { $0 + $1.text.utf8.count + Self.lineOverhead }
            let held = found.withLock { found in
                found.files.append(file)
                found.bytes += bytes
                return found.bytes
            }
            guard held <= Self.maximumAnswer else { throw Self.tooMuch }
        }
        return .result(GrepResult(files: found.withLock { $0.files }, summary: summary))
    }

    @Sendable private func glob(_ request: APIRequest) async throws -> Answer {
        let uri = request.body.text("uri") ?? ""
        return .result(
            try await plane.glob(
                request.body.text("pattern") ?? "", in: uri.isEmpty ? VikingURI.root.text : uri,
                limit: request.body.integer("node_limit"), as: request.caller))
    }
}

extension FieldValues {
    /// Addresses as they are written, which may hold commas; an empty one is none.
    fileprivate func addresses(_ name: String) -> [String] {
        let all: [String] =
            switch object(name) {
            case .array(let values): values.compactMap(\.string)
            case .string(let text): [text]
            default: []
            }
        return all.filter { !$0.isEmpty }
    }
}
