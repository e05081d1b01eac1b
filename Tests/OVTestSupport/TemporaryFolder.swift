// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem

/// An empty folder for one test, gone with everything in it when the last reference goes away.
///
/// All calls block, which tests may.
package final class TemporaryFolder: Sendable {
    /// Absolute, without symbolic links and without a trailing slash.
    package let path: String

    /// - Throws: `SystemError` when the system's folder for temporary files cannot be written.
    package init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/ov-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError.last("create a folder in", base) }
        let made = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let real = realpath(made, nil) else { throw SystemError.last("resolve", made) }
        defer { free(real) }
        path = String(cString: real)
    }

    deinit { Self.removeTree(path) }

    /// Where `relative` lies; the folder itself for an empty one.
    package func path(_ relative: String) -> String { relative.isEmpty ? path : path + "/" + relative }

    /// Writes a file whole, over an older one, and makes the folders above it.
    package func write(_ relative: String, _ text: String) throws { try write(relative, Array(text.utf8)) }

    package func write(_ relative: String, _ bytes: [UInt8]) throws {
        try makeParents(of: relative)
        let file = try Descriptor(opening: path(relative), O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        try file.write(bytes)
    }

    package func append(_ relative: String, _ text: String) throws {
        let file = try Descriptor(opening: path(relative), O_WRONLY | O_APPEND)
        try file.write(Array(text.utf8))
    }

    package func read(_ relative: String) throws -> [UInt8] {
        let file = try Descriptor(opening: path(relative), O_RDONLY)
        return try file.read(Int(try file.status().size), at: 0)
    }

    /// Makes a folder and those above it; one that is there already is fine.
    package func makeFolder(_ relative: String) throws {
        try makeParents(of: relative)
        guard mkdir(path(relative), 0o755) == 0 || errno == EEXIST else { throw SystemError.last("create", relative) }
    }

    package func makeLink(_ relative: String, to target: String) throws {
        try makeParents(of: relative)
        guard symlink(target, path(relative)) == 0 else { throw SystemError.last("link", relative) }
    }

    package func makeFIFO(_ relative: String) throws {
        try makeParents(of: relative)
        guard mkfifo(path(relative), 0o644) == 0 else { throw SystemError.last("create", relative) }
    }

    package func rename(_ old: String, to new: String) throws {
        try makeParents(of: new)
        guard Glibc.rename(path(old), path(new)) == 0 else { throw SystemError.last("rename", old) }
    }

    /// Removes a file, a link, or a folder with everything in it.
    package func remove(_ relative: String) throws {
        if try FileStatus(of: path(relative), followingLinks: false).kind == .folder {
            Self.removeTree(path(relative))
        } else {
            guard unlink(path(relative)) == 0 else { throw SystemError.last("remove", relative) }
        }
    }

    package func setPermissions(_ relative: String, _ mode: mode_t) throws {
        guard chmod(path(relative), mode) == 0 else { throw SystemError.last("change", relative) }
    }

    /// Sets when a file was modified, in nanoseconds since 1970.
    package func setModified(_ relative: String, _ nanoseconds: Int64) throws {
        let time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        guard utimensat(AT_FDCWD, path(relative), [time, time], AT_SYMLINK_NOFOLLOW) == 0 else {
            throw SystemError.last("change", relative)
        }
    }

    private func makeParents(of relative: String) throws {
        var parent = path
        for segment in relative.split(separator: "/").dropLast() {
            parent += "/" + segment
            guard mkdir(parent, 0o755) == 0 || errno == EEXIST else { throw SystemError.last("create", parent) }
        }
    }

    /// Folders are moved to the top before they are emptied, so that neither depth nor the length of paths matters.
    private static func removeTree(_ root: String) {
        let top = Array(root.utf8.map(CChar.init(bitPattern:)))
        var (open, counter) = ([top], 0)
        while let folder = open.last {
            chmod(folder + [0], 0o700)
            var nested: [[CChar]] = []
            for name in names(in: folder) {
                let entry = folder + [47] + name
                guard unlink(entry + [0]) != 0 else { continue }
                chmod(entry + [0], 0o700)
                counter += 1
                let moved = top + Array(String("/.removing-\(counter)").utf8.map(CChar.init(bitPattern:)))
                if Glibc.rename(entry + [0], moved + [0]) == 0 { nested.append(moved) }
            }
            open += nested
            guard nested.isEmpty else { continue }
            open.removeLast()
            guard rmdir(folder + [0]) == 0 else { return }
        }
    }

    /// Raw bytes, because names need not be UTF-8.
    private static func names(in folder: [CChar]) -> [[CChar]] {
        guard let stream = opendir(folder + [0]) else { return [] }
        defer { closedir(stream) }
        var names: [[CChar]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                raw.prefix { $0 != 0 }.map(CChar.init(bitPattern:))
            }
            if name != [46] && name != [46, 46] { names.append(name) }
        }
        return names
    }
}
