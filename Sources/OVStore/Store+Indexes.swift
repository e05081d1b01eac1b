// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import Synchronization

/// The file beside each pack that says what words are in it. What is in the file is not the store's to know; it is
/// derived, so nothing is synced, and whoever cannot use it makes it anew. Every call blocks.
extension Store {
    /// The index beside a pack; nil when there is none.
    package nonisolated func openIndex(ofPack pack: String) throws(SystemError) -> (any OpenFile)? {
        do {
            return try files.open(home.index(pack), .read)
        } catch {
            guard error.errno == ENOENT || error.errno == ENOTDIR else { throw error }
            return nil
        }
    }

    /// Writes the index beside a pack. Until it is whole, whatever was there before stays.
    /// - Throws: `SystemError`, or what `write` throws.
    package nonisolated func writeIndex(ofPack pack: String, _ write: (IndexOutput) throws -> Void) throws {
        let temporary = home.index(pack) + ".\(processID()).tmp"
        do {
            try write(IndexOutput(try files.open(temporary, .create)))
            try files.rename(temporary, to: home.index(pack))
        } catch {
            try? files.remove(temporary)
            throw error
        }
    }

    /// Removes the index beside a pack, so that it is made anew.
    package nonisolated func removeIndex(ofPack pack: String) { try? files.remove(home.index(pack)) }

    /// Every document whose bytes lie in a pack, verified by their checksums.
    /// - Parameter documents: all in this pack.
    package nonisolated func readAll(
        _ documents: ArraySlice<StoredDocument>, ofPack pack: String,
        _ take: (StoredDocument, [UInt8]) -> Void
    ) throws(OVError) {
        try read(pack) { reader in
            for document in documents { take(document, try reader.bytes(of: document, byDigest: false)) }
        }
    }
}

/// A file that is written from its start to its end, by any thread.
package final class IndexOutput: Sendable {
    private let file: any OpenFile
    private let end = Mutex<Int64>(0)

    init(_ file: any OpenFile) { self.file = file }

    package func append(_ bytes: [UInt8]) throws(SystemError) {
        try end.withLock { end throws(SystemError) in
            try file.write(bytes, at: end)
            end += Int64(bytes.count)
        }
    }
}
