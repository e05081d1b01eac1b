// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVTestSupport

/// Things as a store would hold them.
enum Samples {
    static let now = at("2026-08-22T09:30:00.000Z")
    static let owner = Owner(account: "default", user: "default")

    static func at(_ text: String) -> Timestamp { Timestamp(text) ?? .earliest }
    static func uri(_ text: String) -> VikingURI { VikingURI(canonical: text) ?? .root }
    static func id(_ number: UInt64) -> TaskID {
        TaskID(high: 0x7f02_e980_8df9_4f27, low: 0xa570_0000_0000_0000 + number)
    }

    /// The key of that number, the same each time.
    static func keyText(_ number: UInt64) -> KeyText { KeyText(random: SeededRandom(seed: number)) }

    static func key(_ number: UInt64, role: Role, owner: Owner) -> AccessKey {
        AccessKey(
            id: keyText(number).id, digest: Digest(words: .zero), role: role, owner: owner,
            createdAt: at("2026-08-20T09:00:00.000Z"))
    }

    static let keys = [
        key(1, role: .root, owner: owner), key(2, role: .admin, owner: Owner(account: "team", user: "head")),
        key(3, role: .user, owner: Owner(account: "team", user: "ann")),
    ].map(KeyView.init)

    static func watch(
        _ number: UInt64, _ uri: String, minutes: Double = 30, change: (inout WatchTask) -> Void = { _ in }
    ) -> WatchView {
        guard let interval = try? Interval(minutes: minutes) else {
            preconditionFailure("a sample's interval is out of range")
        }
        var watch = WatchTask(
            id: id(number), owner: owner, role: .root, uri: self.uri(uri),
            source: Source(fetcher: "url", location: "https://example.com/\(number).md"), interval: interval,
            createdAt: at("2026-08-20T09:00:00.000Z"))
        watch.nextRun = at("2026-08-22T09:42:00.000Z")
        change(&watch)
        return WatchView(watch: watch, runningTask: nil, revision: nil)
    }

    /// An active, a failing, a paused and a suspended one.
    static let watches = [
        watch(1, "viking://resources/guide.md") { watch in
            (watch.lastEnd, watch.lastStatus) = (at("2026-08-22T06:30:00.000Z"), .completed)
            (watch.lastSuccess, watch.lastTask) = (watch.lastEnd, id(101))
        },
        watch(2, "viking://resources/handbook/a-rather-long-name-for-a-folder/of-documents", minutes: 1440) { watch in
            (watch.lastEnd, watch.lastStatus) = (at("2026-08-22T09:25:00.000Z"), .failed)
            watch.lastFailure = .init(
                code: "PROCESSING_ERROR", message: "url https://example.com/2.md: 503 Service Unavailable",
                at: at("2026-08-22T09:25:00.000Z"))
            watch.consecutiveFailures = 2
        },
        watch(3, "viking://resources/notes", minutes: 0.5) { watch in
            (watch.state, watch.nextRun) = (.paused, nil)
        },
        watch(4, "viking://resources/wiki", minutes: 360) { watch in
            (watch.state, watch.nextRun) = (.suspended(reason: "failed 3 times in a row: 404 Not Found"), nil)
            (watch.lastEnd, watch.lastStatus) = (at("2026-08-21T09:25:00.000Z"), .failed)
        },
    ]

    static func task(
        _ number: UInt64, _ uri: String = "viking://resources/docs", watch: TaskID? = nil,
        status: TaskRecord.Status = .completed, change: (inout TaskRecord) -> Void = { _ in }
    ) -> TaskView {
        var task = TaskRecord(
            id: id(number), kind: watch == nil ? .addResource : .watchRefresh, owner: owner, uri: self.uri(uri),
            watch: watch, trigger: watch == nil ? .create : .manual, createdAt: at("2026-08-22T09:20:00.000Z"))
        task.status = status
        if status != .pending {
            task.startedAt = at("2026-08-22T09:20:01.000Z")
            task.stage = status.isFinal ? .publishing : .fetching
        }
        if status.isFinal { task.finishedAt = at("2026-08-22T09:20:09.000Z") }
        if status == .completed {
            task.result = .init(
                outcome: .updated, revision: "r1", changes: ChangeCounts(added: 3, unchanged: 1), bytes: 4300)
        }
        change(&task)
        return TaskView(task: task)
    }

    static func failed(_ number: UInt64, watch: TaskID? = nil, code: String = "PROCESSING_ERROR") -> TaskView {
        task(number, watch: watch, status: .failed) { task in
            task.error = .init(code: code, message: "folder /data/docs: no such folder", cause: "source_gone")
        }
    }

    static func entry(_ path: String, folder: Bool = false, size: Int64 = 1234) -> Entry {
        Entry(
            uri: uri("viking://resources/\(path)"), name: path.split(separator: "/").last.map(String.init) ?? "",
            size: size, isFolder: folder, documents: folder ? 2 : 1, lastChanged: at("2026-08-21T09:30:00.000Z"),
            lastChecked: at("2026-08-22T09:00:00.000Z"), relativePath: path,
            mediaType: folder ? nil : "text/markdown", abstract: folder ? "" : "What \(path) is about.")
    }

    static let entries = [
        entry("docs", folder: true, size: 5_000_000), entry("docs/api", folder: true), entry("docs/api/index.md"),
        entry("docs/guide.md"), entry("zebra.md", size: 12),
    ]

    static func receipt(watch: WatchView? = nil) -> IngestReceipt {
        IngestReceipt(
            root: uri("viking://resources/docs"), task: id(9), sourcePath: "/data/docs", watch: watch,
            isCoalesced: false)
    }
}
