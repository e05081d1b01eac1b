// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVSearch
import OVStore

extension Engine {
    package func entries(of uri: String, _ options: ListOptions, as caller: Caller) async throws(OVError) -> EntryList {
        try await reading { state throws(OVError) in
            let found = try self.collect(uri, options, in: state, as: caller)
            var list = found.list(options)
            guard options.abstracts else { return list }
            list = EntryList(
                entries: try list.entries.map { entry throws(OVError) in try self.withAbstract(entry, found) },
                hasMore: list.hasMore)
            return list
        }
    }

    package func stat(_ uri: String, as caller: Caller) async throws(OVError) -> Entry {
        try await reading { state throws(OVError) in
            if case .inside(let resource, let path) = try state.place(uri, as: caller),
                let document = try self.documents(of: resource, in: state)[path]
            {
                let found = FoundDocument(resource: resource, document: document)
                let entry = Entry(found, relativePath: "")
                return try self.withAbstract(entry, found)
            }
            return try self.collect(uri, ListOptions(recursive: false), in: state, as: caller).folder
        }
    }

    /// Everything at an address, in a form that can be listed.
    private func collect(_ uri: String, _ options: ListOptions, in state: State, as caller: Caller)
        throws(OVError) -> FolderContents
    {
        switch try state.place(uri, as: caller) {
        case .inside(let resource, let path):
            let list = try documents(of: resource, in: state)
            let base = resource.uri.appending(path: path)
            var contents = FolderContents(of: base)
            if let document = list[path] {
                contents.add(FoundDocument(resource: resource, document: document))
                return contents
            }
            let below = list.documents(below: path)
            guard path.isEmpty || !below.isEmpty else { throw State.missing(path, in: resource, list) }
            // Without a document, too, it was checked.
            if below.isEmpty { contents.add(resource, state.currentRevision(of: resource)) }
            for document in below { contents.add(FoundDocument(resource: resource, document: document)) }
            return contents
        case .folder(let uri):
            var contents = FolderContents(of: uri)
            if uri == .root { contents.addFolder(.resources) }
            for resource in state.readable(below: uri, as: caller) {
                // Without going into them, what the state says of resources is enough.
                if !options.recursive && options.levelLimit == nil, resource.shape == .tree {
                    contents.add(resource, state.currentRevision(of: resource))
                } else {
                    let documents = try documents(of: resource, in: state).documents
                    if documents.isEmpty { contents.add(resource, state.currentRevision(of: resource)) }
                    for document in documents {
                        contents.add(FoundDocument(resource: resource, document: document))
                    }
                }
            }
            return contents
        }
    }

    private func withAbstract(_ entry: Entry, _ contents: FolderContents) throws(OVError) -> Entry {
        guard let found = contents.document(at: entry.uri) else { return entry }
        return try withAbstract(entry, found)
    }

    private func withAbstract(_ entry: Entry, _ found: FoundDocument) throws(OVError) -> Entry {
        guard let text = try text(of: found) else { return entry }
        var entry = entry
        entry.abstract = DocumentOutline(of: text, mediaType: found.document.mediaType).abstract()
        return entry
    }
}

extension Entry {
    init(_ found: FoundDocument, relativePath: String) {
        self.init(
            uri: found.uri, name: found.uri.name, size: found.document.size, isFolder: false, documents: 1,
            lastChanged: found.document.changedAt, lastChecked: found.lastChecked, relativePath: relativePath,
            mediaType: found.document.mediaType)
    }
}
