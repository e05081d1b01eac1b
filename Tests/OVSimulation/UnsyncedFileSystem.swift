// SPDX-License-Identifier: Apache-2.0

import OVStore
import OVSystem

/// The machine's file system without waiting for the disk: a simulation survives no power cut and has no use for it.
struct UnsyncedFileSystem: FileSystem {
    private let base = LocalFileSystem()

    func open(_ path: String, _ access: FileAccess) throws(SystemError) -> any OpenFile {
        UnsyncedFile(base: try base.open(path, access))
    }

    func status(of path: String) throws(SystemError) -> FileStatus? { try base.status(of: path) }
    func names(in folder: String) throws(SystemError) -> [String] { try base.names(in: folder) }
    func createFolder(_ path: String) throws(SystemError) { try base.createFolder(path) }
    func rename(_ path: String, to target: String) throws(SystemError) { try base.rename(path, to: target) }
    func link(_ path: String, to target: String) throws(SystemError) { try base.link(path, to: target) }
    func remove(_ path: String) throws(SystemError) { try base.remove(path) }
    func synchronizeFolder(_ path: String) throws(SystemError) {}
}

private final class UnsyncedFile: OpenFile {
    private let base: any OpenFile

    init(base: any OpenFile) { self.base = base }

    var path: String { base.path }

    func read(_ count: Int, at offset: Int64) throws(SystemError) -> [UInt8] { try base.read(count, at: offset) }
    func write(_ bytes: [UInt8], at offset: Int64) throws(SystemError) { try base.write(bytes, at: offset) }
    func synchronize() throws(SystemError) {}
    func truncate(to length: Int64) throws(SystemError) { try base.truncate(to: length) }
    func status() throws(SystemError) -> FileStatus { try base.status() }
}
