// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem

/// Reads the members of a state file one after the other into a state.
///
/// A value without I/O: it is given bytes and says how far they are good. FORMAT.md §1, "Torn or damaged".
struct MemberChain: Sendable {
    /// What is wrong with a state file as a whole.
    enum Fault: Error, Hashable, Sendable {
        /// Not what was written there. At this byte of the file, for this reason.
        case damaged(offset: Int64, reason: String)
        /// Written by a newer program.
        case newerFormat(Int)
    }

    private(set) var state = State.empty
    /// The end of the last good member.
    private(set) var end: Int64 = 0
    /// The end of the snapshot.
    private(set) var snapshotEnd: Int64 = 0
    /// CRC-32 of the last good member.
    private(set) var checksum: UInt32 = 0
    /// Bytes of the last good member.
    private(set) var lastLength = 0

    init() {}

    /// The chain of a file that holds nothing but this snapshot.
    init(snapshot bytes: [UInt8], of state: State) {
        self.state = state
        end = Int64(bytes.count)
        snapshotEnd = end
        checksum = Deflate.checksum(bytes[...])
        lastLength = bytes.count
    }

    /// Takes up the members in `bytes`, which begin where the last good one ended.
    ///
    /// Stops before a torn one; what is behind `end` then is torn.
    mutating func read(_ bytes: [UInt8]) throws(Fault) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let (member, text) = Self.whole(rest) else {
                return try checkTorn(rest)
            }
            let memberBytes = rest.prefix(member.length)
            try apply(member, text)
            checksum = Deflate.checksum(memberBytes)
            lastLength = member.length
            end += Int64(member.length)
            rest = rest.dropFirst(member.length)
        }
        if end == 0 { throw .damaged(offset: 0, reason: "the file is empty") }
    }

    /// Notes a commit that this process has appended itself.
    mutating func append(_ bytes: [UInt8], leadingTo state: State) {
        self.state = state
        end += Int64(bytes.count)
        checksum = Deflate.checksum(bytes[...])
        lastLength = bytes.count
    }

    private static func whole(_ bytes: ArraySlice<UInt8>) -> (Member, [UInt8])? {
        guard let member = Member(header: bytes), member.length <= bytes.count,
            let text = Member.text(of: bytes.prefix(member.length))
        else { return nil }
        return (member, text)
    }

    private func checkTorn(_ bytes: ArraySlice<UInt8>) throws(Fault) {
        guard end > 0 else {
            let isForeign = !bytes.starts(with: [0x1F, 0x8B])
            throw .damaged(
                offset: 0, reason: isForeign ? "it is not a state file" : "its snapshot does not check out")
        }
        if Member.begins(somewhereIn: bytes.dropFirst(), mark: state.identity.mark, after: state.sequence) {
            throw .damaged(offset: end, reason: "commit \(state.sequence + 1) does not check out, and others follow it")
        }
    }

    private mutating func apply(_ member: Member, _ text: [UInt8]) throws(Fault) {
        let offset = end
        do throws(JSONError) {
            if offset == 0 {
                try applySnapshot(member, text)
            } else {
                try applyCommit(member, text)
            }
        } catch {
            if let newer = newerFormat { throw .newerFormat(newer) }
            throw .damaged(offset: offset, reason: error.description)
        }
    }

    /// Set by a snapshot that cannot be read because of its version.
    private var newerFormat: Int?

    private mutating func applySnapshot(_ member: Member, _ text: [UInt8]) throws(JSONError) {
        var lines = Lines(text)
        guard let first = lines.next() else { throw JSONError(reason: "no header", offset: 0) }
        var json = JSONReader(text, in: first)
        let header = try StateHeader(decoding: &json)
        guard header.format <= StateHeader.currentFormat else {
            newerFormat = header.format
            throw json.failure("newer format")
        }
        guard member.sequence == header.sequence, member.mark == header.identity.mark, member.predecessor == 0 else {
            throw json.failure("the snapshot's header and its text disagree")
        }
        var state = State(identity: header.identity)
        let records = lines.rest
        let count = records.count
        try state.apply(text, records)
        guard count == header.records else {
            throw JSONError(reason: "\(count) records where \(header.records) were written", offset: text.count)
        }
        state.sequence = header.sequence
        self.state = state
        snapshotEnd = Int64(member.length)
    }

    private mutating func applyCommit(_ member: Member, _ text: [UInt8]) throws(JSONError) {
        guard member.mark == state.identity.mark, member.sequence == state.sequence + 1,
            member.predecessor == checksum
        else {
            throw JSONError(
                reason: "commit \(member.sequence) does not follow commit \(state.sequence)", offset: 0)
        }
        state = try state.applying(commit: member, text)
    }

    /// Takes a snapshot by itself, for salvage.
    mutating func readSnapshot(_ member: Member, _ text: [UInt8]) throws(JSONError) {
        try applySnapshot(member, text)
    }
}

