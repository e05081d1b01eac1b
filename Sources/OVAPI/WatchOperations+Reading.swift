// SPDX-License-Identifier: Apache-2.0

import OVCore

extension WatchPage: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (watches, total, cursor): ([WatchView]?, Int?, String?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "tasks": watches = try json.values(WatchView.self)
            case "total": total = try json.count()
            case "next_cursor": cursor = try json.stringOrNull()
            default: try json.skip()
            }
        }
        self.init(
            watches: try json.required(watches, "tasks"), total: try json.required(total, "total"), nextCursor: cursor)
    }
}

extension DeletedWatch: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (id, uri): (TaskID?, VikingURI?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "task_id": id = try json.taskID()
            case "to_uri": uri = try json.uri()
            default: try json.skip()
            }
        }
        self.init(id: try json.required(id, "task_id"), uri: try json.required(uri, "to_uri"))
    }
}

extension TriggerReceipt: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (watch, uri, run, isCoalesced): (TaskID?, VikingURI?, TaskID?, Bool?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "task_id": watch = try json.taskID()
            case "to_uri": uri = try json.uri()
            case "run_id": run = try json.taskID()
            case "coalesced": isCoalesced = try json.bool()
            default: try json.skip()
            }
        }
        self.init(
            watch: try json.required(watch, "task_id"), uri: try json.required(uri, "to_uri"),
            run: try json.required(run, "run_id"), isCoalesced: try json.required(isCoalesced, "coalesced"))
    }
}

extension DueReceipt: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (started, running): ([TriggerReceipt]?, [VikingURI]?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "started": started = try json.values(TriggerReceipt.self)
            case "running": running = try json.uris()
            default: try json.skip()
            }
        }
        self.init(started: try json.required(started, "started"), running: try json.required(running, "running"))
    }
}
