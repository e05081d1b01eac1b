// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// The changes of one refresh, and what they mean for a client.
struct UpdateBatch: Hashable, Sendable {
    /// How many documents of a folder are named one by one; of more than that, the folder is.
    private static let bound = 20

    private var documents: [VikingURI: DocumentChange.Kind] = [:]
    private var order: [VikingURI] = []
    /// Whether documents have come or gone.
    private(set) var changesList = false

    mutating func add(_ changes: [DocumentChange]) {
        for change in changes {
            if documents.updateValue(change.kind, forKey: change.uri) == nil { order.append(change.uri) }
            if change.kind != .changed { changesList = true }
        }
    }

    /// Just what was asked for, each once.
    func notices(for interest: Interest) -> [UpdateNotice] {
        var notices: [UpdateNotice] = changesList && interest.listChanges ? [.listChanged] : []
        var (folders, byFolder): ([VikingURI], [VikingURI: [VikingURI]]) = ([], [:])
        for uri in order {
            if let name = interest.name(of: uri) {
                notices.append(.updated(name))
            } else if let folder = interest.folder(of: uri) {
                if byFolder[folder] == nil { folders.append(folder) }
                byFolder[folder, default: []].append(uri)
            }
        }
        for folder in folders {
            let uris = byFolder[folder] ?? []
            if uris.count <= Self.bound {
                notices += uris.map { .updated(ResourceAddress.text(of: $0)) }
            } else {
                notices.append(.updated(interest.name(of: folder) ?? folder.text))
            }
        }
        return notices
    }
}
