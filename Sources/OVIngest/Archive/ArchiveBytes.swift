// SPDX-License-Identifier: Apache-2.0

package import OVSystem

/// Where an archive lies: in a file, or in memory, if it came out of another one.
package enum ArchiveBytes: Sendable {
    case file(Descriptor)
    case memory([UInt8])

    /// - Returns: fewer than `count` bytes only at the end.
    func read(_ count: Int, at offset: Int64) throws(SystemError) -> [UInt8] {
        switch self {
        case .file(let file): return try file.read(count, at: offset)
        case .memory(let bytes):
            guard offset >= 0, offset < bytes.count else { return [] }
            return Array(bytes[Int(offset)...].prefix(count))
        }
    }

    var size: Int64 {
        get throws(SystemError) {
            switch self {
            case .file(let file): try file.status().size
            case .memory(let bytes): Int64(bytes.count)
            }
        }
    }
}
