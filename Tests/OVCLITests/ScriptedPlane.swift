// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import Synchronization

/// Operations that answer what a test wrote down, and note what they were asked.
final class ScriptedPlane: ControlPlane {
    /// How an execution goes on.
    struct Run: Sendable {
        var updates: [TaskView]
        /// What follows once somebody cancels it.
        var afterCancel: [TaskView] = []
    }

    struct Script: Sendable {
        var watches: [WatchView] = []
        var tasks: [TaskView] = []
        var entries: [Entry] = []
        var hasMore = false
        var found: FindResult?
        var lines: [GrepFile] = []
        var texts: [String: String] = [:]
        var changes = ChangePage(items: [], nextCursor: "1", hasMore: false)
        var history: ResourceHistory?
        var diff: RevisionDiff?
        var revert: RevertReceipt?
        /// What a bound on tokens leaves out of every text.
        var rest: Range<Int>?
        var bytes: [String: [UInt8]] = [:]
        var runs: [TaskID: Run] = [:]
        var receipt: IngestReceipt?
        var plan: IngestPlan?
        var due: DueReceipt?
        var status = StatusReport(home: "/srv/ov", version: "0.1.0")
        var health = HealthReport(isHealthy: true, version: "0.1.0")
        /// What every operation throws, if anything.
        var error: OVError?
    }

    private struct State {
        var script: Script
        var calls: [String] = []
        var continuations: [TaskID: AsyncThrowingStream<TaskView, any Error>.Continuation] = [:]
    }

    private let state: Mutex<State>

    init(_ script: Script = Script()) { state = Mutex(State(script: script)) }

    /// What was asked, in order.
    var calls: [String] { state.withLock { $0.calls } }

    private func script(_ call: String) throws(OVError) -> Script {
        let script = state.withLock { state in
            state.calls.append(call)
            return state.script
        }
        if let error = script.error { throw error }
        return script
    }

    private func missing(_ what: String) -> OVError { OVError(.notFound, "no \(what)", hint: "look elsewhere") }

    private func find(_ key: WatchKey, in script: Script) throws(OVError) -> WatchView {
        let found = script.watches.first { key.uri == $0.uri.text || key.id == $0.id.description }
        guard let found else { throw missing("watch task \(key)") }
        return found
    }

    // MARK: Watch tasks

    func watches(_ query: WatchQuery, as caller: Caller) async throws(OVError) -> WatchPage {
        let all = try script("watches activeOnly=\(query.activeOnly) as \(caller.account)/\(caller.user)").watches
        let shown = query.activeOnly ? all.filter(\.isActive) : all
        return WatchPage(watches: shown, total: shown.count, nextCursor: nil)
    }

    func watch(_ key: WatchKey, as caller: Caller) async throws(OVError) -> WatchView {
        try find(key, in: script("watch \(key)"))
    }

    func updateWatch(_ key: WatchKey, _ patch: WatchPatch, as caller: Caller) async throws(OVError) -> WatchView {
        let parts = [
            patch.interval.map { "interval=\($0)" }, patch.isActive.map { "active=\($0)" },
            patch.reason.map { "reason=\($0)" }, patch.instruction.map { "instruction=\($0)" },
        ]
        return try find(key, in: script("update \(key) \(parts.compactMap(\.self).joined(separator: " "))"))
    }

    func deleteWatch(_ key: WatchKey, as caller: Caller) async throws(OVError) -> DeletedWatch {
        let watch = try find(key, in: script("delete \(key)"))
        return DeletedWatch(id: watch.id, uri: watch.uri)
    }

    func triggerWatch(_ key: WatchKey, acceptingDeletionsOf held: TaskID?, as caller: Caller)
        async throws(OVError) -> TriggerReceipt
    {
        let script = try script("trigger \(key) accepting \(held?.description ?? "nothing")")
        let watch = try find(key, in: script)
        guard let run = script.runs.first(where: { $0.value.updates.first?.watch == watch.id })?.key else {
            throw missing("run of \(key)")
        }
        return TriggerReceipt(watch: watch.id, uri: watch.uri, run: run, isCoalesced: false)
    }

