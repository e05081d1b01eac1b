// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVIngest
import OVStore

extension Engine {
    package func ingest(_ request: IngestRequest, as caller: Caller) async throws(OVError) -> IngestReceipt {
        try checkNotes(reason: request.reason, instruction: request.instruction)
        let target = try await target(of: request, as: caller)
        let interval = try interval(of: request, proposing: target.uri)
        if interval != nil, target.source.isUpload {
            throw OVError(
                .contradictoryArguments, "an upload is a snapshot: there is nothing to watch",
                hint: "leave out watch_interval, or give a source that the server itself can read")
        }
        try await store.refresh()
        try await reconcile()
        return try await withSecret(of: target, as: caller) { target throws(OVError) in
            try await commit(request, to: target, every: interval, as: caller)
        }
    }

    private func commit(
        _ request: IngestRequest, to target: IngestTarget, every interval: Interval?, as caller: Caller
    ) async throws(OVError) -> IngestReceipt {
        let (taskID, watchID) = (random.nextTaskID(), random.nextTaskID())
        let receipt = try await store.commit { transaction throws(OVError) in
            try transaction.state.checkTarget(target, as: caller)
            let isNew = transaction.state.resources[target.key] == nil
            let source = transaction.putResource(target, as: caller)
            let watch = try transaction.putWatch(
                target.key, source: source, interval: interval, id: watchID, request: request, as: caller)
            let run = transaction.enqueueIngest(
                of: target.key, id: taskID, watch: watch?.id, trigger: isNew ? .create : .manual, as: caller)
            return IngestReceipt(
                root: target.uri, task: run.id, sourcePath: source.location,
                watch: watch.map { transaction.state.view($0) }, isCoalesced: run.isCoalesced)
        }
        submit(pending: receipt.task)
        return receipt
    }

    /// Keeps the secret of an address where the state can refer to it. What comes of it decides whether it stays.
    func withSecret<Result: Sendable>(
        of target: IngestTarget, as caller: Caller, onlyMeanwhile: Bool = false,
        _ body: (IngestTarget) async throws(OVError) -> Result
    ) async throws(OVError) -> Result {
        guard let credential = target.credential else { return try await body(target) }
        try store.state.checkTarget(target, as: caller)
        let known = store.state.resources[target.key]?.source.options.arguments["auth"].flatMap(SecretReference.init)
        if let known, try await store.secret(known) == credential { return try await body(target.secured(by: known)) }
        let reference = try await store.keepSecret(credential)
        do throws(OVError) {
            let result = try await body(target.secured(by: reference))
            if onlyMeanwhile { await store.dropSecret(reference) }
            return result
        } catch {
            await store.dropSecret(reference)
            throw error
        }
    }
}

extension State {
    /// The resource as an ingest would leave it, options included.
    func resource(for target: IngestTarget, owner: Owner, at now: Timestamp) -> Resource {
        guard var resource = resources[target.key] else {
            return Resource(uri: target.uri, owner: owner, source: target.source, createdAt: now)
        }
        // Who says nothing about how to fetch wants it as it was.
        if target.givesOptions { resource.source = target.source }
        // What the operator of a server has allowed in between.
        if target.source.options.allowsPrivateNetworks { resource.source.options.allowsPrivateNetworks = true }
        // The bytes of another upload.
        resource.source.location = target.source.location
        return resource
    }
}

extension Transaction {
    /// - Returns: the source as it is from now on.
    fileprivate mutating func putResource(_ target: IngestTarget, as caller: Caller) -> Source {
        var resource = state.resource(for: target, owner: caller.owner, at: now)
        if state.resources[target.key] == nil, !target.givesOptions, let watch = state.watch(at: target.key) {
            resource.source = watch.source
        }
        if state.resources[target.key] != resource { put(resource) }
        return resource.source
    }

    /// Makes a watch, or gives the one that is there the request's interval and wakes it. Without an interval the
    /// one that is there stays as it is, but for how its source is fetched.
    fileprivate mutating func putWatch(
        _ key: ResourceKey, source: Source, interval: Interval?, id: TaskID, request: IngestRequest, as caller: Caller
    ) throws(OVError) -> WatchTask? {
        guard let before = state.watch(at: key) else {
            guard let interval else { return nil }
            let watch = WatchTask(
                id: id, owner: caller.owner, role: caller.role, uri: key.uri, source: source, interval: interval,
                reason: request.reason, instruction: request.instruction, createdAt: now)
            put(watch)
            return watch
        }
        var watch = before
        watch.source = source
        if let interval {
            watch.setInterval(interval, at: now)
            try resume(&watch)
            if !request.reason.isEmpty { watch.reason = request.reason }
            if !request.instruction.isEmpty { watch.instruction = request.instruction }
        }
        if watch != before { put(watch) }
        return watch
    }

    fileprivate mutating func enqueueIngest(
        of key: ResourceKey, id: TaskID, watch: TaskID?, trigger: TaskRecord.Trigger, as caller: Caller
    ) -> (id: TaskID, isCoalesced: Bool) {
        if let pending = state.pendingTask(at: key) { return (pending.id, true) }
        put(
            TaskRecord(
                id: id, kind: .addResource, owner: caller.owner, uri: key.uri, watch: watch, trigger: trigger,
                createdAt: now))
        return (id, state.runningTask(at: key) != nil)
    }
}
