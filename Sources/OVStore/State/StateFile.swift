// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem

/// The state file of a home: reads what others have appended, appends, compacts. FORMAT.md §1.
///
/// Belongs to the store's thread, like everything here that blocks. Whoever writes holds the commit lock.
final class StateFile {
    /// A tail shorter than this is never worth a compaction.
    static let smallestCompaction: Int64 = 128 << 10
    private static let compressionLevel: Int32 = 2

    private let home: Home
    private let files: any FileSystem
    private var file: (any OpenFile)?
    private var openStatus: FileStatus?
    /// The file as it was when all of it was read; nil when it may have changed without a trace.
    private(set) var settled: SettledFile?
    private var chain = MemberChain()
    /// Set when an append or its sync has failed: what is on the disk behind the last commit is then unknown.
    private var isSuspect = false
    /// Whether it is known that the open file is what a crash would leave under its name.
    private var isNameDurable = false

    init(home: Home, files: any FileSystem) {
        self.home = home
        self.files = files
    }

    var state: State { chain.state }
    var exists: Bool { file != nil }
    /// Whether a crash could not take the state away: it is there, and its name is on the disk.
    var isDurable: Bool { exists && isNameDurable }
    var length: Int64 { chain.end }

    // MARK: Reading

    /// Takes up what other processes have committed.
    /// - Returns: whether there was anything.
    /// - Throws: `UNAVAILABLE` when the file is damaged, of a newer format, or cannot be read.
    func refresh() throws(OVError) -> Bool {
        settled = nil
        // Before the file is looked at: whoever is stopped in between must not take a moment ago for long ago.
        let time = files.time
        do {
            guard let status = try files.status(of: home.state) else { return try noteAbsence() }
            if let file, let openStatus, status.inode == openStatus.inode, status.device == openStatus.device {
                if status.size == chain.end, try isLastCommitThere(in: file) {
                    settled = SettledFile(file, status, at: time)
                    return false
                }
                if status.size > chain.end, try readTail(of: file) { return true }
            }
            return try readAnew()
        } catch {
            switch error {
            case let error as OVError: throw error
            case let error as SystemError: throw OVError(error)
            case let error as MemberChain.Fault: throw Self.error(error)
            default: throw OVError(.internal, "cannot read the state: \(error)")
            }
        }
    }

    /// Whether the last commit that is known still stands in the file. One whose sync failed is cut off again, and
    /// another of the same length may have taken its place.
    private func isLastCommitThere(in file: any OpenFile) throws(SystemError) -> Bool {
        guard chain.end > chain.snapshotEnd else { return true }
        let member = try file.read(chain.lastLength, at: chain.end - Int64(chain.lastLength))
        return Deflate.checksum(member[...]) == chain.checksum
    }

    /// Reads on behind the last good member.
    /// - Returns: false when the chain does not fit, so that everything has to be read.
    private func readTail(of file: any OpenFile) throws -> Bool {
        let size = try file.status().size
        var next = chain
        let tail = try file.read(Int(max(0, size - chain.end)), at: chain.end)
        guard !tail.isEmpty, (try? next.read(tail)) != nil else { return false }
        chain = next
        return true
    }

    private func readAnew() throws -> Bool {
        let file = try files.open(home.state, .readAndWrite)
        let status = try file.status()
        var next = MemberChain()
        try next.read(try file.read(Int(status.size), at: 0))
        chain = next
        if status.inode != openStatus?.inode || status.device != openStatus?.device {
            // Whoever gave it its name may have been killed before that was durable.
            isNameDurable = false
            isSuspect = false
        }
        self.file = file
        openStatus = status
        return true
    }

    private func noteAbsence() throws -> Bool {
        guard file == nil else {
            throw OVError.damaged("state.json.gz", "it was there, and is gone")
        }
        if let reason = try reasonNotToBeEmpty() { throw OVError.damaged("state.json.gz", reason) }
        return false
    }

    /// Why a home without a state is not a new one; nil when it is.
    private func reasonNotToBeEmpty() throws(SystemError) -> String? {
        if try files.status(of: home.previousState) != nil {
            return "it is missing, but a previous generation is there"
        }
        if let lock = try files.status(of: home.lock), lock.size > 0 {
            return "it is missing, but the lock file says that there was one"
        }
        if try files.names(in: home.packs).contains(where: { $0.hasSuffix(".pack") }) {
            return "it is missing, but there are packs"
        }
        return nil
    }

    static func error(_ fault: MemberChain.Fault) -> OVError {
        switch fault {
        case .damaged(let offset, let reason): .damaged("state.json.gz", "\(reason) (at byte \(offset))")
        case .newerFormat(let format):
            OVError(
                .unavailable,
                "the store has format \(format), which is newer than this program's \(StateHeader.currentFormat)",
                hint: "use the newer `ov`; nothing was changed")
        }
    }

    // MARK: Writing, under the commit lock

