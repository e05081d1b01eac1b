// SPDX-License-Identifier: Apache-2.0

import Glibc

extension Descriptor {
    /// Removes a folder with everything in it; links are removed, not followed. Nothing there is fine. Blocks.
    ///
    /// For folders of our own: it goes by paths, and is no match for somebody who swaps folders meanwhile.
    /// - Throws: `SystemError` for the first thing that cannot be removed.
    package static func removeFolder(_ path: String) throws(SystemError) {
        var open = [path]
        while let folder = open.last {
            let inner = try foldersLeft(in: folder)
            open += inner
            guard inner.isEmpty else { continue }
            open.removeLast()
            guard rmdir(folder) == 0 || errno == ENOENT else { throw .last("remove", folder) }
        }
    }

    /// Removes a file, or a link. Nothing there is fine.
    /// - Throws: `SystemError`.
    package static func removeFile(_ path: String) throws(SystemError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
    }

    /// Removes the files of a folder.
    /// - Returns: the folders in it.
    private static func foldersLeft(in path: String) throws(SystemError) -> [String] {
        let listing: FolderListing
        do {
            let folder = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            listing = try FolderListing(of: folder, atMost: 1 << 20)
        } catch {
            if error.errno == ENOENT { return [] }
            throw error
        }
        var folders: [String] = []
        for entry in listing.entries {
            let inner = path + "/" + String(decoding: listing.name(of: entry), as: UTF8.self)
            if unlink(inner) == 0 || errno == ENOENT { continue }
            guard errno == EISDIR || errno == EPERM else { throw .last("remove", inner) }
            folders.append(inner)
        }
        return folders
    }
}
