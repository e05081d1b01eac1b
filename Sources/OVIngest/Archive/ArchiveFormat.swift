// SPDX-License-Identifier: Apache-2.0

/// A kind of file that others lie in.
package enum ArchiveFormat: Hashable, Sendable, CaseIterable {
    case zip, tar, gzippedTar

    private var endings: [String] {
        switch self {
        case .zip: [".zip"]
        case .tar: [".tar"]
        case .gzippedTar: [".tar.gz", ".tgz"]
        }
    }

    /// Says by a file's name what it is taken for. By its content a text document of an office is a zip as well.
    /// - Returns: also the name of the folder that it becomes; nil for what is no archive.
    static func of(fileName: String) -> (format: ArchiveFormat, folderName: String)? {
        let lowered = fileName.lowercased()
        for format in allCases {
            for ending in format.endings where lowered.hasSuffix(ending) && lowered != ending {
                return (format, String(fileName.dropLast(ending.count)))
            }
        }
        return nil
    }
}
