// SPDX-License-Identifier: Apache-2.0

import OVCore

extension ReaderPlace: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (reader, uri, cursor): (String?, String?, String?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "reader": reader = try json.string()
            case "uri": uri = try json.stringOrNull()
            case "cursor": cursor = try json.string()
            default: try json.skip()
            }
        }
        self.init(
            reader: try json.required(reader, "reader"), uri: uri, cursor: try json.required(cursor, "cursor"))
    }
}

extension ResourceHistory.Entry: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (revision, number, at, task): (String?, Int?, Timestamp?, TaskID?)
        var (counts, documents, bytes, isCurrent) = (ChangeCounts(), 0, 0, false)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "revision": revision = try json.string()
            case "number": number = try json.count()
            case "at": at = try json.timestamp()
            case "task_id": task = try json.taskID()
            case "added": counts.added = try json.count()
            case "changed": counts.changed = try json.count()
            case "removed": counts.removed = try json.count()
            case "documents": documents = try json.count()
            case "bytes": bytes = try json.count()
            case "is_current": isCurrent = try json.bool()
            default: try json.skip()
            }
        }
        self.init(
            revision: try json.required(revision, "revision"), number: try json.required(number, "number"),
            at: try json.required(at, "at"), task: try json.required(task, "task_id"), added: counts.added,
            changed: counts.changed, removed: counts.removed, documents: documents, bytes: Int64(bytes),
            isCurrent: isCurrent)
    }
}

extension ResourceHistory: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (uri, resource, revisions): (VikingURI?, VikingURI?, [Entry]?)
        var (dropped, keptRevisions, keptDays) = (0, 0, 0.0)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "uri": uri = try json.uri()
            case "resource": resource = try json.uri()
            case "revisions": revisions = try json.values(Entry.self)
            case "dropped": dropped = try json.count()
            case "kept_revisions": keptRevisions = try json.count()
            case "kept_days": keptDays = try json.double()
            default: try json.skip()
            }
        }
        self.init(
            uri: try json.required(uri, "uri"), resource: try json.required(resource, "resource"),
            revisions: try json.required(revisions, "revisions"), dropped: dropped, keptRevisions: keptRevisions,
            keptDays: keptDays)
    }
}

extension DocumentDiff: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (uri, kind, movedFrom, oldSize, newSize): (VikingURI?, Kind?, VikingURI?, Int?, Int?)
        var (added, removed, unified, sections): (Int?, Int?, String?, [SectionChange]?)
        var isShortest = true
        try json.object { name, json throws(JSONError) in
            switch name {
            case "uri": uri = try json.uri()
            case "change": kind = try json.choice(Kind.self)
            case "moved_from": movedFrom = try json.uri()
            case "old_size": oldSize = try json.count()
            case "new_size": newSize = try json.count()
            case "added_lines": added = try json.count()
            case "removed_lines": removed = try json.count()
            case "is_shortest": isShortest = try json.bool()
            case "unified": unified = try json.string()
            case "sections": sections = try json.values(SectionChange.self)
            default: try json.skip()
            }
        }
        self.init(
            uri: try json.required(uri, "uri"), kind: try json.required(kind, "change"), movedFrom: movedFrom,
            oldSize: oldSize.map { Int64($0) }, newSize: newSize.map { Int64($0) })
        (addedLines, removedLines, self.unified, self.sections) = (added, removed, unified, sections)
        self.isShortest = isShortest
    }
}

extension RevisionDiff: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (uri, from, to, format): (VikingURI?, String?, String?, DiffQuery.Format?)
        var (documents, isComplete): ([DocumentDiff]?, Bool?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "uri": uri = try json.uri()
            case "from": from = try json.stringOrNull()
            case "to": to = try json.string()
            case "format": format = try json.choice(DiffQuery.Format.self)
            case "documents": documents = try json.values(DocumentDiff.self)
            case "is_complete": isComplete = try json.bool()
            default: try json.skip()
            }
        }
        self.init(
            uri: try json.required(uri, "uri"), from: from, to: try json.required(to, "to"),
            format: try json.required(format, "format"), documents: try json.required(documents, "documents"),
            isComplete: try json.required(isComplete, "is_complete"))
    }
}

extension RevertReceipt: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (uri, task, revision): (VikingURI?, TaskID?, String?)
        var (previous, restored, nextRefresh): (String?, String?, Timestamp?)
        var counts = ChangeCounts()
        try json.object { name, json throws(JSONError) in
            switch name {
            case "uri": uri = try json.uri()
            case "task_id": task = try json.taskIDOrNull()
            case "revision": revision = try json.string()
            case "previous_revision": previous = try json.string()
            case "restored_revision": restored = try json.string()
            case "added": counts.added = try json.count()
            case "changed": counts.changed = try json.count()
            case "removed": counts.removed = try json.count()
            case "unchanged": counts.unchanged = try json.count()
            case "next_refresh": nextRefresh = try json.timestampOrNull()
            default: try json.skip()
            }
        }
        self.init(
            uri: try json.required(uri, "uri"), task: task, revision: try json.required(revision, "revision"),
            previous: try json.required(previous, "previous_revision"),
            restored: try json.required(restored, "restored_revision"), changes: counts, nextRefresh: nextRefresh)
    }
}