extension State {
    /// The state behind a commit.
    func applying(commit member: Member, _ text: [UInt8]) throws(JSONError) -> State {
        var lines = Lines(text)
        guard let first = lines.next() else { throw JSONError(reason: "an empty commit", offset: 0) }
        var json = JSONReader(text, in: first)
        guard try Self.commitNumber(&json) == member.sequence else {
            throw json.failure("the commit's header and its text disagree")
        }
        var next = self
        for line in lines.rest { next.apply(try StateChange(text, line)) }
        next.sequence = member.sequence
        return next
    }
}

extension State {
    /// Reads the first line of a commit.
    private static func commitNumber(_ json: inout JSONReader) throws(JSONError) -> UInt64 {
        var (number, at): (Int?, Timestamp?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "commit": number = try json.count()
            case "at": at = try json.timestamp()
            default: throw json.unknown(name)
            }
        }
        try json.finish()
        guard let number, at != nil else { throw json.missing("commit or at") }
        return UInt64(number)
    }

    /// From so many records on, a snapshot is decoded by two threads: what takes time is to read it, not to apply it.
    private static let manyRecords = 10_000

    fileprivate mutating func apply(_ text: [UInt8], _ records: ArraySlice<Range<Int>>) throws(JSONError) {
        guard records.count >= Self.manyRecords else {
            for line in records { apply(try StateChange(text, line)) }
            return
        }
        // The one that also applies gets the smaller part.
        let middle = records.startIndex + records.count * 2 / 5
        let behind = records[middle...]
        let (failure, changes) = sideBySide {
            do throws(JSONError) {
                for line in records[..<middle] { apply(try StateChange(text, line)) }
                return JSONError?.none
            } catch {
                return error
            }
        } _: {
            Self.decode(text, behind)
        }
        if let failure { throw failure }
        for change in try changes.get() { apply(change) }
    }

    private static func decode(_ text: [UInt8], _ records: ArraySlice<Range<Int>>) -> Result<[StateChange], JSONError> {
        var changes: [StateChange] = []
        changes.reserveCapacity(records.count)
        do throws(JSONError) {
            for line in records { changes.append(try StateChange(text, line)) }
            return .success(changes)
        } catch {
            return .failure(error)
        }
    }
}

/// The lines of a member's text. Each ends in a newline; strings have none.
private struct Lines {
    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func next() -> Range<Int>? {
        guard position < text.count else { return nil }
        let end = Self.newline(in: text, from: position) ?? text.count
        defer { position = end + 1 }
        return position..<end
    }

    /// All lines that have not been taken.
    var rest: ArraySlice<Range<Int>> {
        var lines = self
        var ranges: [Range<Int>] = []
        while let line = lines.next() { ranges.append(line) }
        return ranges[...]
    }

    private static func newline(in text: [UInt8], from start: Int) -> Int? {
        text.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let found = memchr(base + start, 10, bytes.count - start) else {
                return nil
            }
            return UnsafeRawPointer(found) - base
        }
    }
}
