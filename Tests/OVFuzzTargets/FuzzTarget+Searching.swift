// SPDX-License-Identifier: Apache-2.0

import OVCore

@testable import OVIngest
@testable import OVSearch

extension FuzzTarget {
    static let searching = [
        FuzzTarget("regex", maximumLength: 1 << 10) { bytes in
            // The first byte chooses options, the first line is the pattern.
            let (choice, rest) = split(bytes)
            let (line, text) = splitLine(rest)
            let options = LinePattern.Options(
                ignoresCase: choice & 1 != 0, wholeWords: choice & 2 != 0, isFixed: choice & 4 != 0)
            guard let pattern = try? LinePattern(String(decoding: line, as: UTF8.self), options) else { return }
            let found = lines(of: pattern, in: text)
            try check(found == simulated(pattern, text), "the two automata differ")
        },
        FuzzTarget("query", maximumLength: 1 << 10) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            guard let query = try? SearchQuery(parsing: text), let index = sampleIndex else { return }
            let hits = try search(query, index)
            try check(hits <= 20, "\(hits) hits where 20 are wanted")
            let snippet = Snippet(of: Array(sampleTexts[0].utf8), for: query)
            try check(snippet.line >= 0 && snippet.text.utf8.count <= 2048, "a snippet of that length")
        },
        FuzzTarget("index", seed: [0] + sampleSegment) { bytes in
            // A segment; what is around it is made to fit.
            let (choice, segment) = split(bytes)
            var file = segment
            if choice & 1 == 0 {
                var writer = IndexFileWriter()
                file = writer.begin() + writer.append(segment) + writer.finish()
            }
            guard let index = try? MemoryIndex(file), let query = sampleQuery else { return }
            do { _ = try search(query, index) } catch is IndexFault { return }
        },
        FuzzTarget("words") { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            var builder = IndexBuilder()
            builder.add(blob: 0, text: Array(text.utf8), mediaType: "text/markdown")
            var writer = IndexFileWriter()
            let file = writer.begin() + writer.append(builder.finish()) + writer.finish()
            try check(file.count <= 64 * bytes.count + 4096, "an index of \(file.count) bytes")
            let index = try MemoryIndex(file)
            if let query = try? SearchQuery(parsing: String(text.prefix(200))) { _ = try search(query, index) }
        },
        FuzzTarget("glob", maximumLength: 512) { bytes in
            // The first line is the pattern, the rest a path.
            let (line, path) = splitLine(bytes)
            let pattern = String(decoding: line, as: UTF8.self)
            let text = String(decoding: path, as: UTF8.self)
            let valid = Array(text.utf8)
            guard let glob = try? GlobPattern(pattern) else { return }
            let matches = glob.matches(text)
            let quick = try PathPattern(pattern, matchesNames: !valid.contains(UInt8(ascii: "/")))
            try check(quick.matches(valid[...]) == matches, "the quick answer is not the one of the pattern")
        },
        FuzzTarget("gitignore", maximumLength: 2 << 10) { bytes in
            // The first line is a path, the rest the file.
            let (path, file) = splitLine(bytes)
            let rules = IgnoreRules(parsing: file)
            let name = path.split(separator: UInt8(ascii: "/")).last ?? []
            _ = rules.decision(path: path[...], name: name, isFolder: false)
            let isIgnored = rules.decision(path: path[...], name: name, isFolder: true)
            if rules.isEmpty { try check(isIgnored == nil, "no rule decides") }
        },
    ]

    // MARK: Regular expressions

    private static func lines(of pattern: LinePattern, in text: [UInt8]) -> [Range<Int>] {
        var (scanner, found, start) = (pattern.scanner(), [Range<Int>](), 0)
        scanner.begin(text)
        text.withUnsafeBufferPointer { buffer in
            while start < text.count, let line = scanner.nextLine(in: buffer, from: start) {
                found.append(line)
                start = line.upperBound + 1
            }
        }
        return found
    }

    private static func simulated(_ pattern: LinePattern, _ text: [UInt8]) -> [Range<Int>] {
        var (automaton, found, start) = (SimulatedAutomaton(pattern.program), [Range<Int>](), 0)
        text.withUnsafeBufferPointer { buffer in
            while start < text.count {
                let end = text[start...].firstIndex(of: 10) ?? text.count
                if automaton.matches(buffer, start..<end) { found.append(start..<end) }
                start = end + 1
            }
        }
        return found
    }

    // MARK: Indexes

    private static let sampleTexts = [
        "# Installing\n\nRun the installer, then configure the *server* and the client.\n\n## Configuration\n\nThe file "
            + "config.json has a port and a host name.\n",
        "# Reference\n\nServer options: port, host, timeout. Ωmega and ünïcode words, 東京の天気, getHTTPResponse.\n",
    ]
    private static let sampleQuery = try? SearchQuery(
        parsing: "server \"host name\" conf* -missing title:installing port timeout")
    private static let sampleIndex = try? MemoryIndex(sampleFile)

    private static var sampleFile: [UInt8] {
        var writer = IndexFileWriter()
        return writer.begin() + writer.append(sampleSegment) + writer.finish()
    }

    private static var sampleSegment: [UInt8] {
        var builder = IndexBuilder()
        for (number, text) in sampleTexts.enumerated() {
            builder.add(blob: UInt64(number), text: Array(text.utf8), mediaType: "text/markdown")
        }
        return builder.finish()
    }

    private static func search(_ query: SearchQuery, _ index: MemoryIndex) throws -> Int {
        let targets = try index.segments().map { segment in
            let count = min(segment.blobs.count, 1000)
            return SearchTarget(
                segment, documents: (0..<segment.blobs.count).map { $0 < count ? Int32($0) : -1 },
                paths: PathTable(paths: (0..<count).map { "folder/config-\($0).md" }))
        }
        let hits = try Searcher(query, in: targets).hits(limit: 20)
        for hit in hits {
            _ = try targets[hit.target].segment.section(hit.section)
            _ = try targets[hit.target].segment.title(ofDocument: hit.document)
        }
        return hits.count
    }
}
