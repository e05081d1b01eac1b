// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

/// What lies below a folder of the tree, whether the folder is in a resource or above several.
struct FolderContents: Sendable {
    let uri: VikingURI
    /// In the order in which they were added: that of their addresses.
    private var found: [(path: String, document: FoundDocument)] = []
    private var folders: [String: Totals] = [:]
    /// Folders without a document that is known one by one.
    private var opaque: [String] = []
    private var byURI: [VikingURI: Int] = [:]

    private struct Totals: Sendable {
        var size: Int64 = 0
        var documents = 0
        var lastChanged: Timestamp?
        var lastChecked: Timestamp?

        mutating func add(size: Int64, documents: Int, changed: Timestamp?, checked: Timestamp?) {
            self.size += size
            self.documents += documents
            if let changed { lastChanged = max(lastChanged ?? changed, changed) }
            // A folder is as fresh as what is least fresh in it.
            if let checked { lastChecked = min(lastChecked ?? checked, checked) }
        }
    }

    init(of uri: VikingURI) { self.uri = uri }

    mutating func add(_ document: FoundDocument) {
        guard let path = document.uri.relativePath(to: uri) else { return }
        byURI[document.uri] = found.count
        found.append((path, document))
        forEachFolder(above: path) { totals in
            totals.add(
                size: document.document.size, documents: 1, changed: document.document.changedAt,
                checked: document.lastChecked)
        }
    }

    /// Adds a resource as a whole, without its documents.
    mutating func add(_ resource: Resource, _ revision: Revision?) {
        guard let path = resource.uri.relativePath(to: uri) else { return }
        opaque.append(path)
        forEachFolder(above: path.isEmpty ? path : path + "/") { totals in
            totals.add(
                size: revision?.bytes ?? 0, documents: revision?.documents ?? 0, changed: revision?.at,
                checked: resource.lastChecked)
        }
    }

    /// Adds a folder that exists whether or not something is in it.
    mutating func addFolder(_ folder: VikingURI) {
        guard let path = folder.relativePath(to: uri) else { return }
        opaque.append(path)
        forEachFolder(above: path + "/") { _ in }
    }

    private mutating func forEachFolder(above path: String, _ body: (inout Totals) -> Void) {
        body(&folders["", default: Totals()])
        for index in path.utf8.indices where path.utf8[index] == 47 {
            body(&folders[String(path[..<index]), default: Totals()])
        }
    }

    func document(at uri: VikingURI) -> FoundDocument? { byURI[uri].map { found[$0].document } }

    /// The folder itself.
    var folder: Entry { entry(folder: "", name: uri.name) }

    private func entry(folder path: String, name: String) -> Entry {
        let totals = folders[path] ?? Totals()
        return Entry(
            uri: uri.appending(path: path), name: name, size: totals.size, isFolder: true,
            documents: totals.documents, lastChanged: totals.lastChanged, lastChecked: totals.lastChecked,
            relativePath: path, mediaType: nil)
    }

    /// Folders and documents in the order of their paths, a folder before what is in it.
    func list(_ options: ListOptions) -> EntryList {
        let levels = options.levelLimit ?? (options.recursive ? Int.max : 1)
        let limit = options.nodeLimit ?? Int.max
        var entries: [Entry] = []
        var listed: Set<String> = []
        for (path, document) in lines {
            let segments = path.split(separator: "/", omittingEmptySubsequences: true)
            let isFolder = document == nil
            for depth in 1..<max(1, segments.count + (isFolder ? 1 : 0)) where depth <= levels {
                let folder = segments.prefix(depth).joined(separator: "/")
                guard listed.insert(folder).inserted else { continue }
                guard entries.count < limit else { return EntryList(entries: entries, hasMore: true) }
                entries.append(entry(folder: folder, name: String(segments[depth - 1])))
            }
            guard let document, segments.count <= levels else { continue }
            guard entries.count < limit else { return EntryList(entries: entries, hasMore: true) }
            entries.append(Entry(document, relativePath: path))
        }
        return EntryList(entries: entries, hasMore: false)
    }

    private var lines: [(path: String, document: FoundDocument?)] {
        let documents = found.map { (path: $0.path, document: Optional($0.document)) }
        guard !opaque.isEmpty else { return documents }
        return (documents + opaque.map { (path: $0, document: nil) }).sorted {
            $0.path.utf8.lexicographicallyPrecedes($1.path.utf8)
        }
    }
}
