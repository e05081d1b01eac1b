// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVAPI
import OVCore
import OVEngine
import OVSearch
import OVStore

/// What `compare-search.py` needs of a store, and the same figures for `ov`: `Benchmarks sections HOME FILE` writes its
/// sections and says how long indexing them takes; `Benchmarks queries HOME FILE` answers the queries of a file.
struct SearchComparison {
    private enum Order { case sections, queries }

    private let order: Order
    private let home: String
    private let file: String

    /// Nil for arguments that ask for something else.
    init?(_ arguments: [String]) {
        guard arguments.count == 3 else { return nil }
        switch arguments[0] {
        case "sections": order = .sections
        case "queries": order = .queries
        default: return nil
        }
        (home, file) = (arguments[1], arguments[2])
    }

    func run() async -> Int32 {
        do {
            switch order {
            case .sections: try await writeSections()
            case .queries: try await answerQueries()
            }
            return 0
        } catch {
            print("Benchmarks: \(error)")
            return 1
        }
    }

    // MARK: Sections

    private struct Text {
        let path: String
        let mediaType: String
        let bytes: [UInt8]
    }

    private func writeSections() async throws {
        let texts = try await texts()
        let (file, building) = try await timed { try index(texts) }
        let bytes = texts.reduce(0) { $0 + $1.bytes.count }
        var output: [UInt8] = []
        var sections = 0
        for segment in try MemoryIndex(file).segments() {
            for number in 0..<segment.sectionCount {
                let section = try segment.section(number)
                let text = texts[Int(segment.blobs[section.document])]
                let line = JSONValue.object([
                    ("path", .string(text.path)),
                    ("title", .string(try segment.title(ofDocument: section.document) ?? "")),
                    ("headings", .string(section.headings.joined(separator: " "))),
                    ("text", .string(String(decoding: text.bytes[section.bytes], as: UTF8.self))),
                ])
                output.append(contentsOf: JSONWriter.text(of: line).utf8)
                output.append(10)
                sections += 1
            }
        }
        try write(output)
        print("\(texts.count) documents, \(bytes) bytes, \(sections) sections")
        print("ov, one thread, in memory: \(building.seconds) s, \(file.count) bytes")
        removeIndexes()
        let engine = try await SeededStore.engine(home)
        let (_, making) = try await timed { _ = try await engine.find(FindQuery(text: "opening"), as: .local) }
        print("ov, reading the packs and writing the indexes on the threads it takes: \(making.seconds) s")
    }

    /// They are made again by the next search.
    private func removeIndexes() {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(home + "/packs/*.index", 0, nil, &found) == 0 else { return }
        for number in 0..<Int(found.gl_pathc) {
            if let path = found.gl_pathv[number] { unlink(path) }
        }
    }

    private func texts() async throws -> [Text] {
        let store = try await Store.open(
            home: home, clock: SystemClock(), random: SystemRandomSource(), limits: Limits(), role: "benchmark")
        let state = store.state
        var texts: [Text] = []
        for resource in state.resources.values {
            guard let revision = state.currentRevision(of: resource) else { continue }
            for document in try store.documents(of: revision).documents {
                let bytes = try store.quickBytes(of: document)
                guard String(validating: bytes, as: UTF8.self) != nil else { continue }
                texts.append(
                    Text(
                        path: resource.uri.appending(path: document.path).text, mediaType: document.mediaType,
                        bytes: bytes))
            }
        }
        return texts
    }

    private func index(_ texts: [Text]) throws -> [UInt8] {
        var (writer, builder) = (IndexFileWriter(), IndexBuilder())
        var file = writer.begin()
        for (number, text) in texts.enumerated() {
            builder.add(blob: UInt64(number), text: text.bytes, mediaType: text.mediaType)
            guard builder.isFull else { continue }
            file += writer.append(builder.finish())
            builder = IndexBuilder()
        }
        if !builder.isEmpty { file += writer.append(builder.finish()) }
        return file + writer.finish()
    }

    private func write(_ bytes: [UInt8]) throws {
        guard let stream = fopen(file, "w") else { throw BenchmarkFailure(description: "cannot write \(file)") }
        defer { fclose(stream) }
        guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else {
            throw BenchmarkFailure(description: "cannot write \(file)")
        }
    }

    // MARK: Queries

    private func answerQueries() async throws {
        let queries = try lines()
        let engine = try await SeededStore.engine(home)
        let (_, opening) = try await timed { _ = try await engine.find(FindQuery(text: "opening"), as: .local) }
        print("the first search: \(opening.milliseconds) ms")
        for round in 1...3 {
            var (times, found): ([Double], Int) = ([], 0)
            for query in queries {
                let (result, duration) = try await timed {
                    try await engine.find(FindQuery(text: query, limit: 10), as: .local)
                }
                times.append(duration.milliseconds)
                found += result.hits.count
            }
            times.sort()
            print(
                "round \(round): \(queries.count) queries, \(found) hits, p50 \(times.median) ms, "
                    + "p99 \(times[times.count * 99 / 100]) ms, worst \(times.last ?? 0) ms")
        }
    }

    private func lines() throws -> [String] {
        guard let stream = fopen(file, "r") else { throw BenchmarkFailure(description: "cannot read \(file)") }
        defer { fclose(stream) }
        var (bytes, buffer): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 1 << 16))
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 {
            bytes.append(contentsOf: buffer[..<count])
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
