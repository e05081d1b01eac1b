// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension Engine {
    package func events(_ query: EventQuery, as caller: Caller)
        async throws(OVError) -> AsyncThrowingStream<Event, any Error>
    {
        try await store.refresh()
        let after = try query.after.map { text throws(OVError) in
            try FeedCursor(parsing: text, at: ["query", "last_event_id"])
        }
        let uri = try query.uri.map { text throws(OVError) in try VikingURI(parsing: text, user: caller.user) }
        let task = try query.task.map { id throws(OVError) in try store.state.task(id, as: caller).id }
        let follower = EventFollower(
            engine: self, scope: EventScope(caller: caller, uri: uri, task: task), after: after)
        return AsyncThrowingStream { try await follower.next() }
    }
}
