// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension Engine: KeyDirectory {
    /// What an unknown key is compared with, which no text has as its digest.
    private static let nothing = Digest(words: .zero)

    package nonisolated(nonsending) func holder(ofKey key: String?) async throws(OVError) -> KeyHolder {
        try await store.refresh()
        return Self.holder(ofKey: key, in: store.state)
    }

    /// Whoever has an id takes as long as whoever has a whole key: one digest and one comparison. A text that is no key
    /// costs nothing, however long it is.
    private static func holder(ofKey key: String?, in state: State) -> KeyHolder {
        guard state.hasKeys else { return .anybody }
        guard let text = key.flatMap({ KeyText($0) }) else { return .stranger }
        let known = state.key(text.id)
        let isRight = Digest(of: Array(text.text.utf8)).isSame(as: known?.digest ?? nothing)
        guard let known, isRight else { return .stranger }
        return .known(known.role, known.owner)
    }

    /// Whether callers over the network need a key.
    package var hasKeys: Bool { store.state.hasKeys }
}
