// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Kernel locks on single bytes of a file.
///
/// They belong to the open file, so two descriptors that were opened apart exclude each other even inside one process,
/// and they end with the process however it ends. Open-file-description locks, because classic ones vanish when any
/// descriptor of the file is closed.
extension Descriptor {
    /// Takes the lock of a byte, which need not exist, unless somebody else has it.
    package func tryLock(byte: Int) throws(SystemError) -> Bool {
        var lock = Self.range(byte, F_WRLCK)
        if withUnsafeMutablePointer(to: &lock, { fcntl(number, Self.setLock, UnsafeMutableRawPointer($0)) }) == 0 {
            return true
        }
        if errno == EAGAIN || errno == EACCES { return false }
        throw .last("lock", path)
    }

    package func unlock(byte: Int) {
        var lock = Self.range(byte, F_UNLCK)
        _ = withUnsafeMutablePointer(to: &lock) { fcntl(number, Self.setLock, UnsafeMutableRawPointer($0)) }
    }

    /// Whether somebody else holds a lock. This descriptor's own locks do not count.
    package func isLockedElsewhere(byte: Int) throws(SystemError) -> Bool {
        var lock = Self.range(byte, F_WRLCK)
        guard withUnsafeMutablePointer(to: &lock, { fcntl(number, Self.getLock, UnsafeMutableRawPointer($0)) }) == 0
        else { throw .last("examine the lock", path) }
        return Int32(lock.l_type) != F_UNLCK
    }

    private static let setLock: Int32 = 37  // F_OFD_SETLK, which the C library hides behind _GNU_SOURCE
    private static let getLock: Int32 = 36  // F_OFD_GETLK

    private static func range(_ byte: Int, _ type: Int32) -> flock {
        var lock = flock()
        lock.l_type = Int16(type)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = off_t(byte)
        lock.l_len = 1
        return lock
    }
}
