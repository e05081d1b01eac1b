// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A resource that has the documents of an earlier revision again.
package struct RevertReceipt: Hashable, Sendable {
    package let uri: VikingURI
    /// The record of it; nil when nothing differed, and nothing was done.
    package let task: TaskID?
    /// The revision that is current now.
    package let revision: String
    /// The one that was current before.
    package let previous: String
    /// The one whose documents it has.
    package let restored: String
    package let changes: ChangeCounts
    /// When its source is read again, which brings back what the source has; nil when nothing does that by itself.
    package let nextRefresh: Timestamp?

    package init(
        uri: VikingURI, task: TaskID?, revision: String, previous: String, restored: String, changes: ChangeCounts,
        nextRefresh: Timestamp?
    ) {
        self.uri = uri
        self.task = task
        self.revision = revision
        self.previous = previous
        self.restored = restored
        self.changes = changes
        self.nextRefresh = nextRefresh
    }

    /// What the source's next state will do to it, in words.
    package var outlook: String {
        guard let nextRefresh else { return "the next ingest of its source brings back what the source has" }
        return "its watch brings back what the source has at \(nextRefresh); `ov task watch pause \(uri)` prevents that"
    }
}

extension RevertReceipt: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uri", uri)
            json.member("task_id", orNull: task)
            json.member("outcome", task == nil ? "unchanged" : "updated")
            json.member("revision", revision)
            json.member("previous_revision", previous)
            json.member("restored_revision", restored)
            json.member("added", changes.added)
            json.member("changed", changes.changed)
            json.member("removed", changes.removed)
            json.member("unchanged", changes.unchanged)
            json.member("next_refresh", orNull: nextRefresh)
            json.member("outlook", outlook)
        }
    }
}
