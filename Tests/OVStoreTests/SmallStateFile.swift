// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import Testing

@testable import OVStore

/// The bytes of a small state file, member by member: a snapshot of one watch, then commits of one watch each.
struct SmallStateFile {
    static let firstSequence: UInt64 = 10

    var members: [[UInt8]] = []
    /// The watches that the state has behind each member.
    var watches: [[WatchTask]] = []

    var bytes: [UInt8] { Array(members.joined()) }
    /// Where each member ends.
    var ends: [Int] { members.indices.map { members[...$0].reduce(0) { $0 + $1.count } } }

    init(store: TaskID = Sample.id(1), generation: UInt64 = 1, commits: Int = 4, reason: String = "") throws {
        var state = State(identity: State.Identity(store: store, epoch: 1, generation: generation))
        state.sequence = Self.firstSequence
        state.agenda.put(try Sample.watch(100, reason: reason))
        members = [StateFile.snapshot(of: state, at: Sample.now)]
        watches = [Array(state.watches.values)]
        for number in 0..<commits {
            var transaction = Transaction(state: state, now: Sample.now)
            transaction.put(try Sample.watch(101 + number, reason: reason))
            append(Self.text(of: transaction), sequence: transaction.sequence)
            state = transaction.state
            state.sequence = transaction.sequence
            watches.append(Array(state.watches.values))
        }
    }

    /// Adds a member behind the last one.
    mutating func append(_ text: [UInt8], sequence: UInt64) {
        let predecessor = Deflate.checksum(members[members.count - 1][...])
        let mark = Member(header: members[0][...])?.mark ?? 0
        members.append(Member.encode(text, sequence: sequence, predecessor: predecessor, mark: mark, level: 2))
    }

    static func text(of transaction: Transaction) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("commit", Int(transaction.sequence))
            json.member("at", transaction.now)
        }
        json.newline()
        return json.bytes + transaction.records.bytes
    }

    /// A snapshot member with this text.
    static func snapshot(_ text: String, store: TaskID = Sample.id(1), sequence: UInt64 = 10) -> [UInt8] {
        let mark = State.Identity(store: store, epoch: 1, generation: 1).mark
        return Member.encode(Array(text.utf8), sequence: sequence, predecessor: 0, mark: mark, level: 2)
    }

    /// The header line of a snapshot.
    static func header(format: Int = 1, records: Int = 0, more: String = "") -> String {
        #"{"format":\#(format),"store":"\#(Sample.id(1))","epoch":1,"generation":1,"sequence":10,"#
            + #""written":"\#(Sample.now)","records":\#(records)\#(more)}"# + "\n"
    }
}

/// What reading some bytes as a state file comes to.
func read(_ bytes: [UInt8]) -> Result<MemberChain, MemberChain.Fault> {
    var chain = MemberChain()
    do throws(MemberChain.Fault) {
        try chain.read(bytes)
        return .success(chain)
    } catch {
        return .failure(error)
    }
}

extension Result<MemberChain, MemberChain.Fault> {
    var isDamaged: Bool {
        if case .failure(.damaged) = self { true } else { false }
    }

    /// Why it is damaged.
    var reason: String? {
        if case .failure(.damaged(_, let reason)) = self { reason } else { nil }
    }
}
