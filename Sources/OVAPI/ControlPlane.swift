// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Every operation of the product, one function each.
///
/// Two things conform: the engine over a store, and the client of a server. Whoever faces people or programs (the
/// command line, REST, MCP) is written against this protocol, so that all of them follow the same rules. Every
/// function throws `OVError`; what a caller may not know of is `NOT_FOUND`, and a call that throws has changed
/// nothing, except where an accepted run failed, whose task then says so.
package protocol ControlPlane: Sendable {
    // MARK: Watch tasks

    /// The watch tasks that the caller may see, oldest first.
    func watches(_ query: WatchQuery, as caller: Caller) async throws(OVError) -> WatchPage

    /// Runs where it is called from, as do the steps that every request takes before (`KeyDirectory`): it is what is asked
    /// for most, and takes less time than to change threads.
    nonisolated(nonsending) func watch(_ key: WatchKey, as caller: Caller) async throws(OVError) -> WatchView

    /// Changes the fields that the patch names, all or none of them.
    func updateWatch(_ key: WatchKey, _ patch: WatchPatch, as caller: Caller) async throws(OVError) -> WatchView

    /// Removes the watch and cancels what is pending for it; the content stays.
    func deleteWatch(_ key: WatchKey, as caller: Caller) async throws(OVError) -> DeletedWatch

    /// Asks for a refresh now. The run is committed before this returns, and goes on without the caller.
    /// - Parameter held: the task of a held run whose losses the new one may publish.
    func triggerWatch(_ key: WatchKey, acceptingDeletionsOf held: TaskID?, as caller: Caller)
        async throws(OVError) -> TriggerReceipt

    /// Starts watches that are due, and follow-up runs that nobody came to run, oldest first.
    ///
    /// Call it again when one of them has ended: so several processes share the work, each run once.
    /// - Parameter bound: how many to start at most.
    func triggerDueWatches(atMost bound: Int, as caller: Caller) async throws(OVError) -> DueReceipt

    // MARK: Ingest and its executions

    /// Accepts a source: its watch, if it asks for one, and its first run are committed before this returns.
    func ingest(_ request: IngestRequest, as caller: Caller) async throws(OVError) -> IngestReceipt

    /// What an ingest would change, or in what a source that has been ingested differs from what is kept of it.
    /// Changes nothing.
    func preview(_ request: IngestRequest, _ preview: IngestPreview, as caller: Caller) async throws(OVError)
        -> IngestPlan

    func tasks(_ query: TaskQuery, as caller: Caller) async throws(OVError) -> TaskPage

    func task(_ id: String, as caller: Caller) async throws(OVError) -> TaskView

    /// Ends an execution that is pending or running. One that another process runs is `cancelling` until it has.
    func cancelTask(_ id: String, as caller: Caller) async throws(OVError) -> TaskView

    /// The states of an execution, beginning with the present one and ending with the final one.
    func updates(ofTask id: String, as caller: Caller) async throws(OVError) -> TaskUpdates

    // MARK: Reading

    /// What lies directly in a folder, or everything below it.
    func entries(of uri: String, _ options: ListOptions, as caller: Caller) async throws(OVError) -> EntryList

    func stat(_ uri: String, as caller: Caller) async throws(OVError) -> Entry

    /// A part of a document of text, of now or of an earlier revision.
    func read(_ uri: String, _ part: DocumentPart, as caller: Caller) async throws(OVError) -> DocumentText

    /// The first paragraph of a document, or one line for each entry of a folder.
    func abstract(of uri: String, as caller: Caller) async throws(OVError) -> DocumentText

    /// The outline of a document, or the contents of a folder with their titles.
    func overview(of uri: String, as caller: Caller) async throws(OVError) -> DocumentText

    /// The bytes of a document.
    func download(_ uri: String, as caller: Caller) async throws(OVError) -> DocumentBytes

    /// Which documents have changed at or below an address since a cursor, each in its newest state.
    func changes(_ query: ChangeQuery, as caller: Caller) async throws(OVError) -> ChangePage

    /// Keeps the place of a named reader, once it has what it read. A place behind the kept one changes nothing.
    func keepPlace(_ place: ReaderPlace, as caller: Caller) async throws(OVError) -> ReaderPlace

    /// The revisions of a resource that are kept, or those in which something at an address changed, newest first.
    func history(of uri: String, as caller: Caller) async throws(OVError) -> ResourceHistory

    /// What differs between two revisions of a resource, at or below an address.
    func diff(_ query: DiffQuery, as caller: Caller) async throws(OVError) -> RevisionDiff

    /// Makes the documents of an earlier revision those of a new one.
    func revert(_ uri: String, to revision: String, as caller: Caller) async throws(OVError) -> RevertReceipt

    // MARK: Searching

    /// The passages that fit a query best.
    func find(_ query: FindQuery, as caller: Caller) async throws(OVError) -> FindResult

    /// Lines that match a pattern, document by document in the order of their addresses.
    /// - Parameter receive: gets each document with matches as soon as all before it are done; it must not block for
    ///   long. What it throws ends the search and is thrown as `CANCELLED`.
    func grep(
        _ query: GrepQuery, as caller: Caller, _ receive: @escaping @Sendable (GrepFile) async throws -> Void
    ) async throws(OVError) -> GrepSummary

    /// The documents below an address whose path fits a pattern.
    func glob(_ pattern: String, in uri: String, limit: Int?, as caller: Caller) async throws(OVError) -> GlobResult

    /// Removes a resource, or with `recursively` every resource below a folder.
    func remove(_ uri: String, recursively: Bool, as caller: Caller) async throws(OVError) -> RemovalReceipt

    // MARK: The system

    /// What happens in the store as far as the caller may see it, until the reader stops, beginning with
    /// `Event.Kind.began`. Throws `OVError`.
    func events(_ query: EventQuery, as caller: Caller) async throws(OVError) -> AsyncThrowingStream<Event, any Error>

    func status(as caller: Caller) async throws(OVError) -> StatusReport

    /// Probes the store for real.
    func health() async throws(OVError) -> HealthReport
}

extension ControlPlane {
    /// Lines of a document of text, as it is now.
    package func read(_ uri: String, _ range: LineRange, as caller: Caller) async throws(OVError) -> DocumentText {
        try await read(uri, DocumentPart(range: range), as: caller)
    }
}

/// What a process that works on a store can tell about it and itself. Apart from the operations, which are the same
/// wherever they are asked for.
package protocol MetricsSource: Sendable {
    /// Numbers for monitoring, of what the caller may see.
    func metrics(as caller: Caller) async throws(OVError) -> MetricsSnapshot
}
