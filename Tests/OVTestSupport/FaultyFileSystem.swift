// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVStore
import OVSystem
import Synchronization

/// A process's view of a `FaultyDisk`: counts what changes the disk, and lets one of these operations go wrong.
package final class FaultyFileSystem: FileSystem {
    /// What happens at the operation that is chosen.
    package enum Fault: Hashable, Sendable {
        /// It fails and does nothing; later ones work.
        case failure(errno: Int32)
        /// A write puts down half of its bytes and fails; others fail and do nothing. Later ones work.
        case shortWrite(errno: Int32)
        /// It and everything after it fails, until the disk is `healed`.
        case broken(errno: Int32)
        /// The process is gone before it; what it has done so far the kernel still has.
        case death
    }

    private struct Progress {
        var operations = 0
        var fault: Fault?
        var isDead = false
        var hasFailed = false
    }

    package let disk: FaultyDisk
    private let operation: Int
    private let progress: Mutex<Progress>

    /// - Parameters:
    ///   - fault: what goes wrong; nil for a file system that only counts.
    ///   - operation: at which operation, counted from 1.
    package init(_ disk: FaultyDisk, fault: Fault? = nil, at operation: Int = 0) {
        self.disk = disk
        self.operation = operation
        progress = Mutex(Progress(fault: fault))
    }

    /// How many operations there were.
    package var operations: Int { progress.withLock { $0.operations } }
    package var hasFailed: Bool { progress.withLock { $0.hasFailed } }

    /// From here on nothing fails.
    package func heal() { progress.withLock { $0.fault = nil } }

    fileprivate enum Course {
        case normal, dead
        case failing(errno: Int32)
        case halfway(errno: Int32)
    }

    /// Counts an operation and says what becomes of it.
    private func next() -> Course {
        progress.withLock { progress in
            if progress.isDead { return .dead }
            progress.operations += 1
            guard let fault = progress.fault, progress.operations >= operation else { return .normal }
            progress.hasFailed = true
            switch fault {
            case .failure(let errno):
                progress.fault = nil
                return .failing(errno: errno)
            case .shortWrite(let errno):
                progress.fault = nil
                return .halfway(errno: errno)
            case .broken(let errno): return .failing(errno: errno)
            case .death:
                progress.isDead = true
                return .dead
            }
        }
    }

    fileprivate func mayRead(_ path: String) throws(SystemError) {
        guard !progress.withLock(\.isDead) else { throw SystemError(errno: EIO, operation: "read", path: path) }
    }

    /// Runs an operation unless it is to fail.
    /// - Parameter failing: what a failure does nevertheless, told whether the operation ends halfway.
    fileprivate func run<Result>(
        _ name: String, _ path: String, failing: (_ isHalfway: Bool) -> Void = { _ in },
        _ body: () throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        switch next() {
        case .normal: return try body()
        case .dead: throw SystemError(errno: EIO, operation: name, path: path)
        case .failing(let errno):
            failing(false)
            throw SystemError(errno: errno, operation: name, path: path)
        case .halfway(let errno):
            failing(true)
            throw SystemError(errno: errno, operation: name, path: path)
        }
    }

    // MARK: FileSystem

    package func open(_ path: String, _ access: FileAccess) throws(SystemError) -> any OpenFile {
        guard access == .create else {
            try mayRead(path)
            return File(try disk.files.open(path, access), in: self)
        }
        return try run("create", path) { () throws(SystemError) in File(try disk.create(path), in: self) }
    }

    package func status(of path: String) throws(SystemError) -> FileStatus? {
        try mayRead(path)
        return try disk.files.status(of: path)
    }

    package func names(in folder: String) throws(SystemError) -> [String] {
        try mayRead(folder)
        return try disk.files.names(in: folder)
    }

    package func createFolder(_ path: String) throws(SystemError) {
        // One that is there changes nothing.
        if try status(of: path) != nil { return }
        try run("create", path) { () throws(SystemError) in try disk.files.createFolder(path) }
    }

    package func rename(_ path: String, to target: String) throws(SystemError) {
        try run("rename", path) { () throws(SystemError) in try disk.rename(path, to: target) }
    }

    package func link(_ path: String, to target: String) throws(SystemError) {
        try run("link", path) { () throws(SystemError) in try disk.link(path, to: target) }
    }

    package func remove(_ path: String) throws(SystemError) {
        try run("remove", path) { () throws(SystemError) in try disk.remove(path) }
    }

    package func synchronizeFolder(_ path: String) throws(SystemError) {
        try run("sync", path) { () throws(SystemError) in try disk.synchronizeFolder(path) }
    }

    /// An open file of this process.
    private final class File: OpenFile {
        private let file: any OpenFile
        private let files: FaultyFileSystem

        init(_ file: any OpenFile, in files: FaultyFileSystem) {
            self.file = file
            self.files = files
        }

        var path: String { file.path }

        func read(_ count: Int, at offset: Int64) throws(SystemError) -> [UInt8] {
            try files.mayRead(path)
            return try file.read(count, at: offset)
        }

        func write(_ bytes: [UInt8], at offset: Int64) throws(SystemError) {
            let half = Array(bytes.prefix(bytes.count / 2))
            try files.run("write to", path, failing: { isShort in if isShort { try? self.put(half, at: offset) } }) {
                () throws(SystemError) in try put(bytes, at: offset)
            }
        }

        private func put(_ bytes: [UInt8], at offset: Int64) throws(SystemError) {
            try file.write(bytes, at: offset)
            try files.disk.noteWrite(file, from: offset, to: offset + Int64(bytes.count))
        }

        func synchronize() throws(SystemError) {
            try files.run("sync", path, failing: { _ in try? self.files.disk.failToSynchronize(self.file) }) {
                () throws(SystemError) in try files.disk.synchronize(path, file)
            }
        }

        func truncate(to length: Int64) throws(SystemError) {
            try files.run("truncate", path) { () throws(SystemError) in try file.truncate(to: length) }
        }

        func status() throws(SystemError) -> FileStatus {
            try files.mayRead(path)
            return try file.status()
        }
    }
}
