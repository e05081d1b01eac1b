// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A pattern as a nondeterministic automaton over bytes (Thompson's construction). Its size is bounded.
struct RegexProgram: Sendable {
    enum State: Sendable {
        /// On one of these bytes to that state.
        case bytes([(ClosedRange<UInt8>, target: Int)])
        /// To any of these, without a byte.
        case split([Int])
        case assertion(RegexAssertion, next: Int)
        case match
    }

    private(set) var states: [State] = [.match]
    private(set) var start = 0
    private(set) var hasAssertions = false
    private(set) var hasWordAssertions = false

    static let matchState = 0
    private static let maximumStates = 20_000

    /// - Throws: `INVALID_ARGUMENT` for a pattern that is too large when its repetitions are written out.
    init(_ node: RegexNode) throws(OVError) { start = try compile(node, next: Self.matchState) }

    /// The same with every assertion taken as true: what it does not match, the program does not either.
    var withoutAssertions: RegexProgram {
        var program = self
        program.states = states.map { state in
            if case .assertion(_, let next) = state { .split([next]) } else { state }
        }
        (program.hasAssertions, program.hasWordAssertions) = (false, false)
        return program
    }

    /// The state from which `node` and then what `next` leads to is matched.
    private mutating func compile(_ node: RegexNode, next: Int) throws(OVError) -> Int {
        switch node {
        case .empty: return next
        case .scalars(let set): return try compile(set, next: next)
        case .assertion(let assertion):
            hasAssertions = true
            if assertion.isAboutWords { hasWordAssertions = true }
            return try add(.assertion(assertion, next: next))
        case .sequence(let nodes):
            var next = next
            for node in nodes.reversed() { next = try compile(node, next: next) }
            return next
        case .alternatives(let nodes):
            var targets: [Int] = []
            for node in nodes { targets.append(try compile(node, next: next)) }
            return try add(.split(targets))
        case .repeated(let node, let lower, let upper):
            return try compile(node, lower: lower, upper: upper, next: next)
        }
    }

    private mutating func compile(_ node: RegexNode, lower: Int, upper: Int?, next: Int) throws(OVError) -> Int {
        var tail = next
        if let upper {
            // x{0,3} is (x(x(x)?)?)?
            for _ in 0..<max(0, upper - lower) { tail = try add(.split([try compile(node, next: tail), next])) }
        } else {
            let loop = try add(.split([next]))
            let body = try compile(node, next: loop)
            states[loop] = .split([body, next])
            tail = loop
        }
        for _ in 0..<lower { tail = try compile(node, next: tail) }
        return tail
    }

    private mutating func compile(_ set: ScalarSet, next: Int) throws(OVError) -> Int {
        let trie = UTF8Trie(set)
        var numbers: [Int] = []
        // Nodes come behind those that they lead to.
        for edges in trie.nodes {
            numbers.append(try add(.bytes(edges.map { ($0.bytes, $0.target.map { numbers[$0] } ?? next) })))
        }
        return numbers[trie.root]
    }

    private mutating func add(_ state: State) throws(OVError) -> Int {
        guard states.count < Self.maximumStates else {
            throw OVError(
                .invalidArgument, "the pattern is too large once its repetitions are written out",
                hint: "repeat less often, or classes with fewer characters, such as `[a-z]` or `(?-u:\\w)`")
        }
        states.append(state)
        return states.count - 1
    }
}