    func triggerDueWatches(atMost bound: Int, as caller: Caller) async throws(OVError) -> DueReceipt {
        guard let due = try script("triggerDue").due else { throw missing("due watches") }
        return due
    }

    // MARK: Executions

    func ingest(_ request: IngestRequest, as caller: Caller) async throws(OVError) -> IngestReceipt {
        guard let receipt = try script("ingest \(request)").receipt else { throw missing("receipt") }
        return receipt
    }

    func preview(_ request: IngestRequest, _ preview: IngestPreview, as caller: Caller) async throws(OVError)
        -> IngestPlan
    {
        guard let plan = try script("\(preview == .dryRun ? "plan" : "verify") \(request.path)").plan else {
            throw missing("plan")
        }
        return plan
    }

    func tasks(_ query: TaskQuery, as caller: Caller) async throws(OVError) -> TaskPage {
        TaskPage(tasks: try script("tasks kind=\(query.kind ?? "-") limit=\(query.limit)").tasks, nextCursor: nil)
    }

    func task(_ id: String, as caller: Caller) async throws(OVError) -> TaskView {
        let found = try script("task \(id)").tasks.first { $0.id.description == id }
        guard let found else { throw missing("task \(id)") }
        return found
    }

    func cancelTask(_ id: String, as caller: Caller) async throws(OVError) -> TaskView {
        let script = try script("cancel \(id)")
        guard let id = TaskID(id), let run = script.runs[id], let last = run.afterCancel.last ?? run.updates.last else {
            throw missing("task \(id)")
        }
        let continuation = state.withLock { $0.continuations[id] }
        for view in run.afterCancel { continuation?.yield(view) }
        return last
    }

