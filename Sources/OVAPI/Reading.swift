// SPDX-License-Identifier: Apache-2.0

import OVCore

package struct ListOptions: Hashable, Sendable {
    /// Everything below, not only what lies directly there.
    package var recursive: Bool
    /// At most this many entries.
    package var nodeLimit: Int?
    /// At most this many levels below the folder.
    package var levelLimit: Int?
    /// Whether entries carry their abstract, for which each document is read.
    package var abstracts: Bool

    package init(recursive: Bool = false, nodeLimit: Int? = nil, levelLimit: Int? = nil, abstracts: Bool = false) {
        self.recursive = recursive
        self.nodeLimit = nodeLimit
        self.levelLimit = levelLimit
        self.abstracts = abstracts
    }
}

/// A folder or a document.
package struct Entry: Hashable, Sendable {
    package let uri: VikingURI
    package let name: String
    /// Bytes of the document, or of all documents below the folder.
    package let size: Int64
    package let isFolder: Bool
    /// How many documents lie below; one for a document.
    package let documents: Int
    /// When it last changed; nil for a folder of nothing.
    package let lastChanged: Timestamp?
    /// When its resource was last checked; nil for a folder above resources.
    package let lastChecked: Timestamp?
    /// Relative to the folder that was listed.
    package let relativePath: String
    package let mediaType: String?
    package var abstract: String

    package init(
        uri: VikingURI, name: String, size: Int64, isFolder: Bool, documents: Int, lastChanged: Timestamp?,
        lastChecked: Timestamp?, relativePath: String, mediaType: String?, abstract: String = ""
    ) {
        self.uri = uri
        self.name = name
        self.size = size
        self.isFolder = isFolder
        self.documents = documents
        self.lastChanged = lastChanged
        self.lastChecked = lastChecked
        self.relativePath = relativePath
        self.mediaType = mediaType
        self.abstract = abstract
    }
}

extension Entry: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uri", uri)
            json.member("name", name)
            json.member("size", Int(size))
            json.member("isDir", isFolder)
            json.member("modTime", orNull: lastChanged)
            json.member("rel_path", relativePath)
            json.member("abstract", abstract)
            json.member("documents", documents)
            json.member("media_type", orNull: mediaType)
            json.member("last_checked", orNull: lastChecked)
            json.member("last_changed", orNull: lastChanged)
        }
    }
}

package struct EntryList: Hashable, Sendable {
    package let entries: [Entry]
    /// Whether a limit cut the list short.
    package let hasMore: Bool

    package init(entries: [Entry], hasMore: Bool) {
        self.entries = entries
        self.hasMore = hasMore
    }
}

/// Which lines of a document: `offset` from zero, `limit` nil for all that follow.
package struct LineRange: Hashable, Sendable {
    package var offset: Int
    package var limit: Int?

    package static let all = LineRange(offset: 0, limit: nil)

    package init(offset: Int, limit: Int?) {
        self.offset = offset
        self.limit = limit
    }
}

/// What is wanted of a document.
package struct DocumentPart: Hashable, Sendable {
    /// Counted in the document, or in the section if there is one.
    package var range: LineRange
    /// The headings of a section, from any of them inwards: `Install > Linux`; all of the document when nil.
    package var section: String?
    /// About how much a model is to read at most; the text ends where a paragraph or at least a line does.
    package var maximumTokens: Int?
    /// An earlier revision; nil for the current one.
    package var revision: String?

    package init(
        range: LineRange = .all, section: String? = nil, maximumTokens: Int? = nil, revision: String? = nil
    ) {
        self.range = range
        self.section = section
        self.maximumTokens = maximumTokens
        self.revision = revision
    }

    /// - Throws: `INVALID_ARGUMENT` for numbers that mean nothing.
    package func check() throws(OVError) {
        try range.check()
        guard maximumTokens.map({ $0 > 0 }) ?? true else {
            throw .invalidField(["query", "max_tokens"], "max_tokens must be 1 or more", type: "value_error")
        }
    }
}

extension LineRange {
    /// - Throws: `INVALID_ARGUMENT` for a range that no document has.
    package func check() throws(OVError) {
        guard offset >= 0, limit.map({ $0 >= 0 }) ?? true else {
            throw .invalidField(["query", "offset"], "offset and limit must not be negative", type: "value_error")
        }
    }
}

/// Text of a document, with how fresh it is.
package struct DocumentText: Hashable, Sendable {
    package let uri: VikingURI
    package let text: String
    package let mediaType: String
    package let lastChecked: Timestamp?
    package let lastChanged: Timestamp?
    /// How many lines the document has in all.
    package let totalLines: Int
    /// The lines of the document that the text is, from 0; nil where it is none of them.
    package var lines: Range<Int>?
    /// The lines that were wanted too, from 0, where a bound cut the text short.
    package var rest: Range<Int>?
    /// About how many tokens the text is for a model.
    package var tokens: Int?
    /// The revision that it was read from, when that was asked for.
    package var revision: String?

    package init(
        uri: VikingURI, text: String, mediaType: String, lastChecked: Timestamp?, lastChanged: Timestamp?,
        totalLines: Int
    ) {
        self.uri = uri
        self.text = text
        self.mediaType = mediaType
        self.lastChecked = lastChecked
        self.lastChanged = lastChanged
        self.totalLines = totalLines
    }
}

/// The bytes of a document, with how fresh they are.
package struct DocumentBytes: Hashable, Sendable {
    package let uri: VikingURI
    package let bytes: [UInt8]
    package let mediaType: String
    package let digest: Digest
    package let lastChecked: Timestamp?
    package let lastChanged: Timestamp?

    package init(
        uri: VikingURI, bytes: [UInt8], mediaType: String, digest: Digest, lastChecked: Timestamp?,
        lastChanged: Timestamp?
    ) {
        self.uri = uri
        self.bytes = bytes
        self.mediaType = mediaType
        self.digest = digest
        self.lastChecked = lastChecked
        self.lastChanged = lastChanged
    }
}

package struct RemovalReceipt: Hashable, Sendable, JSONWritable {
    package let uri: VikingURI
    /// The roots that were removed.
    package let removed: [VikingURI]
    package let documents: Int
    /// Watches on them, suspended now.
    package let suspendedWatches: [TaskID]

    package init(uri: VikingURI, removed: [VikingURI], documents: Int, suspendedWatches: [TaskID]) {
        self.uri = uri
        self.removed = removed
        self.documents = documents
        self.suspendedWatches = suspendedWatches
    }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uri", uri)
            json.member("removed", removed)
            json.member("documents", documents)
            json.member("suspended_watches", suspendedWatches)
        }
    }
}
