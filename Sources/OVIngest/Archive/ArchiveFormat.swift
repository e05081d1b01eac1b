// SPDX-License-Identifier: Apache-2.0

/// A kind of file that others lie in.
package enum ArchiveFormat: Hashable, Sendable, CaseIterable {
    case zip, tar, gzippedTar
    /// One file, packed.
    case gzip

    private var endings: [String] {
        switch self {
        case .zip: [".zip"]
        case .tar: [".tar"]
        case .gzippedTar: [".tar.gz", ".tgz"]
        case .gzip: [".gz"]
        }
    }

    /// Whether it becomes a folder, and not a document.
    var isFolder: Bool { self != .gzip }

    /// Says by a file's name what it is taken for. By its content a text document of an office is a zip as well.
    /// - Returns: also the name of what it becomes; nil for what is no archive.
    static func of(fileName: String) -> (format: ArchiveFormat, innerName: String)? {
        let lowered = fileName.lowercased()
        for format in allCases {
            for ending in format.endings where lowered.hasSuffix(ending) && lowered != ending {
                return (format, String(fileName.dropLast(ending.count)))
            }
        }
        return nil
    }

    /// How many bytes at the beginning say what something is.
    static let headSize = 8 << 10

    /// Says by how it begins what something is that was asked for as an archive.
    /// - Parameter head: its first `headSize` bytes.
    static func of(content head: [UInt8]) -> ArchiveFormat? {
        if head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6]) { return .zip }
        if isTar(head) { return .tar }
        guard head.starts(with: [0x1F, 0x8B]) else { return nil }
        let inflater = Inflater(limit: 32 << 20)
        guard (try? inflater.append(head)) != nil else { return .gzip }
        return isTar(inflater.output) ? .gzippedTar : .gzip
    }

    private static func isTar(_ head: [UInt8]) -> Bool {
        guard head.count >= TarHeader.blockSize else { return false }
        return (try? TarHeader(Array(head.prefix(TarHeader.blockSize)))) != nil
    }

    /// What to read a file as whose name says `named`, if it says something.
    ///
    /// Servers like to undo the outer packing of a `.tar.gz` on their own, and to say nothing of it.
    static func reading(_ head: [UInt8], named: ArchiveFormat?) -> ArchiveFormat? {
        let found = of(content: head)
        switch named {
        case .tar, .gzippedTar: return found == .tar || found == .gzippedTar ? found : named
        case .zip, .gzip: return named
        case nil: return found
        }
    }
}
