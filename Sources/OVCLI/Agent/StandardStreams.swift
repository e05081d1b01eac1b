// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem

/// The standard streams of a process whose output is a protocol.
struct StandardStreams: Sendable {
    let input: Descriptor
    let output: Descriptor

    /// Takes them over: from now on, whatever anything in this process writes to standard output comes out as standard
    /// error, so that no stray line can get between two messages.
    /// - Throws: `SystemError`.
    static func take() throws(SystemError) -> StandardStreams {
        let streams = StandardStreams(
            input: try Descriptor.duplicate(STDIN_FILENO), output: try Descriptor.duplicate(STDOUT_FILENO))
        try Descriptor.redirect(STDOUT_FILENO, to: STDERR_FILENO)
        return streams
    }
}
