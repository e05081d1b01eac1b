// SPDX-License-Identifier: Apache-2.0

import OVCore

extension Event.Kind {
    /// Reads what `write` has written.
    /// - Parameter name: what the event is called on the wire.
    /// - Returns: nil for an event that this version does not know.
    package init?(named name: String, from json: inout JSONReader) throws(JSONError) {
        switch name {
        case "began": self = .began
        case "gap": self = .gap
        case "watch": self = .watch(try WatchView(from: &json))
        case "task": self = .task(try TaskView(from: &json))
        case "revision": self = .revision(try PublishedRevision(from: &json))
        case "watch_removed":
            let removed = try DeletedWatch(from: &json)
            self = .watchRemoved(id: removed.id, uri: removed.uri)
        case "resource_removed":
            var uri: VikingURI?
            try json.object { name, json throws(JSONError) in
                if name == "uri" { uri = try json.uri() } else { try json.skip() }
            }
            self = .resourceRemoved(try json.required(uri, "uri"))
        default: return nil
        }
    }
}

extension PublishedRevision: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (uri, revision, number): (VikingURI?, String?, Int?)
        var (at, task): (Timestamp?, TaskID?)
        var changes = ChangeCounts()
        try json.object { name, json throws(JSONError) in
            switch name {
            case "uri": uri = try json.uri()
            case "revision": revision = try json.string()
            case "number": number = try json.count()
            case "at": at = try json.timestamp()
            case "task_id": task = try json.taskID()
            case "added": changes.added = try json.count()
            case "changed": changes.changed = try json.count()
            case "removed": changes.removed = try json.count()
            default: try json.skip()
            }
        }
        self.init(
            uri: try json.required(uri, "uri"), revision: try json.required(revision, "revision"),
            number: try json.required(number, "number"), at: try json.required(at, "at"),
            task: try json.required(task, "task_id"), changes: changes)
    }
}
