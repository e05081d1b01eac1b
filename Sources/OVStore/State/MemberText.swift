// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem

/// The text of a member that checks out: a line that says which one it is, then a record a line.
struct MemberText: Sendable {
    private let bytes: [UInt8]
    /// Where the member stands in its file.
    let offset: Int64
    /// The number of its commit; of a snapshot, the last that is in it.
    let sequence: UInt64
    let isSnapshot: Bool
    private var position = 0

    init(_ bytes: [UInt8], of sequence: UInt64, isSnapshot: Bool, at offset: Int64) {
        self.bytes = bytes
        self.sequence = sequence
        self.isSnapshot = isSnapshot
        self.offset = offset
    }

    /// Bytes that have not been read.
    var length: Int { bytes.count - position }

    /// How many records of a kind there are, as they are written by this program.
    func count(of kind: RecordKind) -> Int {
        let beginning = Array("{\"\(kind.rawValue)\":".utf8)
        var (rest, count) = (self, 0)
        while let line = rest.nextRange() {
            if bytes[line].starts(with: beginning) { count += 1 }
        }
        return count
    }

    /// Takes the next line; nil behind the last.
    mutating func nextLine() -> JSONReader? { nextRange().map { JSONReader(bytes, in: $0) } }

    /// Takes all lines that are left.
    mutating func forEachLine(_ body: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
        // One reader for all: to make one counts a reference to the text, over which two threads would quarrel.
        var json = JSONReader(bytes, in: position..<position)
        while let line = nextRange() {
            json.move(to: line)
            try body(&json)
        }
    }

    /// How many lines have not been taken.
    var lineCount: Int {
        var (rest, count) = (self, 0)
        while rest.nextRange() != nil { count += 1 }
        return count
    }

    /// Each line ends in a newline; strings have none.
    private mutating func nextRange() -> Range<Int>? {
        guard position < bytes.count else { return nil }
        let start = position
        let end = bytes.withUnsafeBytes { buffer in
            buffer.baseAddress.flatMap { base in
                memchr(base + start, 10, buffer.count - start).map { UnsafeRawPointer($0) - base }
            }
        }
        position = (end ?? bytes.count) + 1
        return start..<(end ?? bytes.count)
    }

    /// Reads the first line of a commit.
    mutating func readCommitLine(of member: Member) throws(JSONError) {
        guard var json = nextLine() else { throw JSONError(reason: "an empty commit", offset: 0) }
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
        guard UInt64(number) == member.sequence else {
            throw json.failure("the commit's header and its text disagree")
        }
    }
}

// MARK: - Into the state

extension StateHalf {
    fileprivate mutating func apply(_ text: MemberText) throws(JSONError) {
        var text = text
        journal.begin(text.sequence)
        try text.forEachLine { json throws(JSONError) in try applyLine(&json) }
        settle()
        // A snapshot says what there is, and not which commit made it so.
        if text.isSnapshot { journal = ChangeJournal(behind: text.sequence) }
    }

    /// - Returns: what stopped it; all before is applied.
    fileprivate mutating func apply(_ texts: [MemberText]) -> MemberChain.Fault? {
        for text in texts {
            if text.length >= State.muchText { reserve(for: text) }
            do throws(JSONError) {
                try apply(text)
            } catch {
                return .damaged(offset: text.offset, reason: error.description)
            }
        }
        return nil
    }
}

extension State {
    /// From so many bytes on it is worth a second thread, and to know in advance how much there is.
    fileprivate static let muchText = 1 << 20

    /// Does what the records of members say.
    mutating func apply(_ texts: [MemberText]) throws(MemberChain.Fault) {
        let fault: MemberChain.Fault?
        if texts.reduce(0, { $0 + $1.length }) < Self.muchText {
            fault = catalog.apply(texts) ?? agenda.apply(texts)
        } else {
            let (catalogFault, (agenda, agendaFault)) = sideBySide {
                catalog.apply(texts)
            } _: { [agenda] in
                var agenda = agenda
                let fault = agenda.apply(texts)
                return (agenda, fault)
            }
            self.agenda = agenda
            fault = catalogFault ?? agendaFault
        }
        if let fault { throw fault }
    }

    /// The state behind a commit.
    func applying(commit member: Member, _ bytes: [UInt8]) throws(JSONError) -> State {
        var text = MemberText(bytes, of: member.sequence, isSnapshot: false, at: 0)
        try text.readCommitLine(of: member)
        var next = self
        try next.catalog.apply(text)
        try next.agenda.apply(text)
        next.sequence = member.sequence
        return next
    }
}
