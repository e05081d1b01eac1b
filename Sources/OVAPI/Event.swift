// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Something that has happened in a store, for who follows it.
package struct Event: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Always the first: from here on nothing is missed. Who reads the store after it has the whole picture.
        case began
        /// A watch task is new or changed.
        case watch(WatchView)
        case watchRemoved(id: TaskID, uri: VikingURI)
        /// An execution is new, has gone further, or has ended.
        case task(TaskView)
        /// Readers see a new revision of a resource.
        case revision(PublishedRevision)
        /// A resource that could be read is gone.
        case resourceRemoved(VikingURI)
        /// What happened in between cannot be told any more: whoever keeps something has to read it anew.
        case gap
    }

    /// Where to go on behind this event, opaque; nil where that is behind a later one of the same commit, and for
    /// what no commit says.
    package let cursor: String?
    package let kind: Kind

    package init(cursor: String?, kind: Kind) {
        self.cursor = cursor
        self.kind = kind
    }
}

extension Event.Kind {
    /// What it is called on the wire.
    package var name: String {
        switch self {
        case .began: "began"
        case .watch: "watch"
        case .watchRemoved: "watch_removed"
        case .task: "task"
        case .revision: "revision"
        case .resourceRemoved: "resource_removed"
        case .gap: "gap"
        }
    }
}

extension Event.Kind: JSONWritable {
    package func write(to json: inout JSONWriter) {
        switch self {
        case .began, .gap: json.object { _ in }
        case .watch(let view): view.write(to: &json)
        case .watchRemoved(let id, let uri):
            json.object { json in
                json.member("task_id", id)
                json.member("to_uri", uri)
            }
        case .task(let view): view.write(to: &json)
        case .revision(let revision): revision.write(to: &json)
        case .resourceRemoved(let uri): json.object { $0.member("uri", uri) }
        }
    }
}

/// A revision at the moment when readers begin to see it.
package struct PublishedRevision: Hashable, Sendable {
    /// The root of the resource.
    package let uri: VikingURI
    /// How people and programs name it.
    package let revision: String
    package let number: Int
    package let at: Timestamp
    /// The run that made it.
    package let task: TaskID
    package let changes: ChangeCounts

    package init(
        uri: VikingURI, revision: String, number: Int, at: Timestamp, task: TaskID, changes: ChangeCounts
    ) {
        self.uri = uri
        self.revision = revision
        self.number = number
        self.at = at
        self.task = task
        self.changes = changes
    }
}

extension PublishedRevision: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uri", uri)
            json.member("revision", revision)
            json.member("number", number)
            json.member("at", at)
            json.member("task_id", task)
            json.member("added", changes.added)
            json.member("changed", changes.changed)
            json.member("removed", changes.removed)
        }
    }
}

package struct EventQuery: Hashable, Sendable {
    /// The cursor of the last event that is known; nil to begin with what comes.
    package var after: String?
    /// Only what is about addresses at or below this one.
    package var uri: String?
    /// Only this execution, beginning with its present state and ending behind its final one.
    package var task: String?

    package init(after: String? = nil, uri: String? = nil, task: String? = nil) {
        self.after = after
        self.uri = uri
        self.task = task
    }
}
