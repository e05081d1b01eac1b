// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Looking after the files of one store and its keys, which only works where they are. All functions throw `OVError`.
package protocol StoreMaintenance: KeyAdministration {
    /// Verifies the state, every pack, every digest and every reference. Changes nothing.
    func check(progress: @Sendable (String) -> Void) async throws(OVError) -> StoreCheck

    /// Makes a damaged store usable again from the previous generation and what is sound. The bad files are kept.
    func repair() async throws(OVError) -> StoreRepair

    /// Rewrites the state as one snapshot and removes what nothing refers to.
    func compact() async throws(OVError) -> StoreCompaction
}

package struct StoreCheck: Hashable, Sendable, JSONWritable {
    package struct Problem: Hashable, Sendable, JSONWritable {
        /// The file, relative to the home.
        package let file: String
        package let message: String

        package init(file: String, message: String) {
            self.file = file
            self.message = message
        }

        package func write(to json: inout JSONWriter) {
            json.object { json in
                json.member("file", file)
                json.member("message", message)
            }
        }
    }

    package var problems: [Problem] = []
    /// Things that are as they may be after a crash, and that a next write cleans up.
    package var notes: [Problem] = []
    package var resources = 0
    package var revisions = 0
    package var documents = 0
    package var packs = 0
    package var bytes: Int64 = 0
    package var sequence: UInt64 = 0

    package init() {}

    package var isSound: Bool { problems.isEmpty }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("sound", isSound)
            json.member("problems", problems)
            json.member("notes", notes)
            json.member("resources", resources)
            json.member("revisions", revisions)
            json.member("documents", documents)
            json.member("packs", packs)
            json.member("bytes", Int(bytes))
            json.member("sequence", Int(clamping: sequence))
        }
    }
}

package struct StoreRepair: Hashable, Sendable, JSONWritable {
    /// Where the bad files are kept, relative to the home; empty when nothing had to be repaired.
    package var kept: [String] = []
    /// What could not be brought back, in words.
    package var lost: [String] = []
    /// What was done, in words.
    package var actions: [String] = []

    package init() {}

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("repaired", !actions.isEmpty)
            json.member("actions", actions)
            json.member("lost", lost)
            json.member("kept", kept)
        }
    }
}

package struct StoreCompaction: Hashable, Sendable, JSONWritable {
    package var stateBytesBefore: Int64 = 0
    package var stateBytesAfter: Int64 = 0
    package var packsRemoved = 0
    package var packBytesRemoved: Int64 = 0

    package init() {}

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("state_bytes_before", Int(stateBytesBefore))
            json.member("state_bytes_after", Int(stateBytesAfter))
            json.member("packs_removed", packsRemoved)
            json.member("pack_bytes_removed", Int(packBytesRemoved))
        }
    }
}
