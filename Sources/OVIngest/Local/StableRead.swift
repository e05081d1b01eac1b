// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVCore
package import OVSystem

/// A file's bytes, read while nobody wrote them.
struct StableRead {
    let bytes: [UInt8]
    /// Nil when the file was so young, or so busy, that it must be read again next time.
    let validator: Validator?
    /// Whether it changed during two attempts, so that the bytes may be of two versions.
    let isTorn: Bool

    enum Failure: Error {
        /// Another kind of file by now, which was not touched.
        case notAFile(noun: String)
        case tooLarge(Int64)
        case system(SystemError)
    }

    /// For opening what should be a regular file: never waits for a FIFO, and does not become a terminal's process.
    static let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY

    /// Reads all of an open file, twice if it changes meanwhile.
    static func read(_ file: Descriptor, clock: any WallClock, limit: Int64) throws(Failure) -> StableRead {
        let first = try attempt(file, clock: clock, limit: limit)
        return first.isTorn ? try attempt(file, clock: clock, limit: limit) : first
    }

    private static func attempt(_ file: Descriptor, clock: any WallClock, limit: Int64) throws(Failure) -> StableRead {
        let start = clock.now()
        let before = try checkedStatus(file, limit)
        let bytes: [UInt8]
        do { bytes = try file.read(Int(before.size), at: 0) } catch { throw .system(error) }
        let after = try checkedStatus(file, limit)
        let isTorn = !after.isSameContent(as: before)
        return StableRead(
            bytes: bytes, validator: isTorn ? nil : FileValidator.make(after, readFrom: start), isTorn: isTorn)
    }

    private static func checkedStatus(_ file: Descriptor, _ limit: Int64) throws(Failure) -> FileStatus {
        let status: FileStatus
        do { status = try file.status() } catch { throw .system(error) }
        guard status.kind == .file else { throw .notAFile(noun: status.noun) }
        guard status.size <= limit else { throw .tooLarge(status.size) }
        return status
    }
}

extension FileStatus {
    /// Whether nothing was written in between.
    func isSameContent(as other: FileStatus) -> Bool {
        size == other.size && modified == other.modified && changed == other.changed
    }
}

extension FetchError {
    /// What a failed call on a source as a whole means for it.
    package static func source(_ location: String, _ error: SystemError) -> FetchError {
        let message = "cannot \(error.operation) \(error.path): \(error.reason)"
        switch error.errno {
        case ENOENT, ENOTDIR, ELOOP:
            return .permanent(
                cause: "source_gone", "\(location) is not there any more", hint: "put it back, or `ov rm` the resource")
        case EACCES, EPERM:
            return .permanent(cause: "access_denied", message, hint: "give the user that runs ov read access")
        default: return .transient(cause: "io_error", message)
        }
    }
}
