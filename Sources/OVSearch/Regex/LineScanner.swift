// SPDX-License-Identifier: Apache-2.0

/// Goes through texts for the lines that match. One for each thread; what it has learned of the pattern stays.
package struct LineScanner {
    private let pattern: LinePattern
    private var automaton: LazyAutomaton
    private var simulation: SimulatedAutomaton
    /// Finds lines that may match a pattern that asks for words, whatever these are.
    private var candidates: LazyAutomaton?
    private var allowance: Int

    /// - Parameter allowance: what the pattern may cost beside what each text allows it.
    init(_ pattern: LinePattern, allowance: Int) {
        self.pattern = pattern
        self.allowance = allowance
        automaton = LazyAutomaton(pattern.program)
        simulation = SimulatedAutomaton(pattern.program)
        if pattern.program.hasWordAssertions { candidates = LazyAutomaton(pattern.program.withoutAssertions) }
    }

    /// What a pattern may cost beside looking at each byte once, in steps of some nanoseconds.
    static let baseAllowance = 1 << 30
    private static let allowancePerByte = 16

    /// Whether the pattern has cost more than it may; then lines that match may have been missed.
    package private(set) var isExhausted = false

    /// Grants the pattern what a text of this length may cost. To be called ahead of each text.
    package mutating func begin(_ text: [UInt8]) {
        allowance += text.count * Self.allowancePerByte
        automaton.allowance = allowance
        simulation.allowance = allowance
        candidates?.allowance = allowance
    }

    /// The next line that matches, without its end.
    /// - Parameter start: where a line begins.
    package mutating func nextLine(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int>? {
        defer { isExhausted = max(automaton.work, simulation.work, candidates?.work ?? 0) > allowance }
        if pattern.isLiteralWord { return nextByLiteralWord(in: text, from: start) }
        return pattern.literal.isEmpty ? nextMatch(in: text, from: start) : nextByLiteral(in: text, from: start)
    }

    /// Looks at lines that have the literal, and at no others.
    private mutating func nextByLiteral(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int>? {
        var from = start
        while let place = ByteSearch.first(pattern.literal, in: text, from: from) {
            let line = Self.line(around: place, in: text, notBefore: from)
            if pattern.isLiteral || matches(text, line) { return line }
            from = line.upperBound + 1
        }
        return nil
    }

    private func nextByLiteralWord(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int>? {
        var from = start
        while let place = ByteSearch.first(pattern.literal, in: text, from: from) {
            let behind = place + pattern.literal.count
            if WordEdges.isEdge(place, in: text), WordEdges.isEdge(behind, in: text) {
                return Self.line(around: place, in: text, notBefore: start)
            }
            from = place + 1
        }
        return nil
    }

    private mutating func nextMatch(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int>? {
        var from = start
        while from < text.count, let line = nextCandidate(in: text, from: from) {
            // Words of all scripts are for each line by itself.
            if !pattern.program.hasWordAssertions || matches(text, line) { return line }
            from = line.upperBound + 1
        }
        return nil
    }

    private mutating func nextCandidate(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int>? {
        guard
            let place = candidates == nil
                ? automaton.firstMatch(text, from: start, to: text.count)
                : candidates?.firstMatch(text, from: start, to: text.count)
        else { return nil }
        return Self.line(around: place, in: text, notBefore: start)
    }

    private mutating func matches(_ text: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Bool {
        if pattern.program.hasWordAssertions, !Self.isASCII(text, line) { return simulation.matches(text, line) }
        return automaton.matches(text, line)
    }

    private static func isASCII(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        var bits: UInt8 = 0
        for index in range { bits |= text[index] }
        return bits < 128
    }

    private static func line(
        around place: Int, in text: UnsafeBufferPointer<UInt8>, notBefore least: Int
    ) -> Range<Int> {
        var start = place
        while start > least, text[start - 1] != 10 { start -= 1 }
        return start..<(ByteSearch.first(10, in: text, from: place, to: text.count) ?? text.count)
    }
}
