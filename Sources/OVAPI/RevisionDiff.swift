// SPDX-License-Identifier: Apache-2.0

import OVCore

package struct DiffQuery: Hashable, Sendable {
    /// How much is said of each document.
    package enum Format: String, Hashable, Sendable, CaseIterable {
        case names, stat, unified, sections
    }

    /// A resource, or something in one.
    package var uri: String
    /// The earlier revision; nil for the one before `to`.
    package var from: String?
    /// The later revision; nil for the current one.
    package var to: String?
    package var format: Format

    package init(uri: String, from: String? = nil, to: String? = nil, format: Format = .stat) {
        self.uri = uri
        self.from = from
        self.to = to
        self.format = format
    }
}

/// What differs between two revisions, in the order of the addresses.
package struct RevisionDiff: Hashable, Sendable {
    package let uri: VikingURI
    /// Nil for nothing: the first revision has none before it.
    package let from: String?
    package let to: String
    package let format: DiffQuery.Format
    package let documents: [DocumentDiff]
    /// False when there was more than is looked at in one answer; what is left out has only its name.
    package let isComplete: Bool

    package init(
        uri: VikingURI, from: String?, to: String, format: DiffQuery.Format, documents: [DocumentDiff],
        isComplete: Bool
    ) {
        self.uri = uri
        self.from = from
        self.to = to
        self.format = format
        self.documents = documents
        self.isComplete = isComplete
    }

    package func count(of kind: DocumentDiff.Kind) -> Int { documents.count { $0.kind == kind } }
}

/// What differs in a document. What the format did not ask for is nil.
package struct DocumentDiff: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case added, changed, removed, moved
    }

    package let uri: VikingURI
    package let kind: Kind
    /// Where a moved one was.
    package let movedFrom: VikingURI?
    /// Bytes before and after.
    package let oldSize: Int64?
    package let newSize: Int64?
    /// Lines that came and went; nil for what is not text.
    package var addedLines: Int?
    package var removedLines: Int?
    /// False when a shorter way to say it may exist: the texts were too different to look for one.
    package var isShortest = true
    /// As `diff -u` has it.
    package var unified: String?
    package var sections: [SectionChange]?

    package init(uri: VikingURI, kind: Kind, movedFrom: VikingURI?, oldSize: Int64?, newSize: Int64?) {
        self.uri = uri
        self.kind = kind
        self.movedFrom = movedFrom
        self.oldSize = oldSize
        self.newSize = newSize
    }
}

extension DocumentDiff: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uri", uri)
            json.member("change", kind.rawValue)
            json.member("moved_from", ifAny: movedFrom)
            json.member("old_size", ifAny: oldSize.map { Int($0) })
            json.member("new_size", ifAny: newSize.map { Int($0) })
            json.member("added_lines", ifAny: addedLines)
            json.member("removed_lines", ifAny: removedLines)
            if !isShortest { json.member("is_shortest", false) }
            json.member("unified", ifAny: unified)
            if let sections { json.member("sections", sections) }
        }
    }
}

extension RevisionDiff: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uri", uri)
            json.member("from", orNull: from)
            json.member("to", to)
            json.member("format", format.rawValue)
            for kind in DocumentDiff.Kind.allCases { json.member(data: kind.rawValue, count(of: kind)) }
            json.member("documents", documents)
            json.member("is_complete", isComplete)
        }
    }
}
