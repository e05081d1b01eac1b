// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the file system says of a file.
package struct FileStatus: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case file, folder, symbolicLink, other
    }

    package let kind: Kind
    package let device: UInt64
    package let inode: UInt64
    package let size: Int64
    /// Bytes allocated on the disk, which is far less than `size` for a sparse file.
    package let allocated: Int64
    /// When the content last changed, in nanoseconds since 1970.
    package let modified: Int64
    /// When content or attributes last changed, in nanoseconds since 1970. Programs cannot set it.
    package let changed: Int64
    package let permissions: UInt32
    /// The id of the user that it belongs to.
    package let owner: UInt32
    /// What it is, as a noun for messages: `file`, `folder`, `FIFO`, `device`.
    package let noun: String

    package init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .symbolicLink
            default: .other
            }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        allocated = Int64(status.st_blocks) * 512
        modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        changed = Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)
        permissions = UInt32(status.st_mode & 0o7777)
        owner = UInt32(status.st_uid)
        noun =
            switch status.st_mode & S_IFMT {
            case S_IFREG: "file"
            case S_IFDIR: "folder"
            case S_IFLNK: "symbolic link"
            case S_IFIFO: "FIFO"
            case S_IFSOCK: "socket"
            case S_IFBLK, S_IFCHR: "device"
            default: "special file"
            }
    }

    /// The status of what `path` names, following symbolic links unless told not to.
    /// - Throws: `SystemError`, with `ENOENT` where there is nothing.
    package init(of path: String, followingLinks: Bool = true) throws(SystemError) {
        var status = stat()
        guard (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 else {
            throw .last("examine", path)
        }
        self.init(status)
    }
}
