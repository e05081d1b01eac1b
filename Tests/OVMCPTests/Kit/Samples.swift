// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Things as a store would hold them.
enum Samples {
    static let now = at("2026-08-22T09:30:00.000Z")
    static let checked = at("2026-08-22T09:00:00.000Z")
    static let changed = at("2026-08-20T10:00:00.000Z")
    static let owner = Owner(account: "default", user: "default")

    static func at(_ text: String) -> Timestamp { Timestamp(text) ?? .earliest }
    static func uri(_ text: String) -> VikingURI { VikingURI(canonical: text) ?? .root }
    static func id(_ number: UInt64) -> TaskID {
        TaskID(high: 0x7f02_e980_8df9_4f27, low: 0xa570_0000_0000_0000 + number)
    }

    static func watch(_ uri: String, minutes: Double = 30, change: (inout WatchTask) -> Void = { _ in }) -> WatchView {
        guard let interval = try? Interval(minutes: minutes) else {
            preconditionFailure("a sample's interval is out of range")
        }
        var watch = WatchTask(
            id: id(UInt64(uri.utf8.reduce(0) { $0 &* 31 &+ Int($1) } & 0xffff)), owner: owner, role: .root,
            uri: self.uri(uri), source: Source(fetcher: "url", location: "https://example.com/a.md"),
            interval: interval, createdAt: changed)
        watch.nextRun = at("2026-08-22T09:42:00.000Z")
        change(&watch)
        return WatchView(watch: watch, runningTask: nil, revision: nil)
    }

    static func task(_ id: TaskID, _ uri: VikingURI, status: TaskRecord.Status) -> TaskRecord {
        var task = TaskRecord(
            id: id, kind: .addResource, owner: owner, uri: uri, watch: nil, trigger: .create, createdAt: checked)
        task.status = status
        task.stage = status.isFinal ? .publishing : .fetching
        if status == .completed {
            task.result = .init(
                outcome: .updated, revision: "r1", changes: ChangeCounts(added: 3, unchanged: 1), bytes: 4300)
        }
        return task
    }

    static func entry(_ uri: VikingURI, _ path: String, isFolder: Bool, size: Int, documents: Int = 1) -> Entry {
        Entry(
            uri: uri, name: uri.name, size: Int64(size), isFolder: isFolder, documents: documents, lastChanged: changed,
            lastChecked: checked, relativePath: path, mediaType: isFolder ? nil : "text/markdown")
    }

    static func hit(_ uri: String, lines: ClosedRange<Int>, _ headings: [String], _ snippet: String) -> SearchHit {
        SearchHit(
            uri: self.uri(uri), title: "Title", headings: headings, lines: lines, size: 10, line: lines.lowerBound,
            snippet: snippet, abstract: "", score: 1, mediaType: "text/markdown", lastChecked: checked,
            lastChanged: changed)
    }

    /// A store with a few documents and watches.
    static var store: FakeStore {
        var contents = FakeStore.Contents()
        let texts = [
            "docs/README.md": "# Docs\n\nHello.\n", "docs/guide/start.md": "# Start\n\nOne.\nTwo.\nThree.\n",
            "docs/guide/a b.md": "spaced\n", "notes.md": "note\n",
        ]
        for (path, text) in texts { contents.documents[uri("viking://resources/\(path)")] = Array(text.utf8) }
        contents.documents[uri("viking://resources/docs/logo.bin")] = [0, 255, 1]
        contents.watches = [watch("viking://resources/docs") { $0.lastStatus = .completed }]
        contents.found = FindResult(hits: [
            hit("viking://resources/docs/guide/start.md", lines: 3...5, ["Start"], "**One**. Two. Three."),
            hit("viking://resources/docs/README.md", lines: 1...3, [], "Hello."),
        ])
        contents.lines = [
            GrepFile(
                uri: uri("viking://resources/docs/guide/start.md"),
                lines: [
                    .init(number: 3, text: "One.", isMatch: true), .init(number: 4, text: "Two.", isMatch: false),
                ], count: 1)
        ]
        return FakeStore(contents)
    }
}

/// Stands still, except that whoever waits is never kept waiting: for tests in which no time passes.
struct StillClock: WallClock {
    func now() -> Timestamp { Samples.now }

    func sleep(for duration: Milliseconds) async throws {
        try await SystemClock().sleep(for: duration)
    }
}
