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
        try writeIndex(at: home.index(pack), write)
    }

    private nonisolated func writeIndex(at path: String, _ write: (IndexOutput) throws -> Void) throws {
        let temporary = path + ".\(processID()).tmp"
        do {
            try write(IndexOutput(try files.open(temporary, .create)))
            try files.rename(temporary, to: path)
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

/// Indexes that are about many revisions with little in them, so that a search need not open a file for each. Each has
/// a name that is drawn, and is whole from the moment it has it. FORMAT.md, "Gathered indexes".
extension Store {
    /// The names of those that there are.
    package nonisolated func gatheredIndexes() throws(SystemError) -> [String] {
        try files.names(in: home.gathered).compactMap { file in
            file.hasSuffix(Self.indexEnding) ? String(file.dropLast(Self.indexEnding.count)) : nil
        }
    }

    private static let indexEnding = ".index"

    /// Opens one; nil when it is gone.
    package nonisolated func openGatheredIndex(_ name: String) throws(SystemError) -> (any OpenFile)? {
        do {
            return try files.open(home.gathered(name), .read)
        } catch {
            guard error.errno == ENOENT || error.errno == ENOTDIR else { throw error }
            return nil
        }
    }

    /// Writes one under a name of its own.
    /// - Throws: `SystemError`, or what `write` throws.
    package nonisolated func writeGatheredIndex(_ write: (IndexOutput) throws -> Void) throws {
        try files.createFolder(home.gathered)
        try writeIndex(at: home.gathered(random.nextTaskID().description), write)
    }

    package nonisolated func removeGatheredIndex(_ name: String) { try? files.remove(home.gathered(name)) }

    /// Removes what processes that were killed left unfinished.
    package nonisolated func removeUnfinishedIndexes() {
        let limit = (clock.now().milliseconds - limits.collectionDelay.count) * 1_000_000
        for name in (try? files.names(in: home.gathered)) ?? [] where name.hasSuffix(".tmp") {
            let path = home.gathered + "/" + name
            guard let status = try? files.status(of: path), status.modified <= limit else { continue }
            try? files.remove(path)
        }
    }

    /// Whether this process may gather: whether no other gathers or collects. It ends with `endGathering`.
    package func beginGathering() throws(OVError) -> Bool {
        guard held[.collector] == nil else { return false }
        return try tryToHold(.collector, label(role: "collector"))
    }

    package func endGathering() { try? release(.collector) }
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
