// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Moves bytes to and from a program, all of its pipes at once, so that neither side waits for the other.
///
/// Blocks the calling thread, which must be one that nobody else uses: it stops receiving `SIGPIPE`.
struct ProgramPump {
    private var input: Descriptor?
    private var output: Descriptor?
    private var errors: Descriptor?
    private let lifeline: Descriptor
    private var pending: ArraySlice<UInt8>
    private let idleLimit: Duration
    /// Whether the supervisor has ended. What the pipes hold then is all that will come, even if somebody who is no
    /// descendant of the program still has them open.
    private var isOver = false

    private(set) var kept = KeptOutput(bound: ChildProgram.keptErrors)
    /// The error number with which the program could not be started.
    private(set) var reportedFailure: Int32?

    init(
        input: Descriptor, output: Descriptor, errors: Descriptor, lifeline: Descriptor, pending: [UInt8],
        idleLimit: Duration
    ) throws(SystemError) {
        for end in [input, output, errors, lifeline] {
            let flags = fcntl(end.number, F_GETFL)
            guard flags >= 0, fcntl(end.number, F_SETFL, flags | O_NONBLOCK) == 0 else {
                throw .last("prepare", end.path)
            }
        }
        self.input = pending.isEmpty ? nil : input
        self.output = output
        self.errors = errors
        self.lifeline = lifeline
        self.pending = pending[...]
        self.idleLimit = idleLimit
    }

    /// The next bytes of standard output; empty at its end.
    mutating func read(atMost count: Int) throws(ChildProgram.Failure) -> [UInt8] {
        while let output {
            try wait()
            switch take(from: output, atMost: count) {
            case .bytes(let bytes): return bytes
            case .end: self.output = nil
            case .nothing: if isOver { self.output = nil }
            }
        }
        return []
    }

    /// Waits for the supervisor's end, and takes what is left to read on standard error.
    mutating func drain() throws(ChildProgram.Failure) {
        while !isOver { try wait() }
        while errors != nil { readErrors() }
    }

    mutating func close() {
        input = nil
        output = nil
        errors = nil
    }

    // MARK: -

    /// Waits until standard output has something or ended, or the supervisor has ended; serves the other pipes.
    private mutating func wait() throws(ChildProgram.Failure) {
        blockBrokenPipeSignal()
        let (seconds, attoseconds) = idleLimit.components
        let timeout = Int32(min(max(seconds, 0), 1_000_000) * 1000 + attoseconds / 1_000_000_000_000_000)
        while true {
            var watched = [
                pollfd(fd: output?.number ?? -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errors?.number ?? -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: input?.number ?? -1, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: isOver ? -1 : lifeline.number, events: Int16(POLLIN), revents: 0),
            ]
            let count = isOver ? 1 : retryingInterrupts { poll(&watched, 4, max(1, timeout)) }
            guard count > 0 else { throw .idle(idleLimit) }
            if watched[1].revents != 0 { readErrors() }
            if watched[2].revents != 0 { writeInput() }
            if watched[3].revents != 0 { readLifeline() }
            if watched[0].revents != 0 || isOver { return }
        }
    }

    private enum Taken {
        case bytes([UInt8]), end, nothing
    }

    private func take(from end: Descriptor, atMost count: Int) -> Taken {
        var got = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: max(1, count)) { buffer, filled in
            got = retryingInterrupts { Glibc.read(end.number, buffer.baseAddress, buffer.count) }
            filled = max(0, got)
        }
        if got > 0 { return .bytes(bytes) }
        return got < 0 && errno == EAGAIN ? .nothing : .end
    }

    private mutating func readErrors() {
        guard let errors else { return }
        switch take(from: errors, atMost: 1 << 14) {
        case .bytes(let bytes): kept.append(bytes[...])
        case .end: self.errors = nil
        case .nothing: if isOver { self.errors = nil }
        }
    }

    private mutating func writeInput() {
        guard let input else { return }
        let written = pending.withUnsafeBytes { bytes in
            retryingInterrupts { Glibc.write(input.number, bytes.baseAddress, min(bytes.count, 1 << 16)) }
        }
        if written > 0 { pending = pending.dropFirst(written) }
        // A program need not read what it is told.
        if pending.isEmpty || written < 0 && errno != EAGAIN { self.input = nil }
        if self.input == nil { pending = [] }
    }

    private mutating func readLifeline() {
        switch take(from: lifeline, atMost: 16) {
        case .bytes(let digits): reportedFailure = Int32(String(decoding: digits, as: UTF8.self))
        case .end: isOver = true
        case .nothing: break
        }
    }

    private func blockBrokenPipeSignal() {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }
}
