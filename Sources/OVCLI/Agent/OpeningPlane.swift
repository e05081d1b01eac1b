// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVMCP
import Synchronization

/// Operations that are still being opened: who asks for one waits until it can be carried out. So an agent's first
/// questions, which are about the server and not about the store, are answered at once, however large the store is.
final class OpeningPlane: ControlPlane {
    private let outcome = Mutex<Result<any ControlPlane, OVError>?>(nil)
    private let isOpen = Latch()

    /// Once it is open, or known that it cannot be.
    func finish(_ result: Result<any ControlPlane, OVError>) {
        outcome.withLock { $0 = result }
        isOpen.open()
    }

    private func plane() async throws(OVError) -> any ControlPlane {
        await isOpen.wait()
        guard let outcome = outcome.withLock({ $0 }) else { throw OVError(.cancelled, "nobody waits for it any more") }
        return try outcome.get()
    }

    func watches(_ query: WatchQuery, as caller: Caller) async throws(OVError) -> WatchPage {
        try await plane().watches(query, as: caller)
    }

    func watch(_ key: WatchKey, as caller: Caller) async throws(OVError) -> WatchView {
        try await plane().watch(key, as: caller)
    }

    func updateWatch(_ key: WatchKey, _ patch: WatchPatch, as caller: Caller) async throws(OVError) -> WatchView {
        try await plane().updateWatch(key, patch, as: caller)
    }

    func deleteWatch(_ key: WatchKey, as caller: Caller) async throws(OVError) -> DeletedWatch {
        try await plane().deleteWatch(key, as: caller)
    }

    func triggerWatch(_ key: WatchKey, acceptingDeletionsOf held: TaskID?, as caller: Caller) async throws(OVError)
        -> TriggerReceipt
    {
        try await plane().triggerWatch(key, acceptingDeletionsOf: held, as: caller)
    }

    func triggerDueWatches(atMost bound: Int, as caller: Caller) async throws(OVError) -> DueReceipt {
        try await plane().triggerDueWatches(atMost: bound, as: caller)
    }

    func ingest(_ request: IngestRequest, as caller: Caller) async throws(OVError) -> IngestReceipt {
        try await plane().ingest(request, as: caller)
    }

    func preview(_ request: IngestRequest, _ preview: IngestPreview, as caller: Caller) async throws(OVError)
        -> IngestPlan
    {
        try await plane().preview(request, preview, as: caller)
    }

    func tasks(_ query: TaskQuery, as caller: Caller) async throws(OVError) -> TaskPage {
        try await plane().tasks(query, as: caller)
    }

    func task(_ id: String, as caller: Caller) async throws(OVError) -> TaskView {
        try await plane().task(id, as: caller)
    }

    func cancelTask(_ id: String, as caller: Caller) async throws(OVError) -> TaskView {
        try await plane().cancelTask(id, as: caller)
    }

    func updates(ofTask id: String, as caller: Caller) async throws(OVError) -> TaskUpdates {
        try await plane().updates(ofTask: id, as: caller)
    }

    func entries(of uri: String, _ options: ListOptions, as caller: Caller) async throws(OVError) -> EntryList {
        try await plane().entries(of: uri, options, as: caller)
    }

    func stat(_ uri: String, as caller: Caller) async throws(OVError) -> Entry {
        try await plane().stat(uri, as: caller)
    }

    func read(_ uri: String, _ part: DocumentPart, as caller: Caller) async throws(OVError) -> DocumentText {
        try await plane().read(uri, part, as: caller)
    }

    func abstract(of uri: String, as caller: Caller) async throws(OVError) -> DocumentText {
        try await plane().abstract(of: uri, as: caller)
    }

    func overview(of uri: String, as caller: Caller) async throws(OVError) -> DocumentText {
        try await plane().overview(of: uri, as: caller)
    }

    func download(_ uri: String, as caller: Caller) async throws(OVError) -> DocumentBytes {
        try await plane().download(uri, as: caller)
    }

    func changes(_ query: ChangeQuery, as caller: Caller) async throws(OVError) -> ChangePage {
        try await plane().changes(query, as: caller)
    }

    func keepPlace(_ place: ReaderPlace, as caller: Caller) async throws(OVError) -> ReaderPlace {
        try await plane().keepPlace(place, as: caller)
    }

    func history(of uri: String, as caller: Caller) async throws(OVError) -> ResourceHistory {
        try await plane().history(of: uri, as: caller)
    }

    func diff(_ query: DiffQuery, as caller: Caller) async throws(OVError) -> RevisionDiff {
        try await plane().diff(query, as: caller)
    }

    func revert(_ uri: String, to revision: String, as caller: Caller) async throws(OVError) -> RevertReceipt {
        try await plane().revert(uri, to: revision, as: caller)
    }

    func find(_ query: FindQuery, as caller: Caller) async throws(OVError) -> FindResult {
        try await plane().find(query, as: caller)
    }

    func grep(
        _ query: GrepQuery, as caller: Caller, _ receive: @escaping @Sendable (GrepFile) async throws -> Void
    ) async throws(OVError) -> GrepSummary {
        try await plane().grep(query, as: caller, receive)
    }

    func glob(_ pattern: String, in uri: String, limit: Int?, as caller: Caller) async throws(OVError) -> GlobResult {
        try await plane().glob(pattern, in: uri, limit: limit, as: caller)
    }

    func remove(_ uri: String, recursively: Bool, as caller: Caller) async throws(OVError) -> RemovalReceipt {
        try await plane().remove(uri, recursively: recursively, as: caller)
    }

    func events(_ query: EventQuery, as caller: Caller) async throws(OVError) -> AsyncThrowingStream<Event, any Error> {
        try await plane().events(query, as: caller)
    }

    func status(as caller: Caller) async throws(OVError) -> StatusReport {
        try await plane().status(as: caller)
    }

    func health() async throws(OVError) -> HealthReport {
        try await plane().health()
    }
}
