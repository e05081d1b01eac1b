// SPDX-License-Identifier: Apache-2.0

import OVCore

/// The bounds on what connections may do.
package struct HTTPLimits: Hashable, Sendable {
    /// Bytes of a request's body.
    package var bodyBytes: Int64 = 1 << 20
    /// Bytes of an upload.
    package var uploadBytes: Int64 = 512 << 20
    /// How long an upload that nobody uses is kept.
    package var uploadAge = Milliseconds.days(1)
    /// How long a connection may be silent, between requests or in the middle of one.
    package var idleTime = Milliseconds.seconds(75)
    /// How long a request that has begun may take once the server is to end.
    package var closingTime = Milliseconds.seconds(5)
    package var connections = 20_000
    /// How many dry runs of ingests go on at once.
    package var dryRuns = 4
    /// Event streams that are open at once.
    package var eventStreams = 256

    package init() {}
}
