// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import Synchronization

/// Sources `gated:NAME` that wait until the test lets all of them go on, and `broken:NAME` that cannot be read.
final class GatedSource: Fetcher {
    private struct Storage {
        var isOpen = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var arrivals: [CheckedContinuation<Void, Never>] = []
        var hasArrived = false
    }

    private let storage = Mutex(Storage())

    let name = "gated"
    let version = 1
    let arguments = [(name: "flavour", help: "is ignored")]

    func open() {
        let waiters = storage.withLock { storage in
            storage.isOpen = true
            defer { storage.waiters = [] }
            return storage.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns once a run waits at the gate.
    func arrival() async {
        await withCheckedContinuation { continuation in
            let isOver = storage.withLock { storage in
                if !storage.hasArrived { storage.arrivals.append(continuation) }
                return storage.hasArrived
            }
            if isOver { continuation.resume() }
        }
    }

    func recognise(_ text: String, in context: SourceContext) async throws(OVError) -> RecognisedSource? {
        guard text.hasPrefix("gated:") || text.hasPrefix("broken:") else { return nil }
        return RecognisedSource(location: text, suggestedName: String(text.drop { $0 != ":" }.dropFirst()))
    }

    func fetch(_ request: FetchRequest, into sink: any DocumentSink) async throws -> FetchSummary {
        if request.source.location.hasPrefix("broken:") {
            throw FetchError.transient(cause: "io_error", "it is broken", hint: "mend it")
        }
        let arrivals = storage.withLock { storage in
            storage.hasArrived = true
            defer { storage.arrivals = [] }
            return storage.arrivals
        }
        for arrival in arrivals { arrival.resume() }
        await withCheckedContinuation { continuation in
            let isOpen = storage.withLock { storage in
                if !storage.isOpen { storage.waiters.append(continuation) }
                return storage.isOpen
            }
            if isOpen { continuation.resume() }
        }
        try await sink.deliver(FetchedDocument(path: "a.md", bytes: Array("# A\n".utf8), name: "a.md", validator: nil))
        return FetchSummary(shape: .tree)
    }
}
