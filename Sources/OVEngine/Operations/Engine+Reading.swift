// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVIngest
import OVSearch
import OVStore

extension Engine {
    package func read(_ uri: String, _ part: DocumentPart, as caller: Caller) async throws(OVError) -> DocumentText {
        try part.check()
        let reference = try part.revision.map { text throws(OVError) in
            try RevisionReference(parsing: text, field: ["query", "revision"])
        }
        return try await reading { state throws(OVError) in
            let found = try self.document(uri, of: reference, in: state, as: caller)
            let (excerpt, total) = try self.excerpt(part, of: found)
            var answer = DocumentText(found, text: excerpt.text, totalLines: total)
            answer.lines = excerpt.lines
            answer.rest = excerpt.rest.isEmpty ? nil : excerpt.rest
            answer.tokens = excerpt.tokens
            answer.revision = found.revision?.name
            return answer
        }
    }

    private func excerpt(_ part: DocumentPart, of found: FoundDocument) throws(OVError) -> (TextExcerpt, lines: Int) {
        if let lines = part.lines, MediaType.isText(found.document.mediaType),
            let stored = try store.lines(lines, of: found.document, room: part.maximumBytes),
            let excerpt = part.excerpt(of: stored)
        {
            return (excerpt, stored.lineCount)
        }
        guard let text = try text(of: found) else {
            throw OVError(
                .failedPrecondition, "\(found.uri) is not text (\(found.document.mediaType))",
                hint: "get its bytes: `ov get \(found.uri) PATH`")
        }
        return try part.excerpt(of: text, mediaType: found.document.mediaType, uri: found.uri)
    }

    package func abstract(of uri: String, as caller: Caller) async throws(OVError) -> DocumentText {
        try await describe(uri, as: caller) { outline, _ in
            outline.abstract()
        } folder: { entry in
            entry.abstract.isEmpty ? entry.relativePath : "\(entry.relativePath): \(entry.abstract)"
        }
    }

    package func overview(of uri: String, as caller: Caller) async throws(OVError) -> DocumentText {
        try await describe(uri, as: caller) { outline, found in
            let overview = outline.overview()
            return overview.isEmpty ? "\(found.uri.name) (\(found.document.size) bytes, no headings)" : overview
        } folder: { entry in
            let count = entry.documents == 1 ? "1 document" : "\(entry.documents) documents"
            let size = entry.isFolder ? "\(count), \(entry.size) bytes" : "\(entry.size) bytes"
            let name = entry.isFolder ? entry.relativePath + "/" : entry.relativePath
            return "\(name) (\(size))\(entry.abstract.isEmpty ? "" : ": ")\(entry.abstract)"
        }
    }

    /// What can be said of an address without showing all of it: of a document by its outline, of a folder by a line
    /// for each entry.
    private func describe(
        _ uri: String, as caller: Caller, document: @escaping @Sendable (DocumentOutline, FoundDocument) -> String,
        folder: @escaping @Sendable (Entry) -> String
    ) async throws(OVError) -> DocumentText {
        let entry = try await stat(uri, as: caller)
        guard entry.isFolder else {
            return try await reading { state throws(OVError) in
                let found = try self.document(uri, in: state, as: caller)
                let text = try self.text(of: found)
                let words = text.map {
                    document(DocumentOutline(of: $0, mediaType: found.document.mediaType), found)
                }
                return DocumentText(
                    found, text: words ?? "\(found.document.mediaType), \(found.document.size) bytes",
                    totalLines: text.map { LineText($0).lines.count } ?? 0)
            }
        }
        let list = try await entries(
            of: uri, ListOptions(nodeLimit: Self.describedEntries, abstracts: true), as: caller)
        let lines = list.entries.map(folder) + (list.hasMore ? ["…"] : [])
        return DocumentText(
            uri: entry.uri, text: lines.joined(separator: "\n"), mediaType: "text/plain",
            lastChecked: entry.lastChecked, lastChanged: entry.lastChanged, totalLines: lines.count)
    }

    /// How many entries of a folder are described.
    private static let describedEntries = 200

    package func download(_ uri: String, as caller: Caller) async throws(OVError) -> DocumentBytes {
        try await reading { state throws(OVError) in
            let found = try self.document(uri, in: state, as: caller)
            return DocumentBytes(
                uri: found.uri, bytes: try self.store.bytes(of: found.document), mediaType: found.document.mediaType,
                digest: found.document.digest, lastChecked: found.lastChecked, lastChanged: found.document.changedAt)
        }
    }

    /// The text of a document; nil for one that is none.
    func text(of found: FoundDocument) throws(OVError) -> String? {
        guard MediaType.isText(found.document.mediaType) else { return nil }
        return String(validating: try store.bytes(of: found.document), as: UTF8.self)
    }
}

extension DocumentText {
    fileprivate init(_ found: FoundDocument, text: String, totalLines: Int) {
        self.init(
            uri: found.uri, text: text, mediaType: found.document.mediaType, lastChecked: found.lastChecked,
            lastChanged: found.document.changedAt, totalLines: totalLines)
    }
}
