// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVSystem

/// What a symbolic link in a folder leads to, found out without opening it.
enum LinkTarget {
    /// A regular file below the root.
    case file(location: Descriptor, FileStatus)
    /// A folder below the root: its files are documents at their own paths already.
    case folderInside
    /// Why it is not followed.
    case refused(String)

    /// - Parameter root: the root's path as the kernel spells it.
    /// - Throws: `SystemError` when that cannot be found out.
    init(of name: some Collection<UInt8>, in folder: Descriptor, root: [UInt8]) throws(SystemError) {
        let location: Descriptor
        do {
            location = try folder.opening(name, Descriptor.locationOnly)
        } catch {
            switch error.errno {
            case ENOENT, ENOTDIR: self = .refused("a symbolic link to something that does not exist; left out")
            case ELOOP: self = .refused("a symbolic link that leads back to itself; left out")
            default: throw error
            }
            return
        }
        let status = try location.status()
        let path = try location.resolvedPath()
        guard let relative = Self.relative(path, to: root) else {
            self = .refused("a symbolic link that leads out of the source; left out")
            return
        }
        if relative.split(separator: UInt8(ascii: "/")).contains(where: { PathFilter.isInternal($0) }) {
            self = .refused("a symbolic link into version control data; left out")
            return
        }
        switch status.kind {
        case .file: self = .file(location: location, status)
        case .folder: self = .folderInside
        default: self = .refused("a symbolic link to a \(status.noun); left out")
        }
    }

    private static func relative(_ path: [UInt8], to root: [UInt8]) -> ArraySlice<UInt8>? {
        if root == [UInt8(ascii: "/")] { return path.dropFirst() }
        guard path.starts(with: root) else { return nil }
        let rest = path.dropFirst(root.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "/") ? rest : nil
    }
}
