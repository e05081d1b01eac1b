// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension Engine {
    package func diff(_ query: DiffQuery, as caller: Caller) async throws(OVError) -> RevisionDiff {
        let from = try query.from.map { text throws(OVError) in
            try RevisionReference(parsing: text, field: ["query", "from"])
        }
        let to = try query.to.map { text throws(OVError) in
            try RevisionReference(parsing: text, field: ["query", "to"])
        }
        return try await reading { state throws(OVError) in
            let (resource, path) = try state.resourcePart(query.uri, verb: "diff", as: caller)
            let newer = try (to ?? .latest(before: 0)).find(of: resource, in: state)
            let older: Revision?
            if let from {
                older = try from.find(of: resource, in: state)
            } else {
                older = try state.predecessor(of: newer, of: resource)
            }
            var differences = try self.store.differences(from: older, to: newer)
            if !path.isEmpty {
                differences = differences.filter { $0.path.isAtOrBelow(path) }
                if differences.isEmpty { try self.checkThere(path, resource, [older, newer]) }
            }
            var comparison = DocumentComparison(store: self.store, root: resource.uri, format: query.format)
            let documents = try comparison.compare(differences)
            return RevisionDiff(
                uri: resource.uri.appending(path: path), from: older?.name, to: newer.name, format: query.format,
                documents: documents, isComplete: comparison.isComplete)
        }
    }

    /// - Throws: `NOT_FOUND` when there is nothing at a path in any of the revisions.
    private func checkThere(_ path: String, _ resource: Resource, _ revisions: [Revision?]) throws(OVError) {
        var last = DocumentList.empty
        for case let revision? in revisions {
            last = try store.documents(of: revision)
            if last[path] != nil || !last.documents(below: path).isEmpty { return }
        }
        throw State.missing(path, in: resource, last)
    }
}

extension State {
    /// The revision before another; nil when that is the first.
    /// - Throws: `NOT_FOUND` when it is not kept.
    fileprivate func predecessor(of revision: Revision, of resource: Resource) throws(OVError) -> Revision? {
        if let before = revisions(of: resource.key).last(where: { $0.number < revision.number }) { return before }
        guard revision.number > 1 else { return nil }
        throw OVError(
            .notFound, "the revision before \(revision.name) of \(resource.uri) is not kept any more",
            hint: "`ov history \(resource.uri)` lists those that are")
    }
}
