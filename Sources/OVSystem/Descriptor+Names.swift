// SPDX-License-Identifier: Apache-2.0

import Glibc

extension Descriptor {
    /// Opens what a link or name stands for without opening the file itself (Linux, `O_PATH`): no FIFO waits, no
    /// device acts. Such a descriptor can be examined, and taken as a starting point, but not read.
    package static let locationOnly: Int32 = 0o10000000

    /// Where the kernel says that this descriptor's file lies now: absolute, free of links.
    /// - Throws: `SystemError`, also where `/proc` is not mounted.
    package func resolvedPath() throws(SystemError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { buffer in
            buffer.withMemoryRebound(to: CChar.self) { buffer -> Int in
                guard let base = buffer.baseAddress else { return -1 }
                return readlink("/proc/self/fd/\(number)", base, buffer.count)
            }
        }
        guard count >= 0 else { throw .last("resolve", path) }
        // The kernel answers no path that it had to cut.
        guard count < buffer.count else { throw SystemError(errno: ENAMETOOLONG, operation: "resolve", path: path) }
        return Array(buffer[..<count])
    }

    /// Opens the very file that this location stands for, whatever its name means by now.
    package func reopened(_ flags: Int32) throws(SystemError) -> Descriptor {
        let opened = retryingInterrupts { open("/proc/self/fd/\(number)", flags | O_CLOEXEC) }
        guard opened >= 0 else { throw .last("open", path) }
        return Descriptor(adopting: opened, path: path)
    }

    /// Opens a name inside this folder. See `Descriptor.init(opening:in:_:)`.
    package func opening(_ name: some Collection<UInt8>, _ flags: Int32) throws(SystemError) -> Descriptor {
        try Descriptor(opening: name.map(CChar.init(bitPattern:)), in: self, flags)
    }
}

extension Descriptor {
    /// Linux's `O_TMPFILE`, which is a macro of macros to Swift.
    private static let unnamed = 0o20000000 | O_DIRECTORY

    /// Makes a file for reading and writing that has no name: the kernel takes it away with its last descriptor, also
    /// with that of a process that is killed.
    /// - Throws: `SystemError`.
    package convenience init(unnamedIn folder: String) throws(SystemError) {
        var number = retryingInterrupts { open(folder, O_RDWR | O_CLOEXEC | Self.unnamed, 0o600) }
        if number < 0 {
            // Not every file system can do that. Between these two calls a killed process leaves an empty file.
            var path = Array("\(folder)/unnamed.XXXXXX".utf8CString)
            number = mkstemp(&path)
            guard number >= 0 else { throw .last("create a file in", folder) }
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
            unlink(path)
        }
        self.init(adopting: number, path: folder)
    }
}
