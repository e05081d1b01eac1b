// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import Synchronization

/// Tells what happens to the files in one folder, whichever process does it (inotify).
///
/// `next` blocks and belongs on a thread of its own; `stop` may be called from any.
package final class FolderWatcher: Sendable {
    package struct Event: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            /// A file was written to, made, or came under its name.
            case changed
            /// Somebody who could write to the file has closed it, or has ended.
            case closed
            /// More has happened than the kernel remembers.
            case overflow
        }

        package let kind: Kind
        /// The name in the folder; empty for an overflow.
        package let name: String
    }

    private static let changes = UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO)
    private static let closes = UInt32(IN_CLOSE_WRITE)
    private static let headerLength = MemoryLayout<inotify_event>.size

    private let descriptor: Descriptor
    private let watch: Int32
    private let isStopped = Mutex(false)

    /// - Throws: `SystemError` when the folder is not there, or the user watches as much as the system allows.
    package init(_ folder: String) throws(SystemError) {
        let number = inotify_init1(Int32(IN_CLOEXEC))
        guard number >= 0 else { throw .last("watch", folder) }
        descriptor = Descriptor(adopting: number, path: folder)
        watch = inotify_add_watch(number, folder, Self.changes | Self.closes | UInt32(IN_ONLYDIR))
        guard watch >= 0 else { throw .last("watch", folder) }
    }

    /// Waits until something happens. Blocks.
    /// - Returns: nil after `stop`, and when the folder is gone.
    package func next() throws(SystemError) -> [Event]? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = retryingInterrupts { read(descriptor.number, &buffer, buffer.count) }
        guard count >= 0 else { throw .last("watch", descriptor.path) }
        return Self.events(in: buffer[..<count])
    }

    /// Ends the watching, and the call that waits.
    package func stop() {
        isStopped.withLock { isStopped in
            // The kernel answers a removed watch with a last event, which is what the reader wakes for.
            if !isStopped { _ = inotify_rm_watch(descriptor.number, watch) }
            isStopped = true
        }
    }

    private static func events(in bytes: ArraySlice<UInt8>) -> [Event]? {
        var events: [Event] = []
        var rest = bytes
        while rest.count >= headerLength {
            let header = rest.withUnsafeBytes { $0.loadUnaligned(as: inotify_event.self) }
            let name = rest.dropFirst(headerLength).prefix(Int(header.len)).prefix { $0 != 0 }
            rest = rest.dropFirst(headerLength + Int(header.len))
            if header.mask & UInt32(IN_IGNORED) != 0 { return nil }
            let text = String(decoding: name, as: UTF8.self)
            if header.mask & UInt32(IN_Q_OVERFLOW) != 0 { events.append(Event(kind: .overflow, name: "")) }
            if header.mask & changes != 0 { events.append(Event(kind: .changed, name: text)) }
            if header.mask & closes != 0 { events.append(Event(kind: .closed, name: text)) }
        }
        return events
    }
}
