// SPDX-License-Identifier: Apache-2.0

import OVCore

extension Limits {
    /// The limits that `config.json` may set; what each means stands beside the field of `Limits`.
    static let configurationKeys = [
        "document_bytes", "documents_per_ingest", "bytes_per_ingest", "web_pages_per_ingest", "archive_ratio",
        "ingest_minutes",
        "concurrent_runs",
        "runs_per_host", "connect_seconds", "idle_seconds", "fetch_minutes", "redirects", "note_bytes",
        "tasks_per_watch", "task_days",
        "tasks", "revisions_per_resource", "revision_days", "tombstone_days", "collection_delay_minutes",
        "lock_wait_seconds",
    ]

    private static let manyBytes: ClosedRange<Int64> = 1...(1 << 50)
    private static let count: ClosedRange<Int64> = 1...1_000_000_000

    /// - Throws: `INVALID_ARGUMENT` for an unknown name or a value out of range.
    init(configuration: ConfigurationField) throws(OVError) {
        self.init()
        for field in try configuration.members() {
            if try readSize(field) { continue }
            if try readDuration(field) { continue }
            throw field.unknown(among: Self.configurationKeys.map { "limits.\($0)" })
        }
    }

    private mutating func readSize(_ field: ConfigurationField) throws(OVError) -> Bool {
        switch field.name.dropFirst("limits.".count) {
        case "document_bytes": documentBytes = try field.integer(in: Self.manyBytes)
        case "documents_per_ingest": documentsPerIngest = Int(try field.integer(in: Self.count))
        case "bytes_per_ingest": bytesPerIngest = try field.integer(in: Self.manyBytes)
        case "web_pages_per_ingest": webPagesPerIngest = Int(try field.integer(in: 1...1_000_000))
        case "archive_ratio": archiveRatio = Int(try field.integer(in: 1...100_000))
        case "concurrent_runs": concurrentRuns = Int(try field.integer(in: 1...1024))
        case "runs_per_host": runsPerHost = Int(try field.integer(in: 1...1024))
        case "redirects": redirects = Int(try field.integer(in: 0...100))
        case "note_bytes": noteBytes = Int(try field.integer(in: 1...(1 << 20)))
        case "tasks_per_watch": tasksPerWatch = Int(try field.integer(in: 1...100_000))
        case "tasks": tasks = Int(try field.integer(in: Self.count))
        case "revisions_per_resource": revisionsPerResource = Int(try field.integer(in: 1...100_000))
        default: return false
        }
        return true
    }

    private mutating func readDuration(_ field: ConfigurationField) throws(OVError) -> Bool {
        func days() throws(OVError) -> Milliseconds {
            try field.duration(unit: .days(1), named: "days", atMost: 36_500)
        }
        func minutes() throws(OVError) -> Milliseconds {
            try field.duration(unit: .minutes(1), named: "minutes", atMost: 525_600)
        }
        func seconds() throws(OVError) -> Milliseconds {
            try field.duration(unit: .seconds(1), named: "seconds", atMost: 3600)
        }
        switch field.name.dropFirst("limits.".count) {
        case "ingest_minutes": ingestDuration = try minutes()
        case "task_days": taskAge = try days()
        case "revision_days": revisionAge = try days()
        case "tombstone_days": tombstoneAge = try days()
        case "collection_delay_minutes": collectionDelay = try minutes()
        case "lock_wait_seconds": lockWait = try seconds()
        case "connect_seconds": connectTimeout = try seconds()
        case "idle_seconds": idleTimeout = try seconds()
        case "fetch_minutes": fetchDuration = try minutes()
        default: return false
        }
        return true
    }
}
