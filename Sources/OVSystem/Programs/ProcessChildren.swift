// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The processes whose parent this process is, zombies included.
package enum ProcessChildren {
    /// As the kernel lists them for the calling thread, which must be the only one; searched for in all of `/proc`
    /// where it keeps no such list. Either may miss one that appears or ends meanwhile.
    package static func current() -> [pid_t] { listed() ?? searched() }

    /// - Returns: nil where the kernel was built without these lists.
    package static func listed() -> [pid_t]? {
        guard let text = contents(of: "/proc/thread-self/children") else { return nil }
        return text.split(separator: UInt8(ascii: " ")).compactMap(number)
    }

    package static func searched() -> [pid_t] {
        guard let folder = try? Descriptor(opening: "/proc", O_RDONLY | O_DIRECTORY),
            let processes = try? FolderListing(of: folder, atMost: 1 << 22)
        else { return [] }
        let own = getpid()
        return processes.entries.compactMap { entry in
            number(processes.name(of: entry)).flatMap { parent(of: $0) == own ? $0 : nil }
        }
    }

    /// The fourth field of `stat`; the second is the program's name in parentheses and may hold anything.
    private static func parent(of process: pid_t) -> pid_t? {
        guard let text = contents(of: "/proc/\(process)/stat"), let end = text.lastIndex(of: UInt8(ascii: ")")) else {
            return nil
        }
        let fields = text[end...].split(separator: UInt8(ascii: " "), maxSplits: 3)
        return fields.count > 2 ? number(fields[2]) : nil
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> pid_t? {
        pid_t(String(decoding: digits, as: UTF8.self))
    }

    /// What `/proc` makes up when it is read, which has no length beforehand.
    private static func contents(of path: String) -> [UInt8]? {
        guard let file = try? Descriptor(opening: path, O_RDONLY) else { return nil }
        var text: [UInt8] = []
        while let part = try? file.read(1 << 14, at: Int64(text.count)), !part.isEmpty { text += part }
        return text
    }
}
