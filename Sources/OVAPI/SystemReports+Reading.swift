// SPDX-License-Identifier: Apache-2.0

import OVCore

extension StatusReport: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var report = StatusReport(home: "", version: "")
        var (home, version): (String?, String?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "home": home = try json.string()
            case "version": version = try json.string()
            case "watches": try json.object { name, json throws(JSONError) in try report.readWatches(name, &json) }
            case "store": try json.object { name, json throws(JSONError) in try report.readStore(name, &json) }
            case "tasks":
                try json.object { name, json throws(JSONError) in
                    switch name {
                    case "pending": report.pendingTasks = try json.count()
                    case "running": report.runningTasks = try json.count()
                    default: try json.skip()
                    }
                }
            case "resources": report.resources = try json.count()
            case "documents": report.documents = try json.count()
            case "document_bytes": report.documentBytes = Int64(try json.count())
            case "next_run": report.nextRun = try json.timestampOrNull()
            case "scheduler": report.scheduler = try json.stringOrNull()
            case "daemon": report.daemon = try json.stringOrNull()
            default: try json.skip()
            }
        }
        report.home = try json.required(home, "home")
        report.version = try json.required(version, "version")
        self = report
    }

    private mutating func readWatches(_ name: String, _ json: inout JSONReader) throws(JSONError) {
        switch name {
        case "active": activeWatches = try json.count()
        case "paused": pausedWatches = try json.count()
        case "suspended": suspendedWatches = try json.count()
        case "failing": failingWatches = try json.count()
        case "due": dueWatches = try json.count()
        default: try json.skip()
        }
    }

    private mutating func readStore(_ name: String, _ json: inout JSONReader) throws(JSONError) {
        switch name {
        case "state_bytes": stateBytes = Int64(try json.count())
        case "pack_bytes": packBytes = Int64(try json.count())
        case "packs": packs = try json.count()
        case "sequence": sequence = UInt64(try json.count())
        case "generation": generation = UInt64(try json.count())
        default: try json.skip()
        }
    }
}

extension HealthReport: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (isHealthy, version, problems): (Bool?, String?, [String]?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "healthy": isHealthy = try json.bool()
            case "version": version = try json.string()
            case "problems": problems = try json.strings()
            default: try json.skip()
            }
        }
        // A probe is answered without them when there are none.
        self.init(
            isHealthy: try json.required(isHealthy, "healthy"), version: try json.required(version, "version"),
            problems: problems ?? [])
    }
}
