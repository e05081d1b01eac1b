// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem

/// The home's lock file: kernel locks on single bytes, and a line of text for each that says who holds it.
///
/// See FORMAT.md §2. The locks belong to this object's open file, so two of them exclude each other even inside one
/// process, and they end with the process however it ends. Calls block; they belong on the store's thread.
final class LockFile: Sendable {
    /// A byte of the lock file.
    struct Slot: Hashable, Sendable {
        let byte: Int

        static let commit = Slot(byte: 0)
        static let daemon = Slot(byte: 1)
        static let scheduler = Slot(byte: 2)
        static let collector = Slot(byte: 3)
        static func owner(_ number: Int) -> Slot { Slot(byte: 64 + number) }
    }

    static let labelLength = 512
    static let ownerSlots = 1024

    private let file: Descriptor

    /// Opens the lock file, creating it without a byte if there is none.
    init(path: String) throws(SystemError) {
        file = try Descriptor(opening: path, O_RDWR | O_CREAT, mode: 0o600)
    }

    var hasContent: Bool { get throws(SystemError) { try file.status().size > 0 } }

    // MARK: Locks

    /// Takes a lock unless somebody else has it.
    func tryLock(_ slot: Slot) throws(SystemError) -> Bool { try file.tryLock(byte: slot.byte) }

    func unlock(_ slot: Slot) { file.unlock(byte: slot.byte) }

    /// Whether somebody else holds a lock. This object's own locks do not count.
    func isHeldElsewhere(_ slot: Slot) throws(SystemError) -> Bool { try file.isLockedElsewhere(byte: slot.byte) }

    /// Takes a lock, waiting at most `wait` for whoever has it.
    /// - Throws: `UNAVAILABLE` that names the holder.
    func lock(_ slot: Slot, waitingAtMost wait: Milliseconds) throws(OVError) {
        var pause: UInt32 = 50
        var waited: Int64 = 0
        do throws(SystemError) {
            while try !tryLock(slot) {
                guard waited < wait.count * 1000 else { throw SystemError(errno: ETIMEDOUT, operation: "", path: "") }
                // On the store's own thread; a holder commits in well under a millisecond.
                usleep(pause)
                waited += Int64(pause)
                pause = min(pause + pause / 2, 5000)
            }
        } catch {
            guard error.errno == ETIMEDOUT else { throw OVError(error) }
            let holder = (try? label(of: slot))?.description ?? "another process"
            throw OVError(
                .unavailable, "the store has been locked for more than \(Int(wait.seconds)) s by \(holder)",
                hint: "try again; if that process hangs, end it: its lock goes with it")
        }
    }

    // MARK: Labels

    func setLabel(_ label: LockLabel, of slot: Slot) throws(SystemError) {
        var line = Array(JSONWriter.text(of: label).utf8.prefix(Self.labelLength - 1))
        line.append(contentsOf: repeatElement(32, count: Self.labelLength - 1 - line.count))
        line.append(10)
        try file.write(line, at: Int64(slot.byte * Self.labelLength))
    }

    /// Who last held a lock, if it left a readable label.
    func label(of slot: Slot) throws(SystemError) -> LockLabel? {
        LockLabel(line: try file.read(Self.labelLength, at: Int64(slot.byte * Self.labelLength)))
    }
}
