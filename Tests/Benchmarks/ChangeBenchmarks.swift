// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVAPI
import OVCore
import OVEngine
import OVSystem
import OVTestSupport

extension Benchmark {
    static let changes = Benchmark(
        name: "changes", summary: "what changed: 10 of 10,000 documents, and 1000 of them"
    ) { report in
        let folder = try TemporaryFolder()
        var corpus = TextCorpus(seed: 3)
        _ = try corpus.fill(folder, "tree", files: 10_000)
        let product = try Product(home: folder.path("home"))
        func ingest() async throws {
            _ = try await product.run("ingest", folder.path("tree"), "--to", "viking://resources/tree", "-q")
        }
        try await ingest()
        let engine = try await SeededStore.engine(folder.path("home"))
        for (round, count) in [10, 1000].enumerated() {
            let cursor = try await engine.changes(ChangeQuery(), as: .local).nextCursor
            for number in 0..<count {
                try folder.append("tree/part-\(number / 10)/note-\(number * 10).md", "\n# Round \(round)\n")
            }
            sync()
            try await ingest()
            try await measure(report, engine, "\(count) of 10,000", since: cursor)
        }
        let cursor = try await engine.changes(ChangeQuery(), as: .local).nextCursor
        report.figure(
            "changes, nothing new", try await milliseconds(ChangeQuery(since: cursor), engine), "ms", target: "O(1)")
        let whole = try await product.run("changes", "--since", cursor, "-o", "json", "-q")
        report.figure("ov changes, the whole process", whole.duration.milliseconds, "ms")
    }

    private static func measure(_ report: Report, _ engine: Engine, _ label: String, since cursor: String)
        async throws
    {
        report.figure(
            "\(label): changes", try await milliseconds(ChangeQuery(since: cursor, limit: 1000), engine), "ms")
        for format in DiffQuery.Format.allCases {
            var times: [Double] = []
            for _ in 0..<5 {
                let query = DiffQuery(uri: "viking://resources/tree", format: format)
                times.append(try await timed { try await engine.diff(query, as: .local) }.duration.milliseconds)
            }
            report.figure("\(label): diff, \(format)", times.median, "ms")
        }
    }

    private static func milliseconds(_ query: ChangeQuery, _ engine: Engine) async throws -> Double {
        var times: [Double] = []
        for _ in 0..<5 {
            times.append(try await timed { try await engine.changes(query, as: .local) }.duration.milliseconds)
        }
        return times.median
    }
}
