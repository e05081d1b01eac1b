// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

/// A part of the tree that is searched: resources that the caller may read, each with the path in it.
struct SearchScope: Sendable {
    struct Part: Sendable {
        let resource: Resource
        let revision: Revision
        /// Of a folder or document in it; empty for all.
        let path: String
    }

    private(set) var parts: [Part] = []

    /// - Parameter addresses: what to search; none for everything that the caller may read.
    /// - Throws: `NOT_FOUND` for an address at which there is nothing, or nothing that the caller may see.
    init(_ addresses: [String], in state: State, as caller: Caller) throws(OVError) {
        guard addresses.count > 1 else {
            parts = try Self.parts(of: addresses.first ?? VikingURI.root.text, in: state, as: caller)
            return
        }
        var found: [VikingURI: Part] = [:]
        for address in addresses {
            for part in try Self.parts(of: address, in: state, as: caller) {
                found[part.resource.uri.appending(path: part.path)] = part
            }
        }
        // What lies in another part is searched with it.
        for (uri, part) in found.sorted(by: { $0.key < $1.key }) where !uri.hasAncestor(in: found) {
            parts.append(part)
        }
    }

    /// Resources do not lie in one another, so that neither do these.
    private static func parts(of address: String, in state: State, as caller: Caller) throws(OVError) -> [Part] {
        switch try state.place(address, as: caller) {
        case .inside(let resource, let path):
            guard let revision = state.currentRevision(of: resource) else { return [] }
            return [Part(resource: resource, revision: revision, path: path)]
        case .folder(let uri):
            return state.readable(below: uri, as: caller).compactMap { resource in
                state.currentRevision(of: resource).map { Part(resource: resource, revision: $0, path: "") }
            }
        }
    }
}

extension VikingURI {
    /// Whether a folder above this address is a key. O(its depth), however many keys there are.
    fileprivate func hasAncestor<Value>(in table: [VikingURI: Value]) -> Bool {
        var next = parent
        while let uri = next {
            if table[uri] != nil { return true }
            next = uri.parent
        }
        return false
    }
}
