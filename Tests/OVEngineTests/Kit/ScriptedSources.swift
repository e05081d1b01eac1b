// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import Synchronization

/// Sources `scripted:NAME` that deliver what a test puts there, fail as it says, and wait until it lets them go on.
final class ScriptedSources: Fetcher {
    struct Script: Sendable {
        var documents: [String: String] = [:]
        var shape = Resource.Shape.tree
        var isAdditive = false
        /// Whether the source says that all is as it was, and delivers nothing.
        var isUnchanged = false
        /// What the source says it could not look at.
        var unchecked: [String] = []
        /// Thrown after the documents were delivered.
        var failure: FetchError?
        var gate: Gate?
    }

    /// Where a fetch stops until it is let through, or its task is cancelled.
    struct Gate: Sendable {
        let arrived = Signal()
        let opened = Signal()
    }

    struct Count: Hashable, Sendable {
        var fetches = 0
        var running = 0
        var mostAtOnce = 0
    }

    private let scripts = Mutex<[String: Script]>([:])
    private let counts = Mutex<[String: Count]>([:])

    let name = "scripted"
    let version = 1
    let arguments = [(name: "flavour", help: "is ignored")]

    subscript(name: String) -> Script {
        get { scripts.withLock { $0[name] ?? Script() } }
        set { scripts.withLock { $0[name] = newValue } }
    }

    /// Changes a source.
    func edit(_ name: String, _ body: (inout Script) -> Void) {
        scripts.withLock { body(&$0[name, default: Script()]) }
    }

    /// Makes the source hold these documents and nothing else.
    func put(_ name: String, _ documents: [String: String]) { edit(name) { $0.documents = documents } }

    func count(_ name: String) -> Count { counts.withLock { $0[name] ?? Count() } }

    /// Makes fetches of a source stop until the gate is opened.
    func close(_ name: String) -> Gate {
        let gate = Gate()
        edit(name) { $0.gate = gate }
        return gate
    }

    /// Lets what waits go on, and whatever comes later.
    func open(_ name: String) {
        let gate = scripts.withLock { scripts in
            defer { scripts[name]?.gate = nil }
            return scripts[name]?.gate
        }
        gate?.opened.set()
    }

    func recognise(_ text: String, in context: SourceContext) async throws(OVError) -> RecognisedSource? {
        guard text.hasPrefix("scripted:") else { return nil }
        return RecognisedSource(location: text, suggestedName: String(text.dropFirst("scripted:".count)))
    }

    func fetch(_ request: FetchRequest, into sink: any DocumentSink) async throws -> FetchSummary {
        let name = String(request.source.location.dropFirst("scripted:".count))
        counts.withLock { counts in
            var count = counts[name] ?? Count()
            count.fetches += 1
            count.running += 1
            count.mostAtOnce = max(count.mostAtOnce, count.running)
            counts[name] = count
        }
        defer { counts.withLock { $0[name]?.running -= 1 } }
        let script = self[name]
        if let gate = script.gate {
            gate.arrived.set()
            try await gate.opened.wait()
        }
        if script.isUnchanged, !request.isFromScratch { return FetchSummary(shape: script.shape, isUnchanged: true) }
        for (path, text) in script.documents.sorted(by: { $0.key < $1.key }) {
            try await sink.deliver(
                FetchedDocument(
                    path: path, bytes: Array(text.utf8), name: path.isEmpty ? name : path, validator: nil))
        }
        for path in script.unchecked {
            await sink.warn(FetchWarning(path: path, message: "cannot be looked at", isUnchecked: true))
        }
        if let failure = script.failure { throw failure }
        return FetchSummary(shape: script.shape, isAdditive: script.isAdditive)
    }
}
