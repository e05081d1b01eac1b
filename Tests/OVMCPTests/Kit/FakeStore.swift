// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import Synchronization

/// Documents and watches in memory, with just the rules that the protocol's side can see.
final class FakeStore: ControlPlane {
    struct Contents: Sendable {
        var documents: [VikingURI: [UInt8]] = [:]
        var watches: [WatchView] = []
        var tasks: [TaskID: TaskRecord] = [:]
        var changes: [DocumentChange] = []
        var ingests: [IngestRequest] = []
        var cancelled: [String] = []
        /// What every search for passages finds, and every search for lines.
        var found = FindResult(hits: [])
        var lines: [GrepFile] = []
        var linesGoOn = false
        var findQueries: [FindQuery] = []
        var grepQueries: [GrepQuery] = []
        /// What every operation throws, if anything.
        var error: OVError?
        /// Whether runs end by themselves.
        var runsEnd = true
        /// Cursors before this place are too old.
        var oldest = 0
        var nextID: UInt64 = 100
    }

    private struct State {
        var contents: Contents
        var listeners: [Int: AsyncThrowingStream<Event, any Error>.Continuation] = [:]
        var followers: [Int: (task: TaskID, updates: AsyncThrowingStream<TaskView, any Error>.Continuation)] = [:]
        var next = 0
    }

    private let state: Mutex<State>

    init(_ contents: Contents = Contents()) { state = Mutex(State(contents: contents)) }

    var contents: Contents { state.withLock { $0.contents } }
    var listenerCount: Int { state.withLock { $0.listeners.count } }

    // MARK: What tests do to it

    func edit<Result: Sendable>(_ body: (inout Contents) -> sending Result) -> sending Result {
        state.withLock { body(&$0.contents) }
    }

    /// A refresh of the resource at `root`: texts that are new, nil for documents that are gone.
    func refresh(_ root: String, _ texts: KeyValuePairs<String, String?>) {
        let (event, listeners) = state.withLock { state in
            var counts = ChangeCounts()
            for (path, text) in texts {
                let uri = Samples.uri("\(root)/\(path)")
                let isNew = state.contents.documents[uri] == nil
                state.contents.documents[uri] = text.map { Array($0.utf8) }
                let kind: DocumentChange.Kind = text == nil ? .removed : isNew ? .added : .changed
                switch kind {
                case .added: counts.added += 1
                case .changed: counts.changed += 1
                case .removed: counts.removed += 1
                }
                state.contents.changes.append(
                    DocumentChange(uri: uri, kind: kind, revision: "r", at: Samples.now, title: "Title of \(path)"))
            }
            let revision = PublishedRevision(
                uri: Samples.uri(root), revision: "r", number: 2, at: Samples.now, task: Samples.id(1),
                changes: counts)
            return (Event(cursor: nil, kind: .revision(revision)), Array(state.listeners.values))
        }
        for listener in listeners { listener.yield(event) }
    }

    /// Takes a run further.
    func advance(_ id: TaskID, _ body: (inout TaskRecord) -> Void) {
        let updates = state.withLock { state in
            guard var task = state.contents.tasks[id] else { return [] as [() -> Void] }
            body(&task)
            let view = TaskView(task: task)
            state.contents.tasks[id] = task
            return state.followers.values.filter { $0.task == id }.map { follower in
                {
                    follower.updates.yield(view)
                    if task.status.isFinal { follower.updates.finish() }
                }
            }
        }
        for update in updates { update() }
    }

    // MARK: Operations

    private func check() throws(OVError) { if let error = contents.error { throw error } }

    private func missing(_ what: String) -> OVError {
        OVError(.notFound, "there is nothing at \(what)", hint: "`ov ls` lists what there is")
    }

    private func parse(_ uri: String) throws(OVError) -> VikingURI {
        try check()
        return try VikingURI(parsing: uri, user: "default")
    }

    func watches(_ query: WatchQuery, as caller: Caller) async throws(OVError) -> WatchPage {
        try check()
        let all = contents.watches
        return WatchPage(watches: all, total: all.count, nextCursor: nil)
    }

    func watch(_ key: WatchKey, as caller: Caller) async throws(OVError) -> WatchView {
        try check()
        guard let found = contents.watches.first(where: { $0.uri.text == key.uri }) else {
            throw .noWatch(key.description)
        }
        return found
    }

    func updateWatch(_ key: WatchKey, _ patch: WatchPatch, as caller: Caller) async throws(OVError) -> WatchView {
        try await watch(key, as: caller)
    }

    func deleteWatch(_ key: WatchKey, as caller: Caller) async throws(OVError) -> DeletedWatch {
        let watch = try await watch(key, as: caller)
        edit { $0.watches.removeAll { $0.id == watch.id } }
        return DeletedWatch(id: watch.id, uri: watch.uri)
    }

