// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Pipes and terminals, at which one waits. All of it blocks.
extension Descriptor {
    /// What a pipe takes without blocking once it says that it can be written to.
    private static let piece = 4096

    /// Another descriptor of the same open file.
    package static func duplicate(_ number: Int32) throws(SystemError) -> Descriptor {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw .last("duplicate", "descriptor \(number)") }
        return Descriptor(adopting: copy, path: "descriptor \(number)")
    }

    /// Makes a descriptor that everybody knows by its number mean another open file.
    package static func redirect(_ number: Int32, to other: Int32) throws(SystemError) {
        guard retryingInterrupts({ dup2(other, number) }) >= 0 else { throw .last("redirect", "descriptor \(number)") }
    }

    /// Waits until there is something to read, and reads it.
    /// - Returns: empty at the end, nil once `wakeUp` was signalled.
    package func readSome(_ count: Int, unless wakeUp: WakeUp) throws(SystemError) -> [UInt8]? {
        guard try wait(for: Int16(POLLIN), unless: wakeUp) else { return nil }
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let got = retryingInterrupts { Glibc.read(number, buffer.baseAddress, count) }
            if got < 0 { failure = .last("read", path) }
            filled = max(0, got)
        }
        if let failure { throw failure }
        return bytes
    }

    /// Writes everything, waiting for a reader as long as it takes.
    /// - Returns: false once `wakeUp` was signalled; some of it is written then.
    package func writeAll(_ bytes: [UInt8], unless wakeUp: WakeUp) throws(SystemError) -> Bool {
        var done = 0
        while done < bytes.count {
            guard try wait(for: Int16(POLLOUT), unless: wakeUp) else { return false }
            let count = min(Self.piece, bytes.count - done)
            let written = bytes.withUnsafeBytes { buffer in
                retryingInterrupts { Glibc.write(number, buffer.baseAddress?.advanced(by: done), count) }
            }
            guard written >= 0 else {
                // Somebody else has made the open file one that does not block.
                if errno == EAGAIN { continue }
                throw .last("write to", path)
            }
            done += written
        }
        return true
    }

    /// Waits until nobody can write into this pipe any more, whether or not there is something left to read.
    /// - Returns: false once one of `wakeUps` was signalled.
    package func waitForHangUp(unless wakeUps: WakeUp...) throws(SystemError) -> Bool {
        try wait(for: 0, unless: wakeUps)
    }

    private func wait(for events: Int16, unless wakeUp: WakeUp) throws(SystemError) -> Bool {
        try wait(for: events, unless: [wakeUp])
    }

    /// - Returns: false once one of `wakeUps` was signalled.
    private func wait(for events: Int16, unless wakeUps: [WakeUp]) throws(SystemError) -> Bool {
        var waits = [pollfd(fd: number, events: events, revents: 0)]
        waits += wakeUps.map { pollfd(fd: $0.descriptor.number, events: Int16(POLLIN), revents: 0) }
        guard retryingInterrupts({ poll(&waits, nfds_t(waits.count), -1) }) >= 0 else { throw .last("wait for", path) }
        return waits.dropFirst().allSatisfy { $0.revents == 0 }
    }
}
