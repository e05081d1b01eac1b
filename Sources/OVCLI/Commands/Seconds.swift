// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVCore

/// A number of seconds above zero, up to a year.
struct Seconds: ExpressibleByArgument, Hashable, Sendable {
    let milliseconds: Milliseconds

    init?(argument: String) {
        guard let seconds = Double(argument), seconds > 0, seconds <= 31_536_000 else { return nil }
        milliseconds = Milliseconds(max(1, Int64((seconds * 1000).rounded())))
    }
}
