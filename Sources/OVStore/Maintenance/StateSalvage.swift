// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What can be brought back from state files that do not check out.
///
/// Records are put and dropped whole, so a commit that is lost takes only itself along: those behind it are applied.
/// The previous generation ends where the present one's snapshot begins, so with it even a snapshot can be lost.
struct StateSalvage: Sendable {
    private(set) var state: State?
    /// What could not be brought back, in words.
    private(set) var lost: [String] = []

    /// - Parameters:
    ///   - current: bytes of `state.json.gz`, nil when it is missing.
    ///   - previous: bytes of `state.json.gz.1`, nil when it is missing.
    /// - Throws: `MemberChain.Fault.newerFormat`; what a newer program wrote is not for this one to repair.
    init(current: [UInt8]?, previous: [UInt8]?) throws(MemberChain.Fault) {
        if let previous, try Self.hasSnapshot(previous) {
            state = try sound(previous, onto: nil, named: "state.json.gz.1")
        }
        guard let current else {
            lost.append("state.json.gz is missing, with every commit since the generation before it")
            return
        }
        if try Self.hasSnapshot(current) {
            // It stands for itself; whatever the generation before lacks does not matter.
            lost = []
            state = try sound(current, onto: nil, named: "state.json.gz")
        } else if let before = state {
            lost = []
            state = try sound(current, onto: before, named: "state.json.gz")
        } else {
            lost.append("state.json.gz has no sound snapshot, and there is no generation before it")
        }
    }

    private static func hasSnapshot(_ bytes: [UInt8]) throws(MemberChain.Fault) -> Bool {
        guard let first = Member(header: bytes[...]), first.length <= bytes.count else { return false }
        var chain = MemberChain()
        do {
            try chain.read(Array(bytes.prefix(first.length)))
            return true
        } catch {
            if case .newerFormat = error { throw error }
            return false
        }
    }

    /// Applies every member that checks out by itself, in its order.
    private mutating func sound(_ bytes: [UInt8], onto base: State?, named name: String) throws(MemberChain.Fault)
        -> State?
    {
        var state = base
        var position = 0
        while position < bytes.count {
            guard let member = Member(header: bytes[position...]), member.length <= bytes.count - position,
                let text = Member.text(of: bytes[position..<position + member.length])
            else {
                let next = Self.nextMember(in: bytes, after: position)
                note("\(name): \((next ?? bytes.count) - position) bytes at \(position) do not check out")
                position = next ?? bytes.count
                continue
            }
            state = apply(member, text, to: state, at: position, named: name)
            position += member.length
        }
        return state
    }

    private static func nextMember(in bytes: [UInt8], after position: Int) -> Int? {
        var start = position + 1
        while start < bytes.count, let magic = bytes[start...].firstIndex(of: 0x1F) {
            if Member(header: bytes[magic...]) != nil { return magic }
            start = magic + 1
        }
        return nil
    }

    private mutating func apply(
        _ member: Member, _ text: [UInt8], to state: State?, at position: Int, named name: String
    )
        -> State?
    {
        guard let state else {
            // The snapshot: nothing to be applied to, and checked before.
            var chain = MemberChain()
            return (try? chain.readSnapshot(member, text)) == nil ? nil : chain.state
        }
        // Contained in the snapshot already, or of another store.
        guard member.mark == state.identity.mark, member.sequence > state.sequence else { return state }
        if member.sequence > state.sequence + 1 {
            note("commits \(state.sequence + 1) to \(member.sequence - 1) are missing")
        }
        do throws(JSONError) {
            return try state.applying(commit: member, text)
        } catch {
            note("\(name): commit \(member.sequence) is malformed: \(error)")
            return state
        }
    }

    private mutating func note(_ text: String) {
        if lost.count < 100 { lost.append(text) }
    }
}
