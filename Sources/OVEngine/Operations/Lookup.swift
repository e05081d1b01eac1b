// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

/// What an address means to a reader.
enum Place: Sendable {
    /// Above resources: a folder that exists because they do.
    case folder(VikingURI)
    /// In a resource, at a path that may or may not be there.
    case inside(Resource, path: String)
}

extension State {
    /// - Throws: `INVALID_URI`; `NOT_FOUND`, also for what the caller may not see.
    func place(_ text: String, as caller: Caller) throws(OVError) -> Place {
        let uri = try VikingURI(parsing: text, user: caller.user)
        guard caller.mayRead(uri) else { throw missing(uri, as: caller) }
        if let resource = resource(containing: uri, account: caller.account), resource.revision > 0,
            let path = uri.relativePath(to: resource.uri)
        {
            return .inside(resource, path: path)
        }
        let isTop = uri == .root || uri == .resources
        guard isTop || hasReadable(below: uri, as: caller) else { throw missing(uri, as: caller) }
        return .folder(uri)
    }

    private func hasReadable(below uri: VikingURI, as caller: Caller) -> Bool {
        guard hasRoots(below: uri, account: caller.account) else { return false }
        return !readable(below: uri, as: caller).isEmpty
    }

    /// The resources below a folder that have something to read, in the order of their addresses.
    func readable(below uri: VikingURI, as caller: Caller) -> [Resource] {
        var readable: [Resource] = []
        for resource in resources.values where resource.owner.account == caller.account && resource.revision > 0 {
            if resource.uri.isWithin(uri), caller.mayRead(resource.uri) { readable.append(resource) }
        }
        return readable.sorted { $0.uri < $1.uri }
    }

    /// Among how many names the nearest to a wrong one is looked for.
    private static let searchedNames = 10_000

    /// There is nothing at an address, with the nearest that there is.
    func missing(_ uri: VikingURI, as caller: Caller) -> OVError {
        var roots: [String] = []
        for resource in resources.values where resource.owner.account == caller.account && resource.revision > 0 {
            if caller.mayRead(resource.uri) { roots.append(resource.uri.text) }
            if roots.count == Self.searchedNames { break }
        }
        let nearest = nearestName(to: uri.text, among: roots)
        return OVError(
            .notFound, "there is nothing at \(uri)",
            hint: nearest.map { "did you mean \($0)?" } ?? "`ov ls` lists what there is")
    }

    /// There is no document at a path of a resource, with the nearest that there is.
    static func missing(_ path: String, in resource: Resource, _ list: DocumentList) -> OVError {
        let nearest = nearestName(to: path, among: list.documents.prefix(searchedNames).map(\.path))
        let hint =
            nearest.map { "did you mean \(resource.uri.appending(path: $0))?" }
            ?? "`ov ls \(resource.uri)` lists what there is"
        return OVError(.notFound, "there is nothing at \(resource.uri.appending(path: path))", hint: hint)
    }
}

/// A document with the resource that it belongs to.
struct FoundDocument: Sendable {
    let resource: Resource
    let document: StoredDocument
    /// The revision that was asked for; nil for the current one.
    var revision: Revision?

    var uri: VikingURI { resource.uri.appending(path: document.path) }
    /// Nil for a document of an earlier revision: it is not what the source has.
    var lastChecked: Timestamp? {
        guard let revision, revision.number != resource.revision else { return resource.lastChecked(of: document.path) }
        return nil
    }
}

extension Engine {
    /// Runs a read on the newest state, once more on a newer one if a collection has taken what it needs.
    func reading<Result: Sendable>(_ body: @escaping @Sendable (State) throws(OVError) -> Result)
        async throws(OVError) -> Result
    {
        try await store.refresh()
        let state = store.state
        do throws(OVError) {
            return try await blocking { () throws(OVError) in try body(state) }
        } catch {
            guard error.details["missing_pack"] != nil else { throw error }
            try await store.refresh()
            let newer = store.state
            return try await blocking { () throws(OVError) in try body(newer) }
        }
    }

    /// The documents of a resource's current revision.
    func documents(of resource: Resource, in state: State) throws(OVError) -> DocumentList {
        guard let revision = state.currentRevision(of: resource) else { return .empty }
        return try store.documents(of: revision)
    }

    /// The document at an address, of now or of an earlier revision.
    /// - Throws: `NOT_FOUND`; `FAILED_PRECONDITION` for a folder.
    func document(
        _ uri: String, of reference: RevisionReference? = nil, in state: State, as caller: Caller
    ) throws(OVError) -> FoundDocument {
        switch try state.place(uri, as: caller) {
        case .folder(let uri): throw Self.isFolder(uri)
        case .inside(let resource, let path):
            let revision = try reference.map { reference throws(OVError) in try reference.find(of: resource, in: state)
            }
            let shown = revision ?? state.currentRevision(of: resource)
            let list = try shown.map { shown throws(OVError) in try store.documents(of: shown) } ?? .empty
            if let document = list[path] {
                return FoundDocument(resource: resource, document: document, revision: revision)
            }
            guard path.isEmpty || !list.documents(below: path).isEmpty else {
                throw State.missing(path, in: resource, list)
            }
            throw Self.isFolder(resource.uri.appending(path: path))
        }
    }

    private static func isFolder(_ uri: VikingURI) -> OVError {
        OVError(
            .failedPrecondition, "\(uri) is a folder",
            hint: "`ov ls \(uri)` lists it, `ov overview \(uri)` says what is in it")
    }
}
