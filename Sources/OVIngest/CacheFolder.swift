// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVCore
internal import OVSystem

/// Folders for what may be lost.
enum CacheFolder {
    /// Makes a folder and those above it: whoever only looks (a dry run) may be the first at a home.
    /// - Parameter path: absolute.
    static func make(_ path: String) throws(SystemError) {
        for index in path.utf8.indices.dropFirst() where path.utf8[index] == UInt8(ascii: "/") {
            try makeOne(String(path[..<index]))
        }
        try makeOne(path)
    }

    private static func makeOne(_ path: String) throws(SystemError) {
        guard mkdir(path, 0o700) == 0 else {
            guard errno == EEXIST else { throw .last("create", path) }
            return
        }
        // It may be a home, and what a store makes durable in that must not vanish with it.
        let above = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "."
        let folder = try Descriptor(opening: above.isEmpty ? "/" : above, O_RDONLY | O_DIRECTORY)
        guard fsync(folder.number) == 0 else { throw .last("sync", above) }
    }
}

extension FetchError {
    /// Something about mirrors or downloads.
    static func cache(_ error: SystemError) -> FetchError {
        .transient(cause: "io_error", "the cache cannot be used: \(error)")
    }
}
