// SPDX-License-Identifier: Apache-2.0

import OVCore

package struct WatchQuery: Hashable, Sendable {
    package var activeOnly: Bool
    /// At most this many, with a cursor to go on; nil for all.
    package var limit: Int?
    package var cursor: String?

    package init(activeOnly: Bool = false, limit: Int? = nil, cursor: String? = nil) {
        self.activeOnly = activeOnly
        self.limit = limit
        self.cursor = cursor
    }
}

package struct WatchPage: Hashable, Sendable, JSONWritable {
    package let watches: [WatchView]
    /// How many the query has in all.
    package let total: Int
    package let nextCursor: String?

    package init(watches: [WatchView], total: Int, nextCursor: String?) {
        self.watches = watches
        self.total = total
        self.nextCursor = nextCursor
    }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.name("tasks")
            json.array(of: watches)
            json.member("total", total)
            json.member("next_cursor", ifAny: nextCursor)
        }
    }
}

/// A partial update. What is nil stays as it is.
package struct WatchPatch: Hashable, Sendable {
    /// Minutes, not yet checked.
    package var interval: Double?
    package var isActive: Bool?
    package var reason: String?
    package var instruction: String?

    package init(
        interval: Double? = nil, isActive: Bool? = nil, reason: String? = nil, instruction: String? = nil
    ) {
        self.interval = interval
        self.isActive = isActive
        self.reason = reason
        self.instruction = instruction
    }
}

package struct DeletedWatch: Hashable, Sendable, JSONWritable {
    package let id: TaskID
    package let uri: VikingURI

    package init(id: TaskID, uri: VikingURI) {
        self.id = id
        self.uri = uri
    }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("task_id", id)
            json.member("to_uri", uri)
            json.member("deleted", true)
        }
    }
}

package struct TriggerReceipt: Hashable, Sendable, JSONWritable {
    package let watch: TaskID
    package let uri: VikingURI
    /// The execution that this call asked for, or the follow-up that was waiting already.
    package let run: TaskID
    /// Whether the watch was running, so that the run is its one follow-up.
    package let isCoalesced: Bool

    package init(watch: TaskID, uri: VikingURI, run: TaskID, isCoalesced: Bool) {
        self.watch = watch
        self.uri = uri
        self.run = run
        self.isCoalesced = isCoalesced
    }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("task_id", watch)
            json.member("to_uri", uri)
            json.member("scheduled", true)
            json.member("run_id", run)
            json.member("coalesced", isCoalesced)
        }
    }
}

/// What `triggerDueWatches` found.
package struct DueReceipt: Hashable, Sendable {
    package let started: [TriggerReceipt]
    /// Watches that are due and that are being run already, by whatever process.
    package let running: [VikingURI]

    package init(started: [TriggerReceipt], running: [VikingURI]) {
        self.started = started
        self.running = running
    }
}

extension DueReceipt: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("started", started)
            json.member("running", running)
        }
    }
}
