// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem

/// A state file that has not been touched for a while, so that whatever is done to it from now on shows in its status.
///
/// What is appended or cut off, and another file that takes the name (which takes a link from this one), all change
/// the time of the last change, which programs cannot set. Asking for it costs well under a microsecond and no disk, so
/// anybody may ask, on any thread.
struct SettledFile: Sendable {
    /// A file system's time moves on in ticks of up to 10 ms, and what is done within one leaves the same time behind.
    private static let longestTick: Int64 = 100

    private let file: any OpenFile
    private let status: FileStatus

    /// - Parameters:
    ///   - status: what was found before the file was read to its end.
    ///   - time: a time of before `status` was asked for.
    /// - Returns: nil when the file was changed a moment ago.
    init?(_ file: any OpenFile, _ status: FileStatus, at time: Timestamp) {
        guard time.milliseconds - status.changed / 1_000_000 > Self.longestTick else { return nil }
        (self.file, self.status) = (file, status)
    }

    var isUnchanged: Bool {
        guard let now = try? file.status() else { return false }
        return now.changed == status.changed && now.size == status.size
    }
}
