// SPDX-License-Identifier: Apache-2.0

import OVCore

/// That resources were removed, remembered for whoever asks what has changed. The names of their documents lie in a
/// pack, relative to the address that was removed.
package struct Removal: Hashable, Sendable {
    package let key: ResourceKey
    package let at: Timestamp
    /// The commit that removed them.
    package let sequence: UInt64
    package let pack: String
    /// The last commit of which the resources themselves no longer knew what it had removed; zero when they knew all.
    package let forgotten: UInt64

    package init(key: ResourceKey, at: Timestamp, sequence: UInt64, pack: String, forgotten: UInt64) {
        self.key = key
        self.at = at
        self.sequence = sequence
        self.pack = pack
        self.forgotten = forgotten
    }
}
