// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What a client wants to be told of.
struct Interest: Hashable, Sendable {
    static let maximumCount = 1000

    /// Whether it wants to know when documents come or go.
    let listChanges: Bool
    /// Documents and folders, with the text by which the client called each.
    private var names: [VikingURI: String] = [:]

    init(listChanges: Bool) { self.listChanges = listChanges }

    /// Whether no document and no folder is meant.
    var isEmpty: Bool { names.isEmpty }

    /// - Returns: false when there are too many.
    mutating func add(_ uri: VikingURI, as name: String) -> Bool {
        guard names[uri] != nil || names.count < Self.maximumCount else { return false }
        names[uri] = name
        return true
    }

    mutating func remove(_ uri: VikingURI) { names[uri] = nil }

    /// What the client calls an address, if it asked for just that.
    func name(of uri: VikingURI) -> String? { names[uri] }

    var allNames: [String] { names.values.sorted() }

    /// The innermost folder that was asked for and that an address lies in.
    func folder(of uri: VikingURI) -> VikingURI? {
        var place = uri.parent
        while let folder = place {
            if names[folder] != nil { return folder }
            place = folder.parent
        }
        return nil
    }
}