    func triggerWatch(_ key: WatchKey, acceptingDeletionsOf held: TaskID?, as caller: Caller)
        async throws(OVError) -> TriggerReceipt
    { throw missing("trigger") }

    func triggerDueWatches(atMost bound: Int, as caller: Caller) async throws(OVError) -> DueReceipt {
        DueReceipt(started: [], running: [])
    }

    func ingest(_ request: IngestRequest, as caller: Caller) async throws(OVError) -> IngestReceipt {
        try check()
        guard request.path != "/missing" else {
            throw OVError(.invalidURI, "/missing: no such file or folder", hint: "name something that is there")
        }
        if request.watchInterval > 0, request.to == nil {
            throw OVError(
                .contradictoryArguments, "watch_interval needs 'to'", hint: "for example to=viking://resources/docs")
        }
        let uri = try parse(request.to ?? "viking://resources/added")
        return edit { contents in
            contents.nextID += 1
            contents.ingests.append(request)
            let id = Samples.id(contents.nextID)
            var task = Samples.task(id, uri, status: .running)
            if contents.runsEnd { task = Samples.task(id, uri, status: .completed) }
            contents.tasks[id] = task
            let watch = request.watchInterval > 0 ? Samples.watch(uri.text, minutes: request.watchInterval) : nil
            if let watch { contents.watches.append(watch) }
            return IngestReceipt(root: uri, task: id, sourcePath: request.path, watch: watch, isCoalesced: false)
        }
    }

    func preview(_ request: IngestRequest, _ preview: IngestPreview, as caller: Caller) async throws(OVError)
        -> IngestPlan
    {
        throw missing("plan")
    }

    func tasks(_ query: TaskQuery, as caller: Caller) async throws(OVError) -> TaskPage {
        TaskPage(tasks: contents.tasks.values.map { TaskView(task: $0) }, nextCursor: nil)
    }

    func task(_ id: String, as caller: Caller) async throws(OVError) -> TaskView {
        guard let id = TaskID(id), let task = contents.tasks[id] else { throw missing("task") }
        return TaskView(task: task)
    }

    func cancelTask(_ id: String, as caller: Caller) async throws(OVError) -> TaskView {
        edit { $0.cancelled.append(id) }
        if let id = TaskID(id) { advance(id) { $0.status = .cancelled } }
        return try await task(id, as: caller)
    }

    func updates(ofTask id: String, as caller: Caller) async throws(OVError) -> TaskUpdates {
        let (updates, continuation) = AsyncThrowingStream.makeStream(of: TaskView.self)
        guard let number = TaskID(id) else { throw missing("task") }
        // Before it is looked at, or what happens in between would be lost.
        state.withLock { state in
            state.next += 1
            state.followers[state.next] = (number, continuation)
        }
        let view = try await task(id, as: caller)
        continuation.yield(view)
        if view.status.isFinal { continuation.finish() }
        return TaskUpdates {
            var iterator = updates.makeAsyncIterator()
            return { try await iterator.next() }
        }
    }

    // MARK: Reading

    func entries(of uri: String, _ options: ListOptions, as caller: Caller) async throws(OVError) -> EntryList {
        let base = try parse(uri)
        var (entries, folders): ([Entry], Set<String>) = ([], [])
        let levels = options.levelLimit ?? (options.recursive ? Int.max : 1)
        for (uri, bytes) in contents.documents.sorted(by: { $0.key < $1.key }) {
            guard let path = uri.relativePath(to: base) else { continue }
            let parts = path.split(separator: "/").map(String.init)
            for depth in 1..<max(1, parts.count) where depth <= levels {
                let folder = parts.prefix(depth).joined(separator: "/")
                guard folders.insert(folder).inserted else { continue }
                entries.append(Samples.entry(base.appending(path: folder), folder, isFolder: true, size: 0))
            }
            if parts.count <= levels { entries.append(Samples.entry(uri, path, isFolder: false, size: bytes.count)) }
        }
        guard !entries.isEmpty || base == .resources || base == .root else { throw missing(uri) }
        let limit = options.nodeLimit ?? Int.max
        return EntryList(entries: Array(entries.prefix(limit)), hasMore: entries.count > limit)
    }

    func stat(_ uri: String, as caller: Caller) async throws(OVError) -> Entry {
        let parsed = try parse(uri)
        if let bytes = contents.documents[parsed] {
            return Samples.entry(parsed, "", isFolder: false, size: bytes.count)
        }
        let list = try await entries(of: uri, ListOptions(recursive: true), as: caller)
        return Samples.entry(
            parsed, "", isFolder: true, size: list.entries.reduce(0) { $0 + Int($1.size) },
            documents: list.entries.count { !$0.isFolder })
    }

