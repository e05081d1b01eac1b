// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import Testing

/// Both ends of a pipe.
struct Pipe: Sendable {
    let output: Descriptor
    let input: Descriptor

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        output = Descriptor(adopting: ends[0], path: "pipe")
        input = Descriptor(adopting: ends[1], path: "pipe")
    }
}

extension Descriptor {
    /// Closes the pipe behind it, whoever else holds on to the descriptor.
    func hangUp() {
        guard let nowhere = try? Descriptor(opening: "/dev/null", O_RDWR) else { return }
        try? Descriptor.redirect(number, to: nowhere.number)
    }
}
