// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem

/// The few things that a store asks of a file system. Everything that becomes durable goes through here, so that
/// tests can fail each step and cut the power between any two.
package protocol FileSystem: Sendable {
    func open(_ path: String, _ access: FileAccess) throws(SystemError) -> any OpenFile

    /// Nil when there is nothing at `path`.
    func status(of path: String) throws(SystemError) -> FileStatus?

    /// The names in a folder, unsorted; empty when there is no such folder.
    func names(in folder: String) throws(SystemError) -> [String]

    /// Creates a folder and those above it, mode 0700, and makes their names durable. Fine when it exists.
    func createFolder(_ path: String) throws(SystemError)

    func rename(_ path: String, to target: String) throws(SystemError)
    func link(_ path: String, to target: String) throws(SystemError)

    /// Fine when there is nothing to remove.
    func remove(_ path: String) throws(SystemError)

    /// Makes the names in a folder durable.
    func synchronizeFolder(_ path: String) throws(SystemError)

    /// The time that a file changed now would get, which is the machine's, whatever clock a store was given.
    var time: Timestamp { get }
}

extension FileSystem {
    package var time: Timestamp { SystemClock().now() }
}

package enum FileAccess: Hashable, Sendable {
    /// Fails with `ENOENT` when there is none.
    case read
    /// Fails with `ENOENT` when there is none.
    case readAndWrite
    /// An empty file, whatever was there.
    case create
}

/// An open file. All calls block.
package protocol OpenFile: AnyObject, Sendable {
    var path: String { get }

    /// Reads up to `count` bytes; fewer only at the end.
    func read(_ count: Int, at offset: Int64) throws(SystemError) -> [UInt8]
    func write(_ bytes: [UInt8], at offset: Int64) throws(SystemError)
    func synchronize() throws(SystemError)
    func truncate(to length: Int64) throws(SystemError)
    func status() throws(SystemError) -> FileStatus
}

extension Descriptor: OpenFile {}
