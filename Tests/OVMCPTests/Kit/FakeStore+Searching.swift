// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// What a search finds is what a test wrote down; paths are looked at.
extension FakeStore {
    func find(_ query: FindQuery, as caller: Caller) async throws(OVError) -> FindResult {
        edit { $0.findQueries.append(query) }
        if let error = contents.error { throw error }
        return FindResult(hits: Array(contents.found.hits.prefix(query.limit)), missed: contents.found.missed)
    }

    func grep(
        _ query: GrepQuery, as caller: Caller, _ receive: @escaping @Sendable (GrepFile) async throws -> Void
    ) async throws(OVError) -> GrepSummary {
        edit { $0.grepQueries.append(query) }
        guard query.pattern != "(" else {
            throw OVError(.invalidArgument, "the pattern has an open group", hint: "use a fixed string (`-F`)")
        }
        var summary = GrepSummary()
        for file in contents.lines {
            do { try await receive(file) } catch { throw OVError(.cancelled, "the search was given up") }
            summary.count += file.count
        }
        summary.documentsScanned = contents.documents.count
        summary.hasMore = contents.linesGoOn
        return summary
    }

    func glob(_ pattern: String, in uri: String, limit: Int?, as caller: Caller) async throws(OVError) -> GlobResult {
        let glob = try GlobPattern(pattern.contains("/") ? pattern : "**/" + pattern)
        let list = try await entries(of: uri, ListOptions(recursive: true), as: caller)
        let found = list.entries.filter { !$0.isFolder && glob.matches($0.relativePath) }
        return GlobResult(entries: Array(found.prefix(limit ?? .max)), hasMore: found.count > limit ?? .max)
    }
}
