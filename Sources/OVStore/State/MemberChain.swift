// SPDX-License-Identifier: Apache-2.0

import OVCore

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
            var texts: [MemberText] = []
            let fault = walk(&rest, collecting: &texts)
            // What is good before a fault counts for those who want to know what there was.
            try state.apply(texts)
            if let fault { throw fault }
        }
        if end == 0 { throw .damaged(offset: 0, reason: "the file is empty") }
    }

    /// How much text is held before its records are applied. The texts of a whole file may be more than memory has.
    private static let heldText = 64 << 20

    /// Verifies member by member, up to a torn one or until there is enough to apply. Nothing is left in `rest` of what
    /// is torn.
    private mutating func walk(_ rest: inout ArraySlice<UInt8>, collecting texts: inout [MemberText]) -> Fault? {
        var held = 0
        do throws(Fault) {
            while !rest.isEmpty, held < Self.heldText {
                guard let (member, text) = Self.whole(rest) else {
                    try checkTorn(rest)
                    rest = []
                    return nil
                }
                held += text.count
                let memberBytes = rest.prefix(member.length)
                texts.append(try follow(member, text))
                checksum = Deflate.checksum(memberBytes)
                lastLength = member.length
                end += Int64(member.length)
                rest = rest.dropFirst(member.length)
            }
            return nil
        } catch {
            return error
        }
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

    /// Takes a member for the next one, if it is; its records have yet to be applied.
    private mutating func follow(_ member: Member, _ bytes: [UInt8]) throws(Fault) -> MemberText {
        var text = MemberText(bytes, of: member.sequence, isSnapshot: end == 0, at: end)
        do throws(JSONError) {
            if end == 0 {
                try begin(with: member, &text)
            } else {
                try goOn(with: member, &text)
            }
            return text
        } catch {
            if let newer = newerFormat { throw .newerFormat(newer) }
            throw .damaged(offset: end, reason: error.description)
        }
    }

    /// Set by a snapshot that cannot be read because of its version.
    private var newerFormat: Int?

    private mutating func begin(with member: Member, _ text: inout MemberText) throws(JSONError) {
        guard var json = text.nextLine() else { throw JSONError(reason: "no header", offset: 0) }
        let header = try StateHeader(decoding: &json)
        guard header.format <= StateHeader.currentFormat else {
            newerFormat = header.format
            throw json.failure("newer format")
        }
        guard member.sequence == header.sequence, member.mark == header.identity.mark, member.predecessor == 0 else {
            throw json.failure("the snapshot's header and its text disagree")
        }
        let count = text.lineCount
        guard count == header.records else {
            throw json.failure("\(count) records where \(header.records) were written")
        }
        state = State(identity: header.identity)
        state.sequence = header.sequence
        snapshotEnd = Int64(member.length)
    }

    private mutating func goOn(with member: Member, _ text: inout MemberText) throws(JSONError) {
        guard member.mark == state.identity.mark, member.sequence == state.sequence + 1, member.predecessor == checksum
        else {
            throw JSONError(reason: "commit \(member.sequence) does not follow commit \(state.sequence)", offset: 0)
        }
        try text.readCommitLine(of: member)
        state.sequence = member.sequence
    }

    /// Takes a snapshot by itself, for salvage.
    mutating func readSnapshot(_ member: Member, _ bytes: [UInt8]) throws(Fault) {
        let text = try follow(member, bytes)
        try state.apply([text])
    }
}
