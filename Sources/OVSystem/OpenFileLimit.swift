// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How many files and connections this process may have open.
package enum OpenFileLimit {
    /// Raises it to what the system lets everybody have; the low default is for programs that use `select`.
    package static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
