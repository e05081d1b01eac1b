// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An open file, closed when the last reference goes away.
///
/// Always opened `O_CLOEXEC`: a child that inherited the descriptor of a lock would keep the lock. All calls block and
/// belong on a thread that may block. Interrupted calls are taken up again.
package final class Descriptor: Sendable {
    package let number: Int32
    package let path: String

    /// Takes over an open descriptor.
    package init(adopting number: Int32, path: String) {
        self.number = number
        self.path = path
    }

    /// - Throws: `SystemError`.
    package convenience init(opening path: String, _ flags: Int32, mode: mode_t = 0o600) throws(SystemError) {
        let number = retryingInterrupts { open(path, flags | O_CLOEXEC, mode) }
        guard number >= 0 else { throw .last("open", path) }
        self.init(adopting: number, path: path)
    }

    /// Opens a name inside an open folder, so that nobody can swap a folder above it in between.
    /// - Parameter name: raw bytes of one path segment, without the terminating zero.
    package convenience init(opening name: [CChar], in folder: Descriptor, _ flags: Int32) throws(SystemError) {
        let path = folder.path + "/" + String(decoding: name.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let number = retryingInterrupts { openat(folder.number, name + [0], flags | O_CLOEXEC) }
        guard number >= 0 else { throw .last("open", path) }
        self.init(adopting: number, path: path)
    }

    deinit { close(number) }

    /// Reads up to `count` bytes at `offset`; fewer only at the end of the file.
    package func read(_ count: Int, at offset: Int64) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<count])
                let got = retryingInterrupts {
                    pread(number, rest.baseAddress, rest.count, off_t(offset) + off_t(filled))
                }
                if got < 0 { failure = .last("read", path) }
                guard got > 0 else { return }
                filled += got
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Writes at the file's position, wholly or with an error.
    package func write(_ bytes: borrowing [UInt8]) throws(SystemError) {
        try writeWholly(bytes) { rest, _ in Glibc.write(number, rest.baseAddress, rest.count) }
    }

    /// Writes at `offset`, wholly or with an error.
    package func write(_ bytes: borrowing [UInt8], at offset: Int64) throws(SystemError) {
        try writeWholly(bytes) { rest, done in
            pwrite(number, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
        }
    }

    /// Calls `put` with what is left, and how much was written, until nothing is left.
    private func writeWholly(_ bytes: borrowing [UInt8], _ put: (UnsafeRawBufferPointer, Int) -> Int)
        throws(SystemError)
    {
        var failure: SystemError?
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let written = retryingInterrupts { put(UnsafeRawBufferPointer(rebasing: buffer[done...]), done) }
                if written < 0 {
                    failure = .last("write to", path)
                    return
                }
                done += written
            }
        }
        if let failure { throw failure }
    }

    package func status() throws(SystemError) -> FileStatus {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .last("examine", path) }
        return FileStatus(status)
    }

    /// Brings the bytes, and the length, to the disk.
    package func synchronize() throws(SystemError) {
        guard retryingInterrupts({ fdatasync(number) }) == 0 else { throw .last("sync", path) }
    }

    package func truncate(to length: Int64) throws(SystemError) {
        guard retryingInterrupts({ ftruncate(number, off_t(length)) }) == 0 else { throw .last("truncate", path) }
    }
}

/// Calls until the result is not `EINTR`.
func retryingInterrupts<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}
