// SPDX-License-Identifier: Apache-2.0

import OVCore

/// The revisions of a resource that are kept, newest first.
package struct ResourceHistory: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        /// How people and programs name it.
        package let revision: String
        package let number: Int
        package let at: Timestamp
        /// The run that made it.
        package let task: TaskID
        /// What the revision changed at or below the address.
        package let added: Int
        package let changed: Int
        package let removed: Int
        /// Of the whole resource.
        package let documents: Int
        package let bytes: Int64
        package let isCurrent: Bool

        package init(
            revision: String, number: Int, at: Timestamp, task: TaskID, added: Int, changed: Int, removed: Int,
            documents: Int, bytes: Int64, isCurrent: Bool
        ) {
            self.revision = revision
            self.number = number
            self.at = at
            self.task = task
            self.added = added
            self.changed = changed
            self.removed = removed
            self.documents = documents
            self.bytes = bytes
            self.isCurrent = isCurrent
        }
    }

    package let uri: VikingURI
    /// The resource that the address is of.
    package let resource: VikingURI
    package let revisions: [Entry]
    /// How many earlier revisions there were that are not kept any more.
    package let dropped: Int
    /// How many revisions are kept at most, and for how many days one is that is not the current one.
    package let keptRevisions: Int
    package let keptDays: Double

    package init(
        uri: VikingURI, resource: VikingURI, revisions: [Entry], dropped: Int, keptRevisions: Int, keptDays: Double
    ) {
        self.uri = uri
        self.resource = resource
        self.revisions = revisions
        self.dropped = dropped
        self.keptRevisions = keptRevisions
        self.keptDays = keptDays
    }
}

extension ResourceHistory.Entry: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("revision", revision)
            json.member("number", number)
            json.member("at", at)
            json.member("task_id", task)
            json.member("added", added)
            json.member("changed", changed)
            json.member("removed", removed)
            json.member("documents", documents)
            json.member("bytes", Int(bytes))
            json.member("is_current", isCurrent)
        }
    }
}

extension ResourceHistory: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uri", uri)
            json.member("resource", resource)
            json.member("revisions", revisions)
            json.member("dropped", dropped)
            json.member("kept_revisions", keptRevisions)
            json.member("kept_days", keptDays)
        }
    }
}
