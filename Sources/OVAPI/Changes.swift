// SPDX-License-Identifier: Apache-2.0

import OVCore

package struct ChangeQuery: Hashable, Sendable {
    package static let limits = 1...1000
    package static let defaultLimit = 100

    /// From which cursor on; nil for nothing but the cursor of now.
    package var since: String?
    /// Only at or below this address.
    package var uri: String?
    package var limit: Int
    /// Somebody whose place the store keeps: it stands for the cursor, unless `since` says another.
    package var reader: String?

    package init(since: String? = nil, uri: String? = nil, limit: Int = defaultLimit, reader: String? = nil) {
        self.since = since
        self.uri = uri
        self.limit = limit
        self.reader = reader
    }
}

/// A document that has changed, in its newest state.
package struct DocumentChange: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case added, changed, removed
    }

    package let uri: VikingURI
    package let kind: Kind
    /// The revision of its resource that is current; nil when the resource is gone.
    package let revision: String?
    /// When it changed, or was removed.
    package let at: Timestamp
    /// Nil for one that is gone, and for one without.
    package var title: String?
    /// Of a changed one, what is different from the state that `comparedWith` names.
    package var sections: [SectionChange]
    /// The revision that the reader knew, where it is still kept and the document was in it.
    package var comparedWith: String?
    /// Where a document with these bytes was that is gone now: it was moved, or renamed.
    package var movedFrom: VikingURI?

    package init(
        uri: VikingURI, kind: Kind, revision: String?, at: Timestamp, title: String? = nil,
        sections: [SectionChange] = [], comparedWith: String? = nil, movedFrom: VikingURI? = nil
    ) {
        self.uri = uri
        self.kind = kind
        self.revision = revision
        self.at = at
        self.title = title
        self.sections = sections
        self.comparedWith = comparedWith
        self.movedFrom = movedFrom
    }
}

/// A part of a document that has changed, under its heading.
package struct SectionChange: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case added, changed, removed, moved
    }

    /// From the outermost heading inwards; empty for what stands above all headings.
    package let headingPath: [String]
    package let kind: Kind
    /// How many lines it has, or had.
    package let lines: Int
    /// Its first line, from 1; of a removed one, where that was.
    package let firstLine: Int
    /// The headings that a moved one was under, where they were others.
    package let movedFrom: [String]?
    /// How many lines of a changed one came, and how many went.
    package let addedLines: Int
    package let removedLines: Int

    package init(
        headingPath: [String], kind: Kind, lines: Int, firstLine: Int = 1, movedFrom: [String]? = nil,
        addedLines: Int = 0, removedLines: Int = 0
    ) {
        self.headingPath = headingPath
        self.kind = kind
        self.lines = lines
        self.firstLine = firstLine
        self.movedFrom = movedFrom
        self.addedLines = addedLines
        self.removedLines = removedLines
    }
}

/// A part of the feed of changes, the oldest change first, each document once.
package struct ChangePage: Hashable, Sendable {
    package let items: [DocumentChange]
    /// Where to go on, now or later.
    package let nextCursor: String
    /// Whether there is more at once.
    package let hasMore: Bool

    package init(items: [DocumentChange], nextCursor: String, hasMore: Bool) {
        self.items = items
        self.nextCursor = nextCursor
        self.hasMore = hasMore
    }
}

extension SectionChange: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("heading_path", headingPath)
            json.member("change", kind.rawValue)
            json.member("lines", lines)
            json.member("first_line", firstLine)
            if let movedFrom { json.member("moved_from", movedFrom) }
            if kind == .changed {
                json.member("added_lines", addedLines)
                json.member("removed_lines", removedLines)
            }
        }
    }
}

extension DocumentChange: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uri", uri)
            json.member("change", kind.rawValue)
            json.member("revision", orNull: revision)
            json.member("at", at)
            json.member("title", orNull: title)
            json.member("sections", sections)
            json.member("compared_with", ifAny: comparedWith)
            json.member("moved_from", ifAny: movedFrom)
        }
    }
}

extension ChangePage: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("items", items)
            json.member("next_cursor", nextCursor)
            json.member("has_more", hasMore)
        }
    }
}
