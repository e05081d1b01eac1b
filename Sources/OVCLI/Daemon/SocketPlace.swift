// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem

/// Where the socket of a home lies: in it, or, where that makes the address too long for the system, in a folder of
/// its own that nobody else can enter. The label of the daemon's lock says where.
struct SocketPlace: Hashable, Sendable {
    /// What fits into a socket address, with the zero behind it.
    private static let maximumLength = 107

    let path: String
    /// A folder that exists for the socket alone.
    private let ownFolder: String?

    init(home: String, environment: [String: String]) throws(OVError) {
        let usual = home + "/ov.sock"
        guard usual.utf8.count > Self.maximumLength else {
            (path, ownFolder) = (usual, nil)
            return
        }
        let candidates = [environment["XDG_RUNTIME_DIR"], environment["TMPDIR"], "/tmp"]
        for base in candidates.compactMap(\.self) where base.hasPrefix("/") {
            let pattern = base + "/ov-XXXXXX"
            guard pattern.utf8.count + "/ov.sock".utf8.count <= Self.maximumLength else { continue }
            var template = Array(pattern.utf8CString)
            guard mkdtemp(&template) != nil else { continue }
            let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
            (path, ownFolder) = (folder + "/ov.sock", folder)
            return
        }
        throw OVError(
            .unavailable, "\(usual) is too long for the address of a socket, and there is no other place for it",
            hint: "choose a shorter home, or set TMPDIR to a folder that can be written")
    }

    func remove() {
        unlink(path)
        if let ownFolder { rmdir(ownFolder) }
    }
}
