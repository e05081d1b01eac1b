// SPDX-License-Identifier: Apache-2.0

package import OVAPI
package import OVCore

extension RemotePlane {
    package func find(_ query: FindQuery, as caller: Caller) async throws(OVError) -> FindResult {
        try query.check()
        let request = ServerRequest(.post, "/api/v1/search/find").with { json in
            json.member("query", query.text)
            json.member("target_uri", query.targets)
            json.member("limit", query.limit)
        }
        return try await connection.value(FindResult.self, request)
    }

    /// How many matches a server answers at most.
    private static let maximumMatches = 100_000

    package func grep(
        _ query: GrepQuery, as caller: Caller, _ receive: @escaping @Sendable (GrepFile) async throws -> Void
    ) async throws(OVError) -> GrepSummary {
        try query.check()
        let request = ServerRequest(.post, "/api/v1/search/grep").with { json in
            json.member("uri", query.uri)
            json.member("pattern", query.pattern)
            json.member("case_insensitive", query.ignoresCase)
            json.member("word_regexp", query.wholeWords)
            json.member("fixed_strings", query.isFixed)
            json.member("invert_match", query.isInverted)
            json.member("count_only", query.countsOnly)
            json.member("before_context", query.before)
            json.member("after_context", query.after)
            if let count = query.perDocument { json.member("max_count", count) }
            json.member("node_limit", query.limit ?? Self.maximumMatches)
            if let levels = query.levelLimit { json.member("level_limit", levels) }
            json.member("include", query.include)
            json.member("exclude", query.exclude)
            json.member("exclude_uri", ifAny: query.excludedURI)
        }
        let result = try await connection.value(GrepResult.self, request.within(Self.transferTime))
        for file in result.files {
            do { try await receive(file) } catch { throw OVError(.cancelled, "the search was given up") }
        }
        return result.summary
    }

    package func glob(_ pattern: String, in uri: String, limit: Int?, as caller: Caller)
        async throws(OVError) -> GlobResult
    {
        let request = ServerRequest(.post, "/api/v1/search/glob").with { json in
            json.member("pattern", pattern)
            json.member("uri", uri)
            if let limit { json.member("node_limit", limit) }
        }
        return try await connection.value(GlobResult.self, request)
    }
}
