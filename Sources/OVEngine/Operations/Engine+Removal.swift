// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension Engine {
    package func remove(_ uri: String, recursively: Bool, as caller: Caller) async throws(OVError) -> RemovalReceipt {
        let uri = try VikingURI(parsing: uri, user: caller.user)
        let receipt = try await store.commit { transaction throws(OVError) in
            let resources = try transaction.state.removable(uri, recursively: recursively, as: caller)
            var (documents, suspended): (Int, [TaskID]) = (0, [])
            for resource in resources {
                documents += transaction.state.currentRevision(of: resource)?.documents ?? 0
                if let watch = transaction.removeResource(resource) { suspended.append(watch) }
            }
            return RemovalReceipt(
                uri: uri, removed: resources.map(\.uri), documents: documents, suspendedWatches: suspended)
        }
        for root in receipt.removed {
            store.dropValidators(of: ResourceKey(account: caller.account, uri: root))
        }
        board.touch()
        return receipt
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