    /// Makes a transaction durable. On return it is on the disk; on failure it is as if it had never been.
    func append(_ transaction: Transaction) throws(OVError) {
        do throws(SystemError) {
            let file = try fileToAppendTo(transaction)
            try cutTornTail(of: file)
            var next = transaction.state
            next.identity = chain.state.identity
            next.sequence = transaction.sequence
            let member = Member.encode(
                transaction.text, sequence: next.sequence, predecessor: chain.checksum, mark: next.identity.mark,
                level: Self.compressionLevel)
            try append(member, to: file)
            chain.append(member, leadingTo: next)
        } catch {
            throw OVError(error)
        }
    }

    /// The file that the next commit goes to: sound as far as is known, and durable under its name.
    private func fileToAppendTo(_ transaction: Transaction) throws(SystemError) -> any OpenFile {
        if let file, !isSuspect {
            if !isNameDurable {
                try files.synchronizeFolder(home.path)
                isNameDurable = true
            }
            return file
        }
        // Only what is acknowledged goes into a generation, so a crash or an error in between changes nothing.
        let state = exists ? chain.state : State(identity: transaction.state.identity)
        return try writeGeneration(state, at: transaction.now)
    }

    private func append(_ member: [UInt8], to file: any OpenFile) throws(SystemError) {
        do {
            try file.write(member, at: chain.end)
            try file.synchronize()
        } catch {
            isSuspect = true
            // So that no other process takes up what nobody will be told of. If even this fails, they may take it up:
            // whole, as it is.
            try? file.truncate(to: chain.end)
            throw error
        }
    }

    private func cutTornTail(of file: any OpenFile) throws(SystemError) {
        let size = try file.status().size
        guard size > chain.end else { return }
        try keep(try file.read(Int(size - chain.end), at: chain.end), as: try unusedName("state.torn-"))
        do {
            try file.truncate(to: chain.end)
            try file.synchronize()
        } catch {
            isSuspect = true
            throw error
        }
    }

    /// Makes a copy durable, or leaves nothing: a full disk must not collect one for each attempt.
    private func keep(_ bytes: [UInt8], as path: String) throws(SystemError) {
        do {
            let copy = try files.open(path, .create)
            try copy.write(bytes, at: 0)
            try copy.synchronize()
            try files.synchronizeFolder(home.path)
        } catch {
            try? files.remove(path)
            throw error
        }
    }

    /// The first path of the form `prefix` and a number that is not taken.
    func unusedName(_ prefix: String) throws(SystemError) -> String {
        let taken = try files.names(in: home.path)
        var number = 1
        while taken.contains(prefix + String(number)) { number += 1 }
        return home.path + "/" + prefix + String(number)
    }

    /// Makes the first state, without records.
    func create(_ identity: State.Identity, at now: Timestamp) throws(OVError) {
        do throws(SystemError) {
            _ = try writeGeneration(State(identity: identity), at: now)
        } catch {
            throw OVError(error)
        }
    }

    /// Whether the tail has outgrown the snapshot.
    var wantsCompaction: Bool {
        chain.end - chain.snapshotEnd > max(chain.snapshotEnd, Self.smallestCompaction)
    }

    /// Writes the state as one snapshot. The file before becomes the previous generation.
    func compact(at now: Timestamp) throws(OVError) {
        do throws(SystemError) {
            _ = try writeGeneration(chain.state, at: now)
        } catch {
            throw OVError(error)
        }
    }

    /// Steps 1 to 5 of FORMAT.md, "Compaction"; without a file before, those of "The first state".
    ///
    /// When only the last step fails, the new file stays: it holds what is durable anyway, and nothing is appended to
    /// it before its name is.
    /// - Parameter keepingPrevious: whether the file before becomes the previous generation.
    func writeGeneration(_ state: State, at now: Timestamp, keepingPrevious: Bool = true) throws(SystemError)
        -> any OpenFile
    {
        var state = state
        state.identity.generation += 1
        let bytes = Self.snapshot(of: state, at: now)
        let new = try files.open(home.newState, .create)
        try new.write(bytes, at: 0)
        try new.synchronize()
        if keepingPrevious, try files.status(of: home.state) != nil {
            try files.remove(home.previousState)
            try files.link(home.state, to: home.previousState)
        }
        let status = try new.status()
        try files.rename(home.newState, to: home.state)
        (file, openStatus, chain) = (new, status, MemberChain(snapshot: bytes, of: state))
        (isSuspect, isNameDurable) = (false, false)
        try files.synchronizeFolder(home.path)
        isNameDurable = true
        return new
    }

    static func snapshot(of state: State, at now: Timestamp) -> [UInt8] {
        let header = StateHeader(
            identity: state.identity, sequence: state.sequence, written: now, records: state.recordCount)
        var json = JSONWriter(reservingCapacity: 512 * (state.recordCount + 1))
        header.write(to: &json)
        json.newline()
        state.encodeRecords(to: &json)
        return Member.encode(
            json.bytes, sequence: state.sequence, predecessor: 0, mark: state.identity.mark, level: compressionLevel)
    }
}

extension Transaction {
    /// The text of the commit's member.
    fileprivate var text: [UInt8] {
        var json = JSONWriter(reservingCapacity: records.bytes.count + 64)
        json.object { json in
            json.member("commit", Int(clamping: sequence))
            json.member("at", now)
        }
        json.newline()
        return json.bytes + records.bytes
    }
}
