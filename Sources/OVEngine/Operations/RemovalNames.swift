// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

/// What a removal takes away, written down before it is committed.
struct RemovalNames: Sendable {
    /// The revisions of the resources whose documents they are.
    let revisions: [ResourceKey: Int]
    /// Where the names are; nil when there are none, or when they cannot be had.
    let pack: String?
    let forgotten: UInt64
    /// Whether all names are known.
    let isComplete: Bool

    /// - Parameters:
    ///   - uri: the address that the names are relative to.
    ///   - task: whose name the pack gets.
    init(
        of resources: [Resource], below uri: VikingURI, in state: State, store: Store, task: TaskID, asOf now: Timestamp
    ) {
        revisions = Dictionary(resources.map { ($0.key, $0.revision) }, uniquingKeysWith: { first, _ in first })
        forgotten = resources.map(\.forgotten).max() ?? 0
        do throws(OVError) {
            let names = try Self.names(of: resources, below: uri, in: state, store: store, asOf: now)
            let isFew = names.count <= Self.maximumCount
            pack = names.isEmpty || !isFew ? nil : try store.seal(names, task: task).name
            isComplete = isFew
        } catch {
            // What is damaged can be removed all the same.
            (pack, isComplete) = (nil, false)
        }
    }

    /// A removal of more has everybody who follows changes read anew.
    private static let maximumCount = 1_000_000

    private static func names(
        of resources: [Resource], below uri: VikingURI, in state: State, store: Store, asOf now: Timestamp
    ) throws(OVError) -> [Tombstone] {
        var names: [Tombstone] = []
        for resource in resources {
            guard let revision = state.currentRevision(of: resource) else { continue }
            let list = try store.documents(of: revision)
            func path(_ path: String) -> String { resource.uri.appending(path: path).relativePath(to: uri) ?? path }
            let firsts = Dictionary(list.tombstones.map { ($0.path, $0.addedSequence) }, uniquingKeysWith: min)
            for document in list.documents {
                let name = Tombstone(of: document, at: now, thereSince: firsts[document.path])
                names.append(
                    Tombstone(
                        path: path(name.path), removedSequence: 0, at: now, addedSequence: name.addedSequence))
            }
            for tombstone in list.tombstones where list[tombstone.path] == nil {
                names.append(
                    Tombstone(
                        path: path(tombstone.path), removedSequence: tombstone.removedSequence, at: tombstone.at,
                        addedSequence: tombstone.addedSequence))
            }
        }
        return names
    }
}
