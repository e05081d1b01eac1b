// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem

/// The machine's own file system.
package struct LocalFileSystem: FileSystem {
    package init() {}

    package func open(_ path: String, _ access: FileAccess) throws(SystemError) -> any OpenFile {
        switch access {
        case .read: try Descriptor(opening: path, O_RDONLY)
        case .readAndWrite: try Descriptor(opening: path, O_RDWR)
        case .create: try Descriptor(opening: path, O_RDWR | O_CREAT | O_TRUNC, mode: 0o600)
        }
    }

    package func status(of path: String) throws(SystemError) -> FileStatus? {
        do {
            return try FileStatus(of: path)
        } catch {
            if error.errno == ENOENT || error.errno == ENOTDIR { return nil }
            throw error
        }
    }

    package func names(in folder: String) throws(SystemError) -> [String] {
        guard let stream = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw .last("list", folder)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    package func createFolder(_ path: String) throws(SystemError) {
        if mkdir(path, 0o700) == 0 { return try makeDurable(path) }
        if errno == EEXIST { return }
        guard errno == ENOENT, let parent = Self.parent(of: path), parent != "/" else { throw .last("create", path) }
        try createFolder(parent)
        if mkdir(path, 0o700) == 0 { return try makeDurable(path) }
        guard errno == EEXIST else { throw .last("create", path) }
    }

    /// Syncs the folder above a new one. Otherwise all that is made durable inside could vanish with it.
    private func makeDurable(_ folder: String) throws(SystemError) {
        do {
            try synchronizeFolder(Self.parent(of: folder) ?? ".")
        } catch {
            // So that the next attempt does not take it for one that is durable.
            rmdir(folder)
            throw error
        }
    }

    private static func parent(of path: String) -> String? {
        guard let slash = path.utf8.lastIndex(of: 47) else { return nil }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    package func rename(_ path: String, to target: String) throws(SystemError) {
        guard Glibc.rename(path, target) == 0 else { throw .last("rename", path) }
    }

    package func link(_ path: String, to target: String) throws(SystemError) {
        guard Glibc.link(path, target) == 0 else { throw .last("link", path) }
    }

    package func remove(_ path: String) throws(SystemError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
    }

    package func synchronizeFolder(_ path: String) throws(SystemError) {
        let folder = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
        guard fsync(folder.number) == 0 else { throw .last("sync", path) }
    }
}
