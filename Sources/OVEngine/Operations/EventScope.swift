// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

/// Which events somebody asked for and may see.
struct EventScope: Sendable {
    let caller: Caller
    let uri: VikingURI?
    let task: TaskID?

    /// Something that a commit did.
    struct News: Sendable {
        let sequence: UInt64
        let kind: Event.Kind
    }

    func includes(_ record: TaskRecord) -> Bool {
        caller.maySee(record.owner) && covers(record.uri) && (task == nil || task == record.id)
    }

    private func includes(_ watch: WatchTask) -> Bool {
        task == nil && caller.maySee(watch.owner) && covers(watch.uri)
    }

    private func includes(_ key: ResourceKey) -> Bool {
        task == nil && key.account == caller.account && caller.mayRead(key.uri) && covers(key.uri)
    }

    private func covers(_ other: VikingURI) -> Bool { uri.map { other.isWithin($0) } ?? true }

    /// What commits behind a number did, in their order, each watch and run once in its newest state; nil when that is
    /// not known any more.
    func news(in state: State, after sequence: UInt64) -> [News]? {
        guard let agenda = state.journal.entries(after: sequence),
            let content = state.contentJournal.entries(after: sequence)
        else { return nil }
        let revisions = content.compactMap { dated in
            event(dated.entry, in: state).map { News(sequence: dated.sequence, kind: $0) }
        }
        var seen: Set<Agenda.Change> = []
        let rest = agenda.reversed().compactMap { dated -> News? in
            guard seen.insert(dated.entry).inserted else { return nil }
            return event(dated.entry, in: state).map { News(sequence: dated.sequence, kind: $0) }
        }
        // In one commit what is read comes first, so that who is told of the end of a run finds what it published.
        var merged: [News] = []
        merged.reserveCapacity(revisions.count + rest.count)
        var waiting = revisions[...]
        for news in rest.reversed() {
            while let next = waiting.first, next.sequence <= news.sequence {
                merged.append(next)
                waiting = waiting.dropFirst()
            }
            merged.append(news)
        }
        return merged + waiting
    }

    private func event(_ change: Agenda.Change, in state: State) -> Event.Kind? {
        switch change {
        case .watch(let id):
            guard let watch = state.watches[id], includes(watch) else { return nil }
            return .watch(state.view(Boxed(watch)))
        case .droppedWatch(let watch):
            guard includes(watch.value) else { return nil }
            return .watchRemoved(id: watch.value.id, uri: watch.value.uri)
        case .task(let id):
            guard let record = state.tasks[id], includes(record) else { return nil }
            return .task(TaskView(task: record))
        }
    }

    private func event(_ change: Catalog.Change, in state: State) -> Event.Kind? {
        switch change {
        case .revision(let key, let number):
            guard includes(key), let revision = state.revisions(of: key).last(where: { $0.number == number }) else {
                return nil
            }
            return .revision(
                PublishedRevision(
                    uri: key.uri, revision: revision.name, number: number, at: revision.at, task: revision.task,
                    changes: revision.changes))
        case .droppedResource(let key, let wasReadable):
            guard wasReadable, includes(key) else { return nil }
            return .resourceRemoved(key.uri)
        }
    }
}
