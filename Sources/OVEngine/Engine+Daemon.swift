// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

extension Engine {
    /// Makes this process the daemon of the store until it ends.
    /// - Throws: `FAILED_PRECONDITION` that names the daemon that there is.
    package func holdDaemonLock(socket: String?, url: String?) async throws(OVError) {
        guard try await store.tryToServe() else {
            let holder = try await store.daemonLabel() ?? "another process"
            throw OVError(
                .failedPrecondition, "a server runs on \(store.path) already: \(holder)",
                hint: "use that one, end it first, or serve another home with --home")
        }
    }
}
