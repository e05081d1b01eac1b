// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What a commit is made of: reads see the state with everything ahead of it in the same commit, writes change it.
///
/// A transaction that throws has done nothing.
package struct Transaction {
    package internal(set) var state: State
    /// The number that the commit will have.
    package let sequence: UInt64
    package let now: Timestamp
    private(set) var records = JSONWriter()
    /// How many records the commit has so far.
    package private(set) var recordCount = 0
    /// The server that runs on the store; nil when none does. None can start before this commit is durable.
    package let server: () throws(OVError) -> LockLabel?

    init(
        state: State, now: Timestamp, server: @escaping () throws(OVError) -> LockLabel? = { () throws(OVError) in nil }
    ) {
        self.state = state
        self.now = now
        self.server = server
        sequence = state.sequence + 1
        self.state.begin(sequence)
    }

    package mutating func put(_ key: AccessKey) {
        state.catalog.put(key)
        append { $0.member("key", Record(key)) }
    }

    package mutating func dropKey(_ id: KeyID) {
        state.catalog.dropKey(id)
        append { $0.member("drop_key", id.description) }
    }

    package mutating func put(_ watch: WatchTask) {
        state.agenda.put(watch)
        append { $0.member("watch", Record(watch)) }
    }

    package mutating func dropWatch(_ id: TaskID) {
        state.agenda.dropWatch(id)
        append { $0.member("drop_watch", id) }
    }

    package mutating func put(_ task: TaskRecord) {
        state.agenda.put(task)
        append { $0.member("task", Record(task)) }
    }

    package mutating func dropTask(_ id: TaskID) {
        state.agenda.dropTask(id)
        append { $0.member("drop_task", id) }
    }

    package mutating func put(_ resource: Resource) {
        state.catalog.put(resource)
        append { $0.member("resource", Record(resource)) }
    }

    package mutating func dropResource(_ key: ResourceKey) {
        state.catalog.dropResource(key)
        append { $0.member("drop_resource", Record(key)) }
    }

    package mutating func put(_ revision: Revision, of key: ResourceKey) {
        state.catalog.put(revision, of: key)
        append { $0.member("revision", Record(RevisionRecord(key: key, revision: revision))) }
    }

    package mutating func dropRevision(_ number: Int, of key: ResourceKey) {
        state.catalog.dropRevision(number, of: key)
        append { $0.member("drop_revision", Record(DroppedRevision(key: key, number: number))) }
    }

    mutating func append(_ member: (inout JSONWriter) -> Void) {
        records.object(member)
        records.newline()
        recordCount += 1
    }
}
