// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVSearch
import OVStore
import Synchronization

/// One search for lines: documents go to all threads in batches, and what they give comes back in order.
struct GrepRun: Sendable {
    struct Documents: Sendable {
        var searched: [(uri: VikingURI, document: StoredDocument)] = []
        var skipped = 0
        /// How many are known to have no match without having been read.
        var ruledOut = 0
    }

    let query: GrepQuery
    let pattern: LinePattern
    let documents: Documents
    let store: Store

    /// How much text one batch has, about.
    private static let batchBytes: Int64 = 1 << 20
    /// Bytes of lines that one batch may hold.
    private static let maximumOutput = 64 << 20

    private struct Batch: Sendable {
        var files: [GrepFile] = []
        var scanned = 0
    }

    func run(threads: Int, _ receive: @escaping @Sendable (GrepFile) async throws -> Void)
        async throws -> GrepSummary
    {
        var summary = GrepSummary()
        summary.documentsSkipped = documents.skipped
        summary.documentsScanned = documents.ruledOut
        guard query.limit != 0 else { return summary }
        let batches = batches()
        let scanners = ScannerStock(pattern: pattern)
        try await withThrowingTaskGroup(of: (Int, Batch).self) { group in
            var (waiting, next): ([Int: Batch], Int) = ([:], 0)
            var rest = Array(batches.enumerated())[...]
            for (number, range) in rest.prefix(threads * 2) {
                group.addTask { (number, try self.search(range, scanners)) }
            }
            rest = rest.dropFirst(threads * 2)
            while let (number, batch) = try await group.next() {
                waiting[number] = batch
                while let batch = waiting.removeValue(forKey: next) {
                    next += 1
                    summary.documentsScanned += batch.scanned
                    for file in batch.files {
                        guard try await pass(on: file, &summary, receive) else {
                            group.cancelAll()
                            return
                        }
                    }
                    guard let (number, range) = rest.popFirst() else { continue }
                    group.addTask { (number, try self.search(range, scanners)) }
                }
            }
        }
        return summary
    }

    /// - Returns: whether there is room for more.
    private func pass(
        on file: GrepFile, _ summary: inout GrepSummary, _ receive: @Sendable (GrepFile) async throws -> Void
    ) async throws -> Bool {
        let room = query.limit.map { $0 - summary.count } ?? Int.max
        guard room > 0 else {
            summary.hasMore = true
            return false
        }
        guard file.count > room, !query.countsOnly else {
            summary.count += file.count
            try await receive(file)
            return true
        }
        summary.count += room
        summary.hasMore = true
        var (left, lines): (Int, [GrepFile.Line]) = (room, [])
        for line in file.lines {
            if line.isMatch {
                guard left > 0 else { break }
                left -= 1
            }
            lines.append(line)
        }
        try await receive(GrepFile(uri: file.uri, lines: lines, count: room))
        return false
    }

    private func batches() -> [Range<Int>] {
        var (batches, start, bytes): ([Range<Int>], Int, Int64) = ([], 0, 0)
        for (number, searched) in documents.searched.enumerated() {
            bytes += searched.document.size
            guard bytes >= Self.batchBytes else { continue }
            batches.append(start..<number + 1)
            (start, bytes) = (number + 1, 0)
        }
        if start < documents.searched.count { batches.append(start..<documents.searched.count) }
        return batches
    }

    private func search(_ range: Range<Int>, _ scanners: ScannerStock) throws -> Batch {
        var scanner = scanners.take()
        var options = LineSearch.Options()
        options.isInverted = query.isInverted
        options.before = query.before
        options.after = query.after
        options.countsOnly = query.countsOnly
        let limit = query.limit.map { $0 + 1 }
        options.maximum = [query.perDocument, query.countsOnly ? nil : limit].compactMap(\.self).min()
        let search = LineSearch(options)
        var (batch, output, pack) = (Batch(), 0, OpenPack())
        for (uri, document) in documents.searched[range] {
            try Task.checkCancellation()
            let text = try store.quickBytes(of: document, keeping: &pack)
            let result = search.run(text, with: &scanner)
            guard !scanner.isExhausted else { throw tooExpensive }
            batch.scanned += 1
            guard result.count > 0 else { continue }
            output += result.lines.reduce(0) { $0 + $1.text.utf8.count }
            guard output <= Self.maximumOutput else { throw tooMuch }
            batch.files.append(
                GrepFile(
                    uri: uri,
                    lines: result.lines.map { .init(number: $0.number, text: $0.text, isMatch: $0.isMatch) },
                    count: result.count))
        }
        scanners.give(back: scanner)
        return batch
    }

    private var tooExpensive: OVError {
        OVError(
            .resourceExhausted, "the pattern has too many possibilities at once for this much text",
            hint: "repeat less in it, name classes more narrowly, or search in a smaller part")
    }

    private var tooMuch: OVError {
        OVError(
            .resourceExhausted, "the lines found are too many to hold",
            hint: "search in a smaller part, or count them only")
    }
}

/// Scanners that have learned something of the pattern, for whichever thread comes next.
private final class ScannerStock: Sendable {
    private let pattern: LinePattern
    private let idle = Mutex<[LineScanner]>([])

    init(pattern: LinePattern) { self.pattern = pattern }

    func take() -> LineScanner { idle.withLock { $0.popLast() } ?? pattern.scanner() }
    func give(back scanner: LineScanner) { idle.withLock { $0.append(scanner) } }
}
