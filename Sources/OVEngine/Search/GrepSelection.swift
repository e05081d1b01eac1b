// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVIngest
import OVStore

/// Which documents a search for lines looks into.
struct GrepSelection {
    private let base: VikingURI
    private let excluded: VikingURI?
    private let levels: Int?
    private let include: [PathSelection]
    private let exclude: [PathSelection]

    /// - Throws: `INVALID_URI`, `INVALID_ARGUMENT` for a glob that is none.
    init(_ query: GrepQuery, as caller: Caller) throws(OVError) {
        base = try VikingURI(parsing: query.uri, user: caller.user)
        if let uri = query.excludedURI {
            excluded = try VikingURI(parsing: uri, user: caller.user)
        } else {
            excluded = nil
        }
        levels = query.levelLimit
        var (include, exclude): ([PathSelection], [PathSelection]) = ([], [])
        for glob in query.include { include.append(try PathSelection(glob)) }
        for glob in query.exclude { exclude.append(try PathSelection(glob)) }
        (self.include, self.exclude) = (include, exclude)
    }

    /// Whether it takes every document there is, wherever it lies.
    private var isOpen: Bool { excluded == nil && levels == nil && include.isEmpty && exclude.isEmpty }

    private func takes(_ uri: VikingURI, _ documentPath: String) -> Bool {
        if let excluded, uri.isWithin(excluded) { return false }
        let path = uri.relativePath(to: base) ?? documentPath
        let shown = path.isEmpty ? uri.name : path
        if let levels, shown.utf8.count(where: { $0 == 47 }) >= levels { return false }
        return (include.isEmpty || include.contains { $0.matches(shown, uri) })
            && !exclude.contains { $0.matches(shown, uri) }
    }

    /// Adds what it takes of some documents of a resource.
    /// - Parameter filter: what is known to have no match.
    func add(
        _ list: ArraySlice<StoredDocument>, of resource: Resource, _ filter: GrepFilter?,
        to documents: inout GrepRun.Documents
    ) {
        for document in list {
            let uri = resource.uri.appending(path: document.path)
            guard takes(uri, document.path) else { continue }
            if !MediaType.isText(document.mediaType) {
                documents.skipped += 1
            } else if filter?.rulesOut(document.blob.pack, UInt64(document.blob.offset)) == true {
                documents.ruledOut += 1
            } else {
                documents.searched.append((uri, document))
            }
        }
    }

    /// The same of all documents of a resource, of which only those that are looked into are decoded.
    func add(
        _ list: PackedDocumentList, of resource: Resource, _ filter: GrepFilter?, to documents: inout GrepRun.Documents
    ) throws(OVError) {
        let ruledOut = list.packs.map { filter?.blobs(ruledOutIn: $0) ?? [] }
        var isText: [String: Bool] = [:]
        for (number, entry) in list.entries.enumerated() {
            if !isOpen {
                let path = String(decoding: list.path(number), as: UTF8.self)
                guard takes(resource.uri.appending(path: path), path) else { continue }
            }
            let mediaType = try list.mediaType(number)
            let isTextual = isText[mediaType] ?? MediaType.isText(mediaType)
            isText[mediaType] = isTextual
            if !isTextual {
                documents.skipped += 1
            } else if ruledOut[entry.pack].contains(entry.offset) {
                documents.ruledOut += 1
            } else {
                let document = try list.document(number)
                documents.searched.append((resource.uri.appending(path: document.path), document))
            }
        }
    }
}
