// SPDX-License-Identifier: Apache-2.0

import OVCore

package struct GrepQuery: Hashable, Sendable {
    /// A regular expression in the syntax of ripgrep, or text.
    package var pattern: String
    /// A folder, resource or document.
    package var uri: String
    package var ignoresCase = false
    package var wholeWords = false
    package var isFixed = false
    package var isInverted = false
    /// Lines around each match.
    package var before = 0
    package var after = 0
    /// At most so many matches in a document.
    package var perDocument: Int?
    /// At most so many matches in all.
    package var limit: Int?
    /// Whether lines are wanted, or only how many match.
    package var countsOnly = false
    /// Globs over paths relative to `uri`.
    package var include: [String] = []
    package var exclude: [String] = []
    /// What lies there is left out.
    package var excludedURI: String?
    /// How many levels below `uri`.
    package var levelLimit: Int?

    package static let maximumContext = 1000

    package init(pattern: String, uri: String) {
        self.pattern = pattern
        self.uri = uri
    }
}

extension GrepQuery {
    /// - Throws: `INVALID_ARGUMENT` for numbers that make no sense.
    package func check() throws(OVError) {
        let counts: [(String, Int?)] = [
            ("before_context", before), ("after_context", after), ("node_limit", limit), ("max_count", perDocument),
            ("level_limit", levelLimit),
        ]
        for (name, value) in counts {
            guard let value, value < 0 else { continue }
            throw .invalidField(["body", name], "\(name) must not be negative", type: "greater_than_equal")
        }
        guard max(before, after) <= Self.maximumContext else {
            throw .invalidField(
                ["body", "before_context"], "at most \(Self.maximumContext) lines of context", type: "less_than_equal")
        }
    }
}

/// The lines of a document that match, with those around them.
package struct GrepFile: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        /// From 1.
        package let number: Int
        package let text: String
        /// Whether it matches, or only stands around one that does.
        package let isMatch: Bool

        package init(number: Int, text: String, isMatch: Bool) {
            self.number = number
            self.text = text
            self.isMatch = isMatch
        }
    }

    package let uri: VikingURI
    package let lines: [Line]
    /// How many lines match.
    package let count: Int

    package init(uri: VikingURI, lines: [Line], count: Int) {
        self.uri = uri
        self.lines = lines
        self.count = count
    }
}

package struct GrepSummary: Hashable, Sendable {
    /// How many lines match in what was searched.
    package var count = 0
    package var documentsScanned = 0
    /// How many documents were passed over because they are no text.
    package var documentsSkipped = 0
    /// Whether the limit ended it before everything was searched.
    package var hasMore = false

    package init() {}
}

/// Everything that a search for lines found.
package struct GrepResult: Hashable, Sendable, JSONWritable {
    package var files: [GrepFile]
    package var summary: GrepSummary

    package init(files: [GrepFile], summary: GrepSummary) {
        self.files = files
        self.summary = summary
    }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.name("matches")
            json.array { json in
                for file in files {
                    for index in file.lines.indices where file.lines[index].isMatch {
                        write(file, index, to: &json)
                    }
                }
            }
            json.member("count", summary.count)
            json.member("match_count", summary.count)
            json.member("files_scanned", summary.documentsScanned)
            json.member("files_skipped", summary.documentsSkipped)
            json.member("has_more", summary.hasMore)
            json.member("files", files.map(WrittenCount.init))
        }
    }

    private func write(_ file: GrepFile, _ index: Int, to json: inout JSONWriter) {
        json.object { json in
            json.member("uri", file.uri)
            json.member("line", file.lines[index].number)
            json.member("content", file.lines[index].text)
            let before = Self.around(file.lines[..<index].reversed(), file.lines[index].number, -1)
            let after = Self.around(file.lines[(index + 1)...], file.lines[index].number, 1)
            if !before.isEmpty { json.member("before", Array(before.reversed())) }
            if !after.isEmpty { json.member("after", after) }
        }
    }

    /// The lines that follow one another from a match on, to the next match.
    private static func around(_ lines: some Sequence<GrepFile.Line>, _ number: Int, _ step: Int) -> [String] {
        var (texts, next): ([String], Int) = ([], number + step)
        for line in lines {
            guard !line.isMatch, line.number == next else { break }
            texts.append(line.text)
            next += step
        }
        return texts
    }

    private struct WrittenCount: JSONWritable {
        let uri: VikingURI
        let count: Int

        init(_ file: GrepFile) { (uri, count) = (file.uri, file.count) }

        func write(to json: inout JSONWriter) {
            json.object { json in
                json.member("uri", uri)
                json.member("count", count)
            }
        }
    }
}

/// The documents whose path a pattern fits.
package struct GlobResult: Hashable, Sendable, JSONWritable {
    package let entries: [Entry]
    package let hasMore: Bool

    package init(entries: [Entry], hasMore: Bool) {
        self.entries = entries
        self.hasMore = hasMore
    }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("matches", entries.map(\.uri))
            json.member("count", entries.count)
            json.member("has_more", hasMore)
            json.member("entries", entries)
        }
    }
}
