// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVSystem

/// Opens folders by their path below a root, segment by segment and never through a link, so that nothing outside
/// the root can be reached, whatever is renamed meanwhile.
///
/// It keeps the folders of the last path open: neighbours in a walk cost a single call each.
struct FolderChain {
    let root: Descriptor
    private var open: [(name: ArraySlice<UInt8>, folder: Descriptor)] = []

    /// How many levels stay open. Deeper ones are opened anew, so that a deep tree cannot use up the descriptors.
    private static let maximumKept = 32

    init(root: Descriptor) { self.root = root }

    /// - Parameter path: raw bytes with `/` between segments; empty for the root.
    /// - Throws: `SystemError`, `ELOOP` or `ENOTDIR` where a segment is not a folder.
    mutating func folder(at path: some Collection<UInt8>) throws(SystemError) -> Descriptor {
        let segments = Array(path).split(separator: UInt8(ascii: "/"))
        var level = 0
        while level < min(open.count, segments.count), open[level].name == segments[level] { level += 1 }
        open.removeSubrange(level...)
        var folder = open.last?.folder ?? root
        for segment in segments[level...] {
            folder = try folder.opening(segment, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            if open.count < Self.maximumKept { open.append((segment, folder)) }
        }
        return folder
    }
}
