// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension Engine {
    package func glob(_ pattern: String, in uri: String, limit: Int?, as caller: Caller)
        async throws(OVError) -> GlobResult
    {
        if let limit, limit < 0 {
            throw .invalidField(["body", "node_limit"], "node_limit must not be negative", type: "greater_than_equal")
        }
        let selection = try PathSelection(pattern)
        return try await reading { state throws(OVError) in
            let base = try VikingURI(parsing: uri, user: caller.user)
            let scope = try SearchScope([uri], in: state, as: caller)
            let indexes = self.shelf.gathered.current()
            var entries: [Entry] = []
            for part in scope.parts {
                for document in try self.documents(of: part, indexes) {
                    let found = FoundDocument(resource: part.resource, document: document)
                    let path = found.uri.relativePath(to: base) ?? found.uri.text
                    guard selection.matches(path.isEmpty ? found.uri.name : path, found.uri) else { continue }
                    if let limit, entries.count == limit { return GlobResult(entries: entries, hasMore: true) }
                    entries.append(Entry(found, relativePath: path))
                }
            }
            return GlobResult(entries: entries, hasMore: false)
        }
    }

    /// The documents of a part of a resource, in the order of their paths.
    /// - Parameter indexes: which may have its list, so that its pack need not be opened.
    func documents(of part: SearchScope.Part, _ indexes: [GatheredIndex]) throws(OVError)
        -> ArraySlice<StoredDocument>
    {
        let known = Self.list(of: part.revision, indexes)
        let list = if let known { known } else { try store.documents(of: part.revision) }
        if let document = list[part.path] { return [document] }
        let below = list.documents(below: part.path)
        guard part.path.isEmpty || !below.isEmpty else { throw State.missing(part.path, in: part.resource, list) }
        return below
    }
}

extension Engine {
    private static func list(of revision: Revision, _ indexes: [GatheredIndex]) -> DocumentList? {
        guard IndexGathering.isSmall(revision) else { return nil }
        let key = RevisionView.Key(revision)
        for index in indexes {
            guard let entry = index.entry(of: key) else { continue }
            // A damaged one is for the next search to find out.
            return try? index.list(ofEntry: entry)
        }
        return nil
    }
}

/// Which documents a glob means: one without a slash names of any depth, one that is an address whole addresses; a
/// leading `!` turns it round.
struct PathSelection: Sendable {
    private let glob: GlobPattern
    private let isNegated: Bool
    private let isAddress: Bool

    init(_ pattern: String) throws(OVError) {
        guard !pattern.isEmpty, pattern != "!" else {
            throw OVError(.invalidArgument, "the glob pattern is empty", hint: "such as `**/*.md`")
        }
        var text = pattern[...]
        isNegated = text.utf8.first == 33
        if isNegated { text = text.dropFirst() }
        isAddress = text.utf8.starts(with: VikingURI.scheme.utf8)
        if text.utf8.first == 47 {
            text = text.dropFirst()
        } else if !text.utf8.contains(47) {
            text = "**/" + text
        }
        glob = try GlobPattern(String(text))
    }

    func matches(_ path: String, _ uri: VikingURI) -> Bool {
        glob.matches(isAddress ? uri.text : path) != isNegated
    }
}
