// SPDX-License-Identifier: Apache-2.0

internal import OVCore
internal import OVSystem

/// Tells from its status that a file has not changed, as git's index does: by size, times, inode and device.
enum FileValidator {
    /// How far the kernel's stamps may lag behind the clock that says when reading began.
    private static let clockGranularity: Int64 = 10_000_000
    /// The same on file systems that keep whole seconds, or two (FAT).
    private static let coarseGranularity: Int64 = 2_000_000_000

    /// The validator of a file that was read from `start` on.
    /// - Returns: nil when the file is so young that it could change once more without its times showing it.
    static func make(_ status: FileStatus, readFrom start: Timestamp) -> Validator? {
        let (began, overflow) = start.milliseconds.multipliedReportingOverflow(by: 1_000_000)
        let isCoarse = status.modified % 1_000_000_000 == 0 || status.changed % 1_000_000_000 == 0
        let margin = isCoarse ? coarseGranularity : clockGranularity
        guard !overflow, max(status.modified, status.changed) < began - margin else { return nil }
        return Validator(withText(status) { String(decoding: $0, as: UTF8.self) })
    }

    /// Whether `validator` was made from this very status. Does not allocate: it is asked for every file on every run.
    static func matches(_ validator: Validator, _ status: FileStatus) -> Bool {
        withText(status) { text in validator.text.utf8.elementsEqual(text) }
    }

    /// The numbers in hexadecimal, with `-` between them.
    private static func withText<Result>(
        _ status: FileStatus, _ body: (Slice<UnsafeMutableBufferPointer<UInt8>>) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 5 * 17) { buffer in
            var end = 0
            write(UInt64(bitPattern: status.size), to: buffer, at: &end)
            write(UInt64(bitPattern: status.modified), to: buffer, at: &end)
            write(UInt64(bitPattern: status.changed), to: buffer, at: &end)
            write(status.inode, to: buffer, at: &end)
            write(status.device, to: buffer, at: &end)
            return body(buffer[..<(end - 1)])
        }
    }

    private static func write(_ number: UInt64, to buffer: UnsafeMutableBufferPointer<UInt8>, at end: inout Int) {
        var shift = max(0, 60 - number.leadingZeroBitCount / 4 * 4)
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: number >> UInt64(shift)) & 15
            buffer[end] = digit < 10 ? 48 + digit : 87 + digit
            end += 1
            shift -= 4
        }
        buffer[end] = UInt8(ascii: "-")
        end += 1
    }
}
