// SPDX-License-Identifier: Apache-2.0

import OVCore

package struct FindQuery: Hashable, Sendable {
    package var text: String
    /// Folders, resources or documents to look in; none for everything that the caller may read.
    package var targets: [String]
    /// How many hits at most, 1 to `maximumLimit`.
    package var limit: Int

    package static let maximumLimit = 1000

    package init(text: String, targets: [String] = [], limit: Int = 10) {
        self.text = text
        self.targets = targets
        self.limit = limit
    }
}

extension FindQuery {
    /// - Throws: `INVALID_ARGUMENT` for a limit that makes no sense.
    package func check() throws(OVError) {
        guard limit > 0, limit <= Self.maximumLimit else {
            throw .invalidField(["body", "limit"], "limit must be 1 to \(Self.maximumLimit)", type: "value_error")
        }
    }
}

/// A passage that was found: a section of a document, or a piece of a long one.
package struct SearchHit: Hashable, Sendable {
    package let uri: VikingURI
    /// Of the document; its name where it has none.
    package let title: String
    /// From the top of the document down to the section.
    package let headings: [String]
    /// Of the passage, from 1.
    package let lines: ClosedRange<Int>
    /// Bytes of the passage.
    package let size: Int
    /// The line that shows best why.
    package let line: Int
    /// What stands there, the words that were looked for between `**`.
    package let snippet: String
    /// The first paragraph of the passage.
    package let abstract: String
    package let score: Double
    package let mediaType: String
    package let lastChecked: Timestamp?
    package let lastChanged: Timestamp

    package init(
        uri: VikingURI, title: String, headings: [String], lines: ClosedRange<Int>, size: Int, line: Int,
        snippet: String, abstract: String, score: Double, mediaType: String, lastChecked: Timestamp?,
        lastChanged: Timestamp
    ) {
        self.uri = uri
        self.title = title
        self.headings = headings
        self.lines = lines
        self.size = size
        self.line = line
        self.snippet = snippet
        self.abstract = abstract
        self.score = score
        self.mediaType = mediaType
        self.lastChecked = lastChecked
        self.lastChanged = lastChanged
    }
}

extension SearchHit: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uri", uri)
            json.member("score", score)
            json.member("title", title)
            json.member("heading_path", headings)
            json.member("line", line)
            json.member("start_line", lines.lowerBound)
            json.member("end_line", lines.upperBound)
            json.member("size", size)
            json.member("snippet", snippet)
            json.member("abstract", abstract)
            json.member("media_type", mediaType)
            json.member("context_type", "resource")
            json.member("last_checked", orNull: lastChecked)
            json.member("last_changed", lastChanged)
        }
    }
}

/// A part of a query that nothing has, or that stands in the way of the others.
package struct MissedPart: Hashable, Sendable, JSONWritable {
    /// As it was written.
    package let text: String
    /// `absent`: nothing has it. `combination`: nothing has it together with the rest. `filter`: no document is left.
    package let reason: String
    /// Words that there are and that look alike, nearest first.
    package let near: [String]

    package init(text: String, reason: String, near: [String]) {
        self.text = text
        self.reason = reason
        self.near = near
    }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("text", text)
            json.member("reason", reason)
            json.member("near", near)
        }
    }
}

extension MissedPart {
    /// What of a query nothing has, in words.
    package var words: String {
        switch reason {
        case "filter": return "no document passes \(text)"
        case "combination": return "nothing has \(text) together with the rest"
        default:
            let hint = near.isEmpty ? "" : "; near it: \(near.joined(separator: ", "))"
            return "nothing has \(text)\(hint)"
        }
    }
}

package struct FindResult: Hashable, Sendable, JSONWritable {
    /// Best first.
    package let hits: [SearchHit]
    package let missed: [MissedPart]

    package init(hits: [SearchHit], missed: [MissedPart] = []) {
        self.hits = hits
        self.missed = missed
    }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("resources", hits)
            // Clients of the OpenViking interface look for them.
            json.member("memories", [String]())
            json.member("skills", [String]())
            json.member("total", hits.count)
            json.member("missed", missed)
        }
    }
}