    private func document(_ uri: String) throws(OVError) -> (VikingURI, [UInt8]) {
        let parsed = try parse(uri)
        guard let bytes = contents.documents[parsed] else { throw missing(uri) }
        return (parsed, bytes)
    }

    func read(_ uri: String, _ part: DocumentPart, as caller: Caller) async throws(OVError) -> DocumentText {
        let (uri, bytes) = try document(uri)
        let lines = String(decoding: bytes, as: UTF8.self).keepingLineEnds
        var wanted = 0..<lines.count
        if let section = part.section {
            guard let first = lines.firstIndex(where: { $0.hasPrefix("# \(section)\n") }) else {
                throw OVError(.notFound, "\(uri) has no section '\(section)'", hint: "`ov overview \(uri)` lists them")
            }
            wanted = first..<(lines[(first + 1)...].firstIndex { $0.hasPrefix("# ") } ?? lines.count)
        }
        let found = lines[wanted].dropFirst(part.range.offset).prefix(part.range.limit ?? Int.max)
        var text = DocumentText(
            uri: uri, text: found.joined(), mediaType: "text/markdown", lastChecked: Samples.checked,
            lastChanged: Samples.changed, totalLines: lines.count)
        text.lines = found.startIndex..<found.endIndex
        return text
    }

    func abstract(of uri: String, as caller: Caller) async throws(OVError) -> DocumentText {
        try await read(uri, .all, as: caller)
    }

    func overview(of uri: String, as caller: Caller) async throws(OVError) -> DocumentText {
        let list = try await entries(of: uri, ListOptions(), as: caller)
        return DocumentText(
            uri: try parse(uri), text: list.entries.map(\.name).joined(separator: "\n"), mediaType: "text/plain",
            lastChecked: Samples.checked, lastChanged: Samples.changed, totalLines: list.entries.count)
    }

    func download(_ uri: String, as caller: Caller) async throws(OVError) -> DocumentBytes {
        let (uri, bytes) = try document(uri)
        return DocumentBytes(
            uri: uri, bytes: bytes,
            mediaType: uri.name.hasSuffix(".bin") ? "application/octet-stream" : "text/markdown",
            digest: Digest(words: .zero), lastChecked: Samples.checked, lastChanged: Samples.changed)
    }

    func remove(_ uri: String, recursively: Bool, as caller: Caller) async throws(OVError) -> RemovalReceipt {
        let uri = try parse(uri)
        let gone = contents.documents.keys.filter { $0.isWithin(uri) }
        guard !gone.isEmpty else { throw missing(uri.text) }
        edit { contents in for uri in gone { contents.documents[uri] = nil } }
        return RemovalReceipt(uri: uri, removed: [uri], documents: gone.count, suspendedWatches: [])
    }

    // MARK: What changes

    func changes(_ query: ChangeQuery, as caller: Caller) async throws(OVError) -> ChangePage {
        try check()
        let all = contents.changes
        guard let since = query.since else {
            return ChangePage(items: [], nextCursor: "c\(all.count)", hasMore: false)
        }
        guard since.hasPrefix("c"), let place = Int(since.dropFirst()) else {
            throw OVError(.invalidArgument, "not a cursor of the change feed")
        }
        guard place >= contents.oldest else { throw OVError(.cursorTooOld, "the feed no longer reaches back so far") }
        let items = Array(all.dropFirst(place).prefix(query.limit))
        return ChangePage(
            items: items, nextCursor: "c\(place + items.count)", hasMore: place + items.count < all.count)
    }

    func events(_ query: EventQuery, as caller: Caller) async throws(OVError) -> AsyncThrowingStream<Event, any Error> {
        let (events, continuation) = AsyncThrowingStream.makeStream(of: Event.self)
        let number = state.withLock { state in
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { _ in self.state.withLock { $0.listeners[number] = nil } }
        continuation.yield(Event(cursor: nil, kind: .began))
        return events
    }

    // MARK: The system

    func status(as caller: Caller) async throws(OVError) -> StatusReport {
        var report = StatusReport(home: "/srv/ov", version: "0.1.0")
        report.documents = contents.documents.count
        return report
    }

    func health() async throws(OVError) -> HealthReport {
        try check()
        return HealthReport(isHealthy: true, version: "0.1.0")
    }
}

extension String {
    /// The lines, each with its end.
    fileprivate var keepingLineEnds: [Substring] {
        var (lines, rest): ([Substring], Substring) = ([], self[...])
        while let end = rest.utf8.firstIndex(of: 10) {
            let next = rest.utf8.index(after: end)
            lines.append(rest[..<next])
            rest = rest[next...]
        }
        return rest.isEmpty ? lines : lines + [rest]
    }
}
