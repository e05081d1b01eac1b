// SPDX-License-Identifier: Apache-2.0

internal import COVSystem
import Glibc

/// Ends the waiting of threads for a descriptor, once and for all of them.
package final class WakeUp: Sendable {
    /// Readable from the signal on: the end of a pipe into which nobody else can write.
    let descriptor: Descriptor
    private let input: Descriptor

    /// - Throws: `SystemError` when there are no more descriptors.
    package init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard ov_pipe(&ends) == 0 else { throw .last("make", "a pipe") }
        descriptor = Descriptor(adopting: ends[0], path: "a pipe")
        input = Descriptor(adopting: ends[1], path: "a pipe")
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    }

    package func signal() {
        var byte: UInt8 = 1
        // Nobody reads it, so that it stays signalled; a pipe that is full is signalled, too.
        _ = write(input.number, &byte, 1)
    }
}
