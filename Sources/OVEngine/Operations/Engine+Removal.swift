// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension Engine {
    package func remove(_ uri: String, recursively: Bool, as caller: Caller) async throws(OVError) -> RemovalReceipt {
        let uri = try VikingURI(parsing: uri, user: caller.user)
        var receipt: RemovalReceipt?
        for attempt in 1...Self.removalAttempts where receipt == nil {
            let names = try await removalNames(at: uri, recursively: recursively, as: caller)
            receipt = try await commitRemoval(
                of: uri, recursively: recursively, names, isLast: attempt == Self.removalAttempts, as: caller)
        }
        guard let receipt else { throw OVError(.internal, "\(uri) was not removed") }
        for root in receipt.removed {
            store.dropValidators(of: ResourceKey(account: caller.account, uri: root))
        }
        board.touch()
        return receipt
    }

    /// How often the names of what goes are written down, while somebody else keeps publishing there.
    private static let removalAttempts = 3

    private func removalNames(at uri: VikingURI, recursively: Bool, as caller: Caller) async throws(OVError)
        -> RemovalNames
    {
        let (task, now) = (random.nextTaskID(), clock.now())
        return try await reading { state throws(OVError) in
            let resources = try state.removable(uri, recursively: recursively, as: caller)
            return RemovalNames(of: resources, below: uri, in: state, store: self.store, task: task, asOf: now)
        }
    }

    /// - Returns: nil when something was published meanwhile, unless it is the last attempt.
    private func commitRemoval(
        of uri: VikingURI, recursively: Bool, _ names: RemovalNames, isLast: Bool, as caller: Caller
    ) async throws(OVError) -> RemovalReceipt? {
        let limits = limits
        return try await store.commit { transaction throws(OVError) in
            let resources = try transaction.state.removable(uri, recursively: recursively, as: caller)
            let revisions = resources.map { ($0.key, $0.revision) }
            let isCurrent =
                names.revisions.count == revisions.count
                && revisions.allSatisfy { names.revisions[$0.0] == $0.1 }
            guard isCurrent || isLast else { return nil }
            var (documents, suspended): (Int, [TaskID]) = (0, [])
            for resource in resources {
                documents += transaction.state.currentRevision(of: resource)?.documents ?? 0
                if let watch = transaction.removeResource(resource) { suspended.append(watch) }
            }
            transaction.remember(names, isCurrent: isCurrent, at: ResourceKey(account: caller.account, uri: uri))
            transaction.forgetOldRemovals(limits)
            return RemovalReceipt(
                uri: uri, removed: resources.map(\.uri), documents: documents, suspendedWatches: suspended)
        }
    }
}

extension State {
    /// The resources that a removal means.
    /// - Throws: `NOT_FOUND`, `FAILED_PRECONDITION`, `PERMISSION_DENIED`.
    fileprivate func removable(_ uri: VikingURI, recursively: Bool, as caller: Caller) throws(OVError) -> [Resource] {
        let account = caller.account
        guard caller.mayRead(uri) else { throw missing(uri, as: caller) }
        var resources: [Resource] = []
        if let resource = resource(containing: uri, account: account) {
            guard resource.uri == uri else {
                throw OVError(
                    .failedPrecondition, "\(uri) is a part of the resource \(resource.uri), and follows its source",
                    hint: "leave it out with --exclude when you ingest, or remove the whole: `ov rm \(resource.uri)`")
            }
            resources = [resource]
        } else {
            // What others keep in their own parts of the tree is not there for this caller.
            resources = self.resources.values.filter {
                $0.owner.account == account && $0.uri.isWithin(uri) && caller.mayRead($0.uri)
            }
            guard !resources.isEmpty else { throw missing(uri, as: caller) }
            guard recursively else {
                throw OVError(
                    .failedPrecondition, "\(uri) is a folder above \(resources.count) resources",
                    hint: "remove them all: `ov rm -r \(uri)`")
            }
        }
        if let other = resources.first(where: { !caller.mayChange($0.owner) }) {
            throw OVError(.permissionDenied, "\(other.uri) is not yours to remove")
        }
        return resources
    }
}

extension Transaction {
    /// Keeps what was removed for those who follow changes, or has them read anew.
    fileprivate mutating func remember(_ names: RemovalNames, isCurrent: Bool, at key: ResourceKey) {
        guard isCurrent, names.isComplete else { return forgetRemovals(through: sequence) }
        guard let pack = names.pack else { return }
        put(Removal(key: key, at: now, sequence: sequence, pack: pack, forgotten: names.forgotten))
    }

    /// - Returns: the watch on it, which is suspended now: it never brings the resource back.
    fileprivate mutating func removeResource(_ resource: Resource) -> TaskID? {
        cancelPending(at: resource.key)
        dropResource(resource.key)
        guard var watch = state.watch(at: resource.key) else { return nil }
        watch.suspend(reason: "its resource was removed")
        put(watch)
        return watch.id
    }
}
