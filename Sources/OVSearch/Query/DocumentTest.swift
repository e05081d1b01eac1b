// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A filter of documents, ready to be asked.
struct DocumentTest: Sendable {
    private let kind: SearchQuery.DocumentFilter.Kind
    private let value: String
    private let glob: GlobPattern?

    init(_ filter: SearchQuery.DocumentFilter) {
        kind = filter.kind
        value = filter.value.lowercased()
        let isPattern = filter.kind == .path && value.contains { "*?[{".contains($0) }
        // What is no valid pattern is taken as it is written.
        glob = isPattern ? try? GlobPattern(value.hasPrefix("/") ? String(value.dropFirst()) : "**/" + value) : nil
    }

    /// A path filter is a glob, at any depth, or a part of the path; a type is a media type, a part of one, or the
    /// ending of a name.
    func matches(_ path: String, _ mediaType: String) -> Bool {
        switch kind {
        case .path:
            let path = path.lowercased()
            return glob.map { $0.matches(path) || $0.matches(path + "/") } ?? path.contains(value)
        case .type:
            let parts = mediaType.split(separator: "/")
            if mediaType == value || parts.contains(where: { $0 == value || $0 == "x-" + value }) { return true }
            guard let dot = path.utf8.lastIndex(of: 46) else { return false }
            return path[path.index(after: dot)...].lowercased() == value
        }
    }
}
