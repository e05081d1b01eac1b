// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem

/// Standard output or standard error.
package protocol OutputSink: Sendable {
    /// The terminal on the other end; nil for a pipe or a file.
    var terminal: Terminal? { get }

    /// Writes all of it. Blocks.
    /// - Throws: `BrokenPipe` when nobody reads any more, `SystemError`.
    func write(_ bytes: [UInt8]) throws
}

extension OutputSink {
    func write(_ text: String) throws { try write(Array(text.utf8)) }
}

/// A terminal as far as output is concerned.
package struct Terminal: Hashable, Sendable {
    /// Columns.
    package let width: Int
    /// Whether it understands escape sequences.
    package let isCapable: Bool

    package init(width: Int, isCapable: Bool = true) {
        self.width = width
        self.isCapable = isCapable
    }
}

/// The reader of our output went away.
struct BrokenPipe: Error {}

/// An open descriptor that belongs to the process.
struct DescriptorSink: OutputSink {
    let number: Int32
    let terminal: Terminal?

    init(number: Int32, environment: [String: String]) {
        self.number = number
        terminal = isatty(number) == 1 ? Self.terminal(number, environment) : nil
    }

    private static func terminal(_ number: Int32, _ environment: [String: String]) -> Terminal {
        var size = winsize()
        let known = ioctl(number, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let columns = environment["COLUMNS"].flatMap(Int.init) ?? (known ? Int(size.ws_col) : 80)
        let term = environment["TERM"] ?? "dumb"
        return Terminal(width: min(max(columns, 20), 1000), isCapable: term != "dumb" && !term.isEmpty)
    }

    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
                let put = Glibc.write(number, rest.baseAddress, rest.count)
                if put > 0 {
                    done += put
                    continue
                }
                let cause = errno
                if cause == EINTR { continue }
                if cause == EPIPE { throw BrokenPipe() }
                guard cause == EAGAIN else { throw SystemError(errno: cause, operation: "write to", path: "output") }
                // Somebody made the pipe non-blocking; wait until it takes more.
                var ready = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            }
        }
    }
}
