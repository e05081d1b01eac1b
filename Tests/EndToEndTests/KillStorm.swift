// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVTestSupport
import Testing

/// Rounds of processes that ingest, update and trigger at once while most of them are killed.
///
/// Each source is a link that is swapped from one folder to the next, and all documents of a folder have the size that
/// its generation number says: so half a revision shows in any listing.
struct KillStorm {
    private static let (sources, notes, documents) = (3, 2, 20)

    private let ov: Installation
    private var generator: SplitMix64
    /// The newest generation of each source, and the newest whose ingest was acknowledged.
    private var written: [Int]
    private var acknowledged: [Int]
    /// The same for the numbers that are written into the notes of watches.
    private var attemptedNotes: [Int]
    private var acknowledgedNotes: [Int]
    private(set) var kills = 0

    init(seed: UInt64) async throws {
        ov = try Installation()
        generator = SplitMix64(seed: seed)
        (written, acknowledged) = (Array(repeating: 0, count: Self.sources), Array(repeating: 0, count: Self.sources))
        attemptedNotes = Array(repeating: 0, count: Self.notes)
        acknowledgedNotes = attemptedNotes
        for source in 0..<Self.sources {
            try writeGeneration(of: source)
            try await ov.succeed("ingest", path(source), "--to", Self.uri(source), "--watch-interval", "0.02")
            acknowledged[source] = written[source]
        }
        for note in 0..<Self.notes {
            try ov.folder.write("n\(note)/a.md", "a\n")
            try await ov.succeed(
                "ingest", ov.folder.path("n\(note)"), "--to", Self.note(note), "--watch-interval", "90")
        }
    }

    private static func uri(_ source: Int) -> String { "viking://resources/s\(source)" }
    private static func note(_ number: Int) -> String { "viking://resources/n\(number)" }
    private func path(_ source: Int) -> String { ov.folder.path("s\(source)") }

    // MARK: Sources

    private static func size(ofGeneration generation: Int) -> Int { 40 + generation }

    private static func text(document: Int, generation: Int) -> String {
        let head = "document \(document) generation \(generation) "
        return head + String(repeating: "x", count: size(ofGeneration: generation) - head.utf8.count)
    }

    private mutating func writeGeneration(of source: Int) throws {
        written[source] += 1
        let folder = "g\(source)-\(written[source])"
        for document in 0..<Self.documents {
            try ov.folder.write(
                "\(folder)/\(document).md", Self.text(document: document, generation: written[source]))
        }
        try ov.folder.makeLink("link", to: ov.folder.path(folder))
        try ov.folder.rename("link", to: "s\(source)")
    }

    // MARK: A round

    private struct Job: Sendable {
        enum Kind: Sendable {
            case ingest(source: Int), update(note: Int), other
        }

        let kind: Kind
        let words: [String]
        /// When it is killed; nil for one that may end by itself.
        let delay: Duration?
    }

    /// What a killed process said, and whether it had ended before.
    private struct Ended: Sendable {
        let job: Job
        let result: ChildProcess.Result
    }

