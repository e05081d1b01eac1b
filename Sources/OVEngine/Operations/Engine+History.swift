// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension Engine {
    package func history(of uri: String, as caller: Caller) async throws(OVError) -> ResourceHistory {
        let limits = limits
        return try await reading { state throws(OVError) in
            let (resource, path) = try state.resourcePart(uri, verb: "history", as: caller)
            let revisions = state.revisions(of: resource.key)
            var entries: [ResourceHistory.Entry] = []
            var isKnown = path.isEmpty
            for (index, revision) in revisions.enumerated() {
                let previous = index > 0 ? revisions[index - 1] : nil
                let counts =
                    path.isEmpty
                    ? revision.changes : try self.counts(of: revision, after: previous, path, isKnown: &isKnown)
                guard path.isEmpty || !counts.isEmpty else { continue }
                entries.append(
                    ResourceHistory.Entry(revision, counts, isCurrent: revision.number == resource.revision))
            }
            if !isKnown, entries.isEmpty {
                throw State.missing(path, in: resource, try self.documents(of: resource, in: state))
            }
            return ResourceHistory(
                uri: resource.uri.appending(path: path), resource: resource.uri, revisions: entries.reversed(),
                dropped: max(0, (revisions.first?.number ?? 1) - 1), keptRevisions: limits.revisionsPerResource,
                keptDays: Double(limits.revisionAge.count) / Double(Milliseconds.days(1).count))
        }
    }

    /// What a revision changed at or below a path.
    /// - Parameter isKnown: is set when there is something at the path.
    private func counts(of revision: Revision, after previous: Revision?, _ path: String, isKnown: inout Bool)
        throws(OVError) -> ChangeCounts
    {
        var counts = ChangeCounts()
        guard previous != nil || revision.number == 1 else {
            // What was there before is not kept, but each document says itself when it changed.
            let list = try store.documents(of: revision)
            for document in list.documents where document.path.isAtOrBelow(path) {
                isKnown = true
                guard document.changedSequence == revision.sequence else { continue }
                if document.addedSequence == revision.sequence { counts.added += 1 } else { counts.changed += 1 }
            }
            counts.removed = list.tombstones.count {
                $0.removedSequence == revision.sequence && $0.path.isAtOrBelow(path)
            }
            return counts
        }
        for difference in try store.differences(from: previous, to: revision)
        where difference.path.isAtOrBelow(path) {
            switch (difference.old, difference.new) {
            case (nil, _): counts.added += 1
            case (_, nil): counts.removed += 1
            default: counts.changed += 1
            }
        }
        return counts
    }
}

extension String {
    /// Whether this path of a document is `path`, or lies below it; everything lies below the empty one.
    func isAtOrBelow(_ path: String) -> Bool {
        path.isEmpty || self == path || utf8.starts(with: (path + "/").utf8)
    }
}

extension State {
    /// The resource that an address is of or in, and the path in it, of which there may be nothing.
    /// - Parameter verb: what was to be done, for the message.
    /// - Throws: `NOT_FOUND`; `FAILED_PRECONDITION` for a folder above resources.
    func resourcePart(_ uri: String, verb: String, as caller: Caller) throws(OVError) -> (Resource, path: String) {
        switch try place(uri, as: caller) {
        case .inside(let resource, let path): return (resource, path)
        case .folder(let uri):
            throw OVError(
                .failedPrecondition, "\(uri) is a folder above resources, each of which has a \(verb) of its own",
                hint: "`ov ls \(uri)` lists them")
        }
    }
}

extension ResourceHistory.Entry {
    fileprivate init(_ revision: Revision, _ counts: ChangeCounts, isCurrent: Bool) {
        self.init(
            revision: revision.name, number: revision.number, at: revision.at, task: revision.task,
            added: counts.added, changed: counts.changed, removed: counts.removed, documents: revision.documents,
            bytes: revision.bytes, isCurrent: isCurrent)
    }
}
