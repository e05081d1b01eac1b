// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The names in a folder, sorted by their bytes, without `.` and `..`.
///
/// All names lie in one buffer, because a folder may have a hundred thousand of them.
package struct FolderListing: Sendable {
    package struct Entry: Sendable {
        fileprivate let start: Int
        fileprivate let length: Int
        /// What the folder itself says of it; nil when the file system does not say, and `status` has to be asked.
        package let kind: FileStatus.Kind?
    }

    /// Each name with a zero behind it.
    private var names: [UInt8] = []
    package private(set) var entries: [Entry] = []
    /// Whether the folder has more names than were asked for; which of them are missing is not defined.
    package private(set) var isTruncated = false

    /// - Parameter maximum: how many names are read at most, so that no folder can fill the memory.
    /// - Throws: `SystemError`.
    package init(of folder: Descriptor, atMost maximum: Int) throws(SystemError) {
        // A stream of its own: reading moves a position that all users of one descriptor share.
        let number = retryingInterrupts { openat(folder.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard number >= 0 else { throw .last("list", folder.path) }
        guard let stream = fdopendir(number) else {
            let error = SystemError.last("list", folder.path)
            close(number)
            throw error
        }
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            guard entries.count < maximum else {
                isTruncated = true
                break
            }
            add(entry)
        }
        guard errno == 0 || isTruncated else { throw .last("list", folder.path) }
        sort()
    }

    private mutating func add(_ entry: UnsafeMutablePointer<dirent>) {
        let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? MemoryLayout<dirent>.size - 256
        let text = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
        let length = strlen(text)
        if length <= 2, text[0] == 46, length == 1 || text[1] == 46 { return }
        let kind: FileStatus.Kind? =
            switch Int(entry.pointee.d_type) {
            case Int(DT_REG): .file
            case Int(DT_DIR): .folder
            case Int(DT_LNK): .symbolicLink
            case Int(DT_UNKNOWN): nil
            default: .other
            }
        entries.append(Entry(start: names.count, length: length, kind: kind))
        names.append(contentsOf: UnsafeRawBufferPointer(start: text, count: length + 1))
    }

    private mutating func sort() {
        names.withUnsafeBufferPointer { names in
            guard let base = names.baseAddress else { return }
            entries.sort { left, right in
                let order = memcmp(base + left.start, base + right.start, min(left.length, right.length))
                return order == 0 ? left.length < right.length : order < 0
            }
        }
    }

    package func name(of entry: Entry) -> ArraySlice<UInt8> { names[entry.start..<entry.start + entry.length] }

    /// The entry with this name, by binary search.
    package func entry(named name: String) -> Entry? {
        let wanted = Array(name.utf8)
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if self.name(of: entries[middle]).lexicographicallyPrecedes(wanted) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < entries.count, self.name(of: entries[low]).elementsEqual(wanted) else { return nil }
        return entries[low]
    }

    /// What the file system says of an entry of `folder` that this is the listing of; a link itself, not its target.
    /// - Throws: `SystemError`, with `ENOENT` when it is gone by now.
    package func status(of entry: Entry, in folder: Descriptor) throws(SystemError) -> FileStatus {
        var status = stat()
        let result = names.withUnsafeBytes { names -> Int32 in
            guard let base = names.baseAddress else { return -1 }
            let name = (base + entry.start).assumingMemoryBound(to: CChar.self)
            return fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW)
        }
        guard result == 0 else {
            throw .last("examine", folder.path + "/" + String(decoding: name(of: entry), as: UTF8.self))
        }
        return FileStatus(status)
    }
}