    func updates(ofTask id: String, as caller: Caller)
        async throws(OVError) -> TaskUpdates
    {
        let script = try script("updates \(id)")
        guard let id = TaskID(id), let run = script.runs[id] else { throw missing("task \(id)") }
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: TaskView.self)
        state.withLock { $0.continuations[id] = continuation }
        for view in run.updates { continuation.yield(view) }
        if run.updates.last?.status.isFinal == true { continuation.finish() }
        return TaskUpdates {
            var iterator = stream.makeAsyncIterator()
            return { try await iterator.next() }
        }
    }

    // MARK: Reading

    func entries(of uri: String, _ options: ListOptions, as caller: Caller) async throws(OVError) -> EntryList {
        let script = try script("entries \(uri) recursive=\(options.recursive) levels=\(options.levelLimit ?? 0)")
        return EntryList(entries: script.entries, hasMore: script.hasMore)
    }

    func stat(_ uri: String, as caller: Caller) async throws(OVError) -> Entry {
        guard let entry = try script("stat \(uri)").entries.first(where: { $0.uri.text == uri }) else {
            throw missing(uri)
        }
        return entry
    }

    private func text(_ uri: String, _ call: String) throws(OVError) -> DocumentText {
        guard let text = try script(call).texts[uri] else { throw missing(uri) }
        return DocumentText(
            uri: try VikingURI(parsing: uri, user: ""), text: text, mediaType: "text/markdown", lastChecked: nil,
            lastChanged: nil, totalLines: 1)
    }

    func read(_ uri: String, _ part: DocumentPart, as caller: Caller) async throws(OVError) -> DocumentText {
        let more = [
            part.section.map { " section=\($0)" }, part.maximumTokens.map { " tokens=\($0)" },
            part.revision.map { " revision=\($0)" },
        ].compactMap(\.self).joined()
        let limit = part.range.limit.map(String.init) ?? "-"
        var text = try text(uri, "read \(uri) offset=\(part.range.offset) limit=\(limit)\(more)")
        text.rest = state.withLock { $0.script.rest }
        text.revision = part.revision
        return text
    }

    func abstract(of uri: String, as caller: Caller) async throws(OVError) -> DocumentText {
        try text(uri, "abstract \(uri)")
    }

    func overview(of uri: String, as caller: Caller) async throws(OVError) -> DocumentText {
        try text(uri, "overview \(uri)")
    }

    func download(_ uri: String, as caller: Caller) async throws(OVError) -> DocumentBytes {
        guard let bytes = try script("download \(uri)").bytes[uri] else { throw missing(uri) }
        return DocumentBytes(
            uri: try VikingURI(parsing: uri, user: ""), bytes: bytes, mediaType: "text/plain",
            digest: Digest(words: .zero), lastChecked: nil, lastChanged: nil)
    }

    func remove(_ uri: String, recursively: Bool, as caller: Caller) async throws(OVError) -> RemovalReceipt {
        let script = try script("remove \(uri) recursively=\(recursively)")
        let uri = try VikingURI(parsing: uri, user: "")
        let watches = script.watches.filter { $0.uri == uri }
        return RemovalReceipt(uri: uri, removed: [uri], documents: 3, suspendedWatches: watches.map(\.id))
    }

    // MARK: Searching

    func find(_ query: FindQuery, as caller: Caller) async throws(OVError) -> FindResult {
        let call = "find \(query.text) in=\(query.targets.joined(separator: ",")) limit=\(query.limit)"
        return try script(call).found ?? FindResult(hits: [])
    }

    func grep(
        _ query: GrepQuery, as caller: Caller, _ receive: @escaping @Sendable (GrepFile) async throws -> Void
    ) async throws(OVError) -> GrepSummary {
        let script = try script("grep \(query.pattern) \(query.uri)")
        var summary = GrepSummary()
        for file in script.lines {
            do { try await receive(file) } catch { throw OVError(.cancelled, "\(error)") }
            summary.count += file.count
            summary.documentsScanned += 1
        }
        return summary
    }

    func glob(_ pattern: String, in uri: String, limit: Int?, as caller: Caller) async throws(OVError) -> GlobResult {
        let script = try script("glob \(pattern) \(uri)")
        return GlobResult(entries: script.entries, hasMore: script.hasMore)
    }

    // MARK: The system

    func changes(_ query: ChangeQuery, as caller: Caller) async throws(OVError) -> ChangePage {
        let reader = query.reader.map { " as \($0)" } ?? ""
        return try script("changes \(query.since ?? "-") \(query.uri ?? "-")\(reader)").changes
    }

    func keepPlace(_ place: ReaderPlace, as caller: Caller) async throws(OVError) -> ReaderPlace {
        _ = try script("keep \(place.reader) \(place.uri ?? "-") \(place.cursor)")
        return place
    }

    func history(of uri: String, as caller: Caller) async throws(OVError) -> ResourceHistory {
        guard let history = try script("history \(uri)").history else { throw missing(uri) }
        return history
    }

    func diff(_ query: DiffQuery, as caller: Caller) async throws(OVError) -> RevisionDiff {
        let call = "diff \(query.uri) \(query.from ?? "-") \(query.to ?? "-") \(query.format)"
        guard let diff = try script(call).diff else { throw missing(query.uri) }
        return diff
    }

    func revert(_ uri: String, to revision: String, as caller: Caller) async throws(OVError) -> RevertReceipt {
        guard let revert = try script("revert \(uri) \(revision)").revert else { throw missing(uri) }
        return revert
    }

    func events(_ query: EventQuery, as caller: Caller)
        async throws(OVError) -> AsyncThrowingStream<Event, any Error>
    {
        _ = try script("events")
        return AsyncThrowingStream { $0.finish() }
    }

    func status(as caller: Caller) async throws(OVError) -> StatusReport { try script("status").status }

    func metrics(as caller: Caller) async throws(OVError) -> MetricsSnapshot {
        _ = try script("metrics")
        return MetricsSnapshot()
    }

    func health() async throws(OVError) -> HealthReport { try script("health").health }
}
