// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVCore
internal import OVSystem

/// Reads the files that a walk found, and delivers them, several at a time.
struct FolderReader: Sendable {
    let request: FetchRequest
    let root: Descriptor
    /// The root as the kernel spells it.
    let rootPath: [UInt8]
    let clock: any WallClock
    let sink: any DocumentSink

    /// Files that one task reads, one after the other: a task for each would cost more than a small file.
    struct Batch: Sendable {
        var folders: [FolderWalk.Unread] = []
        var files = 0
        var bytes: Int64 = 0
    }

    private static let filesPerBatch = 64
    private static let bytesPerBatch: Int64 = 1 << 20
    /// Raw bytes that are in memory at once, except that a single larger document is read alone.
    private static let bytesInFlight: Int64 = 48 << 20
    private static let batchesInFlight = 8

    /// - Throws: `FetchError`, `CancellationError`, what the sink throws.
    func run(_ unread: [FolderWalk.Unread]) async throws {
        try await withThrowingTaskGroup(of: Int64.self) { group in
            var (running, bytes): (Int, Int64) = (0, 0)
            for batch in Self.batches(of: unread) {
                while running > 0, running >= Self.batchesInFlight || bytes + batch.bytes > Self.bytesInFlight {
                    bytes -= try await group.next() ?? 0
                    running -= 1
                }
                group.addTask {
                    try await read(batch)
                    return batch.bytes
                }
                running += 1
                bytes += batch.bytes
            }
            try await group.waitForAll()
        }
    }

    static func batches(of unread: [FolderWalk.Unread]) -> [Batch] {
        var (batches, current) = ([Batch](), Batch())
        for folder in unread {
            current.folders.append(FolderWalk.Unread(folder: folder.folder))
            for file in folder.files {
                let isFull = current.files >= filesPerBatch || current.bytes + file.size > bytesPerBatch
                if isFull, current.files > 0 {
                    batches.append(current)
                    current = Batch(folders: [FolderWalk.Unread(folder: folder.folder)])
                }
                current.folders[current.folders.count - 1].files.append(file)
                current.files += 1
                current.bytes += file.size
            }
        }
        if current.files > 0 { batches.append(current) }
        return batches
    }

    private func read(_ batch: Batch) async throws {
        var chain = FolderChain(root: root)
        for folder in batch.folders {
            let descriptor: Descriptor
            do { descriptor = try chain.folder(at: folder.folder) } catch {
                for file in folder.files { try await report(.system(error), file) }
                continue
            }
            for file in folder.files {
                try Task.checkCancellation()
                try await deliver(file, in: descriptor)
            }
        }
    }

    private func deliver(_ file: FolderWalk.Unread.File, in folder: Descriptor) async throws {
        let read: StableRead?
        do throws(StableRead.Failure) {
            read = try self.read(file, in: folder)
        } catch {
            try await report(error, file)
            return
        }
        guard let read else { return }
        if read.isTorn { await sink.warn(FetchWarning(path: file.path, message: "it changed while it was read")) }
        try await sink.deliver(
            FetchedDocument(
                path: file.path, bytes: read.bytes, name: file.name,
                declaredCharset: request.source.options.charset(for: read.bytes), validator: read.validator))
    }

    /// - Returns: nil for a link that leads elsewhere since the walk.
    private func read(_ file: FolderWalk.Unread.File, in folder: Descriptor) throws(StableRead.Failure) -> StableRead? {
        let descriptor: Descriptor
        do {
            if file.isLink {
                guard case .file(let location, _) = try LinkTarget(of: file.rawName, in: folder, root: rootPath) else {
                    return nil
                }
                descriptor = try location.reopened(StableRead.flags)
            } else {
                descriptor = try folder.opening(file.rawName, StableRead.flags | O_NOFOLLOW)
            }
        } catch {
            throw .system(error)
        }
        return try StableRead.read(descriptor, clock: clock, limit: request.limits.documentBytes)
    }

    /// Says what became of a file that the walk had seen.
    private func report(_ failure: StableRead.Failure, _ file: FolderWalk.Unread.File) async throws {
        switch failure {
        case .notAFile(let noun): await sink.warn(FetchWarning(path: file.path, message: "a \(noun); left out"))
        case .tooLarge(let size): await sink.warn(.tooLarge(file.path, size, limit: request.limits.documentBytes))
        case .system(let error):
            if error.isExhaustion { throw FetchError.source(request.source.location, error) }
            // Gone since the walk, or a link or socket now: simply not there any more.
            if [ENOENT, ENOTDIR, ELOOP, ENXIO].contains(error.errno) { return }
            await sink.warn(.unchecked(file.path, error))
        }
    }
}

extension FolderWalk.Unread.File {
    /// The last part of the path.
    fileprivate var name: String { LocalPath.lastSegment(path) }
}
