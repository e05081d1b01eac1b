// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The system's clock: instants from the real-time clock, waiting on the monotonic one.
package struct SystemClock: WallClock {
    package init() {}

    package func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    package func sleep(for duration: Milliseconds) async throws {
        try await Task.sleep(for: duration.duration, clock: .continuous)
    }
}