    mutating func run() async throws {
        let jobs = try makeJobs()
        let ov = ov
        let ended = try await withThrowingTaskGroup(of: [Ended].self) { group in
            group.addTask {
                try await inParallel(jobs.count) { number in try await Self.run(jobs[number], ov) }
            }
            group.addTask {
                try await Self.readMeanwhile(ov)
                return []
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        for end in ended { note(end) }
    }

    private mutating func makeJobs() throws -> [Job] {
        var jobs: [Job] = []
        for source in 0..<Self.sources {
            try writeGeneration(of: source)
            let words =
                Bool.random(using: &generator)
                ? ["ingest", path(source), "--to", Self.uri(source)]
                : ["task", "watch", "trigger", Self.uri(source), "--wait"]
            jobs.append(Job(kind: .ingest(source: source), words: words, delay: delay()))
        }
        for note in 0..<Self.notes {
            attemptedNotes[note] += 1
            let number = attemptedNotes[note]
            let words = [
                "task", "watch", "update", Self.note(note), "--reason", String(number), "--active",
                number.isMultiple(of: 2) ? "true" : "false",
            ]
            jobs.append(Job(kind: .update(note: note), words: words, delay: delay()))
        }
        for _ in 0..<2 {
            jobs.append(Job(kind: .other, words: ["task", "watch", "trigger", "--due", "--wait"], delay: delay()))
        }
        return jobs.shuffled(using: &generator)
    }

    private mutating func delay() -> Duration? {
        guard Int.random(in: 0..<5, using: &generator) > 0 else { return nil }
        return .milliseconds(Int.random(in: 0...300, using: &generator))
    }

    private static func run(_ job: Job, _ ov: Installation) async throws -> Ended {
        let process = try ov.start(job.words)
        return try await withThrowingTaskGroup(of: ChildProcess.Result?.self) { group in
            group.addTask { try await process.wait() }
            if let delay = job.delay {
                group.addTask {
                    // The moment of the kill is what is being varied.
                    try? await Task.sleep(for: delay)
                    process.signal(SIGKILL)
                    return nil
                }
            }
            defer { group.cancelAll() }
            while let next = try await group.next() {
                if let result = next { return Ended(job: job, result: result) }
            }
            throw CancellationError()
        }
    }

    private mutating func note(_ ended: Ended) {
        let result = ended.result
        guard result.signal == nil else {
            #expect(result.signal == SIGKILL && !result.timedOut, "\(result.summary)")
            kills += 1
            return
        }
        // A run that somebody else's death has interrupted fails, and says so.
        #expect(result.status == 0 || result.status == 1, "\(result.summary)")
        guard result.status == 0 else { return }
        switch ended.job.kind {
        case .ingest(let source): acknowledged[source] = written[source]
        case .update(let note): acknowledgedNotes[note] = attemptedNotes[note]
        case .other: break
        }
    }

    // MARK: Looking

    private static func readMeanwhile(_ ov: Installation) async throws {
        for source in 0..<sources {
            _ = try await generation(of: source, ov)
            let text = try await ov.succeed("read", "\(uri(source))/\(source).md")
            let generation = text.split(separator: " ").dropFirst(3).first.flatMap { Int($0) } ?? -1
            #expect(generation > 0 && text == Self.text(document: source, generation: generation))
        }
    }

    /// The generation that a listing shows; fails unless all documents are of one.
    private static func generation(of source: Int, _ ov: Installation) async throws -> Int {
        let entries = try await ov.json("ls", uri(source), "-r").array ?? []
        let sizes = Set(entries.compactMap { $0["size"]?.integer })
        try #require(entries.count == documents && sizes.count == 1, "half a revision: \(sizes)")
        return Int(sizes.first ?? 0) - size(ofGeneration: 0)
    }

    /// Whether everything that was acknowledged is there, and nothing that nobody asked for.
    func check(_ comment: Comment) async throws {
        try await ov.checkStore()
        for source in 0..<Self.sources {
            let generation = try await Self.generation(of: source, ov)
            #expect((acknowledged[source]...written[source]).contains(generation), comment)
        }
        for note in 0..<Self.notes {
            let watch = try await ov.watch(Self.note(note))
            let number = watch["reason"]?.string.flatMap { Int($0) } ?? 0
            #expect((acknowledgedNotes[note]...attemptedNotes[note]).contains(number), comment)
            #expect(watch["is_active"]?.bool == number.isMultiple(of: 2), comment)
        }
    }

    /// Whether the next process finds everything in order.
    func checkAftermath() async throws {
        let due = try await ov.run("task", "watch", "trigger", "--due", "--wait")
        #expect(due.status == 0, "\(due.summary)")
        for status in ["running", "pending", "cancelling"] {
            let left = try await ov.json("task", "list", "--status", status)
            #expect(left == .array([]), "\(left)")
        }
        for source in 0..<Self.sources {
            try await ov.succeed("task", "watch", "trigger", Self.uri(source), "--wait")
            #expect(try await Self.generation(of: source, ov) == written[source])
        }
        try await ov.checkStore()
    }
}
