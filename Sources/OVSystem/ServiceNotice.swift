// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Tells systemd how a service of `Type=notify` is doing: one datagram to the socket that it names (sd_notify(3)).
package enum ServiceNotice: String, Sendable {
    case ready = "READY=1"
    case stopping = "STOPPING=1"

    /// Does nothing where nobody asked to be told.
    /// - Parameter address: the value of `NOTIFY_SOCKET`: a path, or a name with `@` in the place of its zero.
    package func send(to address: String?) {
        guard let address, address.hasPrefix("/") || address.hasPrefix("@") else { return }
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(address.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: target.sun_path) else { return }
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // An abstract name ends where the length says; a path may have a zero behind it.
        let length = socklen_t((MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 2) + bytes.count)
        withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = sendto(descriptor, rawValue, rawValue.utf8.count, Int32(MSG_NOSIGNAL), address, length)
            }
        }
    }
}
