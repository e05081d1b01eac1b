// SPDX-License-Identifier: Apache-2.0

import OVCore

extension IngestReceipt: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (root, task, path): (VikingURI?, TaskID?, String?)
        var (watch, isCoalesced): (WatchView?, Bool?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "root_uri": root = try json.uri()
            case "task_id": task = try json.taskID()
            case "source_path": path = try json.string()
            case "watch": watch = try json.valueOrNull(WatchView.self)
            case "coalesced": isCoalesced = try json.bool()
            default: try json.skip()
            }
        }
        self.init(
            root: try json.required(root, "root_uri"), task: try json.required(task, "task_id"),
            sourcePath: try json.required(path, "source_path"), watch: watch,
            isCoalesced: try json.required(isCoalesced, "coalesced"))
    }
}

extension IngestPlan: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (root, path, held): (VikingURI?, String?, String?)
        var (added, changed, removed, warnings): ([String]?, [String]?, [String]?, [String]?)
        var (unchecked, preview): ([String], IngestPreview) = ([], .dryRun)
        var (unchanged, bytes): (Int?, Int?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "root_uri": root = try json.uri()
            case "source_path": path = try json.string()
            case "added": added = try json.strings()
            case "changed": changed = try json.strings()
            case "removed": removed = try json.strings()
            case "unchanged": unchanged = try json.count()
            case "bytes": bytes = try json.count()
            case "unchecked": unchecked = try json.strings()
            case "verify": preview = try json.bool() ? .verification : .dryRun
            case "would_be_held": held = try json.stringOrNull()
            case "warnings": warnings = try json.strings()
            default: try json.skip()
            }
        }
        let lists = (
            added: try json.required(added, "added"), changed: try json.required(changed, "changed"),
            removed: try json.required(removed, "removed")
        )
        let changes = ChangeCounts(
            added: lists.added.count, changed: lists.changed.count, removed: lists.removed.count,
            unchanged: try json.required(unchanged, "unchanged"))
        self.init(
            root: try json.required(root, "root_uri"), sourcePath: try json.required(path, "source_path"),
            changes: changes, added: lists.added, changed: lists.changed, removed: lists.removed,
            bytes: Int64(try json.required(bytes, "bytes")), warnings: try json.required(warnings, "warnings"),
            heldReason: held, unchecked: unchecked, preview: preview)
    }
}
