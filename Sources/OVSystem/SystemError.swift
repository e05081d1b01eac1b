// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A system call that failed: which one, on what, and why.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    package let errno: Int32
    /// What was attempted, as a verb for messages: `open`, `write to`, `sync`.
    package let operation: String
    package let path: String

    package init(errno: Int32, operation: String, path: String) {
        self.errno = errno
        self.operation = operation
        self.path = path
    }

    /// The error that the thread's last system call left.
    package static func last(_ operation: String, _ path: String) -> SystemError {
        SystemError(errno: Glibc.errno, operation: operation, path: path)
    }

    /// The system's words for the error: `No space left on device`.
    package var reason: String {
        String(cString: strerror(errno))
    }

    package var description: String { "cannot \(operation) \(path): \(reason)" }
}
