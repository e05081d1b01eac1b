// SPDX-License-Identifier: Apache-2.0

/// Runs a program over bytes as a deterministic automaton whose states are made when they are first needed.
///
/// What is remembered is bounded: when it is full, everything is forgotten and the search goes on. A byte costs one
/// look into a table, at worst as much as the program is long. What stands behind a place decides on assertions, so
/// they are looked at when the next byte is known. Words are those of ASCII here: a line with other bytes is for
/// `SimulatedAutomaton` when the program asks for words.
struct LazyAutomaton {
    private let program: RegexProgram
    /// Bytes that no state tells apart have the same class. A line feed has that of the end.
    private let classes: [UInt16]
    private let classCount: Int
    private let representatives: [Int]

    /// Sets of the program's states, what came before, and where each byte leads: by state and class. A state's number
    /// is where its row of transitions begins.
    private var sets: [[Int32]] = []
    private var numbers: [[Int32]: Int32] = [:]
    private var transitions: [Int32] = []
    private var startSet: [Int32] = []
    private var isVisited: [Bool]
    /// How many states of the program were gone through to make what was remembered: what a hostile pattern costs.
    private(set) var work = 0
    /// When the work is more than that, it answers that nothing matches; whoever asks looks at the work.
    var allowance = Int.max

    static let unknown: Int32 = -1
    /// It matches whatever comes.
    static let matched: Int32 = -2
    private static let maximumStates = 4096
    private static let maximumSetEntries = 1 << 20
    private var setEntries = 0

    init(_ program: RegexProgram) {
        self.program = program
        (classes, classCount, representatives) = Self.byteClasses(program)
        isVisited = Array(repeating: false, count: program.states.count)
        forget()
    }

    /// The state before the first byte of a line.
    static let start: Int32 = 0

    private mutating func forget() {
        sets.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        transitions.removeAll(keepingCapacity: true)
        setEntries = 0
        var set: [Int32] = []
        addClosure(of: program.start, to: &set, place: nil)
        clearVisited(set)
        startSet = set
        _ = number(of: [Flag.lineStart] + set)
    }

    /// Ahead of the states in a set: what is known of the place.
    private enum Flag {
        static let lineStart: Int32 = -1
        static let behindWord: Int32 = -2
        static let behindOther: Int32 = -3
    }

    // MARK: Running

    /// Whether a line matches. It has no line feed.
    mutating func matches(_ text: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Bool {
        var state = Self.start
        if firstMatch(text, from: line.lowerBound, to: line.upperBound, &state) != nil { return true }
        return endMatches(&state)
    }

    /// Where in some lines the first match becomes certain: at the byte behind it, which may be the line feed or the
    /// end; nil without one.
    mutating func firstMatch(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int? {
        var state = Self.start
        if let place = firstMatch(text, from: start, to: end, &state) { return place }
        // A text that ends with a line feed has no line behind it.
        if end > start, text[end - 1] == 10 { return nil }
        return endMatches(&state) ? end : nil
    }

    /// - Parameter state: from which it goes on, and where it has come to without a match.
    private mutating func firstMatch(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, _ state: inout Int32
    ) -> Int? {
        guard let bytes = text.baseAddress else { return nil }
        var index = start
        while index < end {
            let (next, reached) = follow(bytes, from: index, to: end, &state)
            index = reached
            if next == Self.matched { return index }
            guard index < end else { break }
            guard work <= allowance else { return nil }
            let made = transition(from: &state, classNumber: Int(classes[Int(bytes[index])]))
            if made == Self.matched { return index }
            state = made
            index += 1
        }
        return nil
    }

    /// Goes on for as long as transitions are known and nothing matches.
    /// - Returns: what the transition on the next byte is, and where that stands.
    private func follow(
        _ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int, _ state: inout Int32
    ) -> (next: Int32, index: Int) {
        transitions.withUnsafeBufferPointer { transitions in
            classes.withUnsafeBufferPointer { classes in
                guard let table = transitions.baseAddress, let classes = classes.baseAddress else { return (0, end) }
                var index = start
                while true {
                    // While the state is the same, no look has to wait for the one before.
                    let (row, current) = (table + Int(state), state)
                    while index &+ 4 <= end {
                        guard row[Int(classes[Int(bytes[index])])] == current else { break }
                        guard row[Int(classes[Int(bytes[index &+ 1])])] == current else {
                            index &+= 1
                            break
                        }
                        guard row[Int(classes[Int(bytes[index &+ 2])])] == current else {
                            index &+= 2
                            break
                        }
                        guard row[Int(classes[Int(bytes[index &+ 3])])] == current else {
                            index &+= 3
                            break
                        }
                        index &+= 4
                    }
                    guard index < end else { return (0, end) }
                    let next = row[Int(classes[Int(bytes[index])])]
                    if next < 0 { return (next, index) }
                    state = next
                    index &+= 1
                }
            }
        }
    }

    private mutating func endMatches(_ state: inout Int32) -> Bool {
        guard work <= allowance else { return false }
        var next = transitions[Int(state) + classCount - 1]
        if next == Self.unknown { next = transition(from: &state, classNumber: classCount - 1) }
        return next == Self.matched
    }

    // MARK: Making states

    /// Makes a transition and remembers it. The state's number changes when everything had to be forgotten.
    private mutating func transition(from state: inout Int32, classNumber: Int) -> Int32 {
        if sets.count >= Self.maximumStates || setEntries >= Self.maximumSetEntries {
            let set = sets[Int(state) / classCount]
            forget()
            state = number(of: set)
        }
        let next = makeTransition(sets[Int(state) / classCount], classNumber)
        transitions[Int(state) + classNumber] = next
        return next
    }

    private mutating func makeTransition(_ set: [Int32], _ classNumber: Int) -> Int32 {
        let byte = representatives[classNumber]
        let isEnd = byte == 256
        let place = Place(
            isStart: set[0] == Flag.lineStart, isEnd: isEnd, wordBefore: set[0] == Flag.behindWord,
            wordBehind: !isEnd && Self.isWord(UInt8(byte)))
        var current: [Int32] = []
        for state in set.dropFirst() { addClosure(of: Int(state), to: &current, place: place) }
        clearVisited(current)
        work += current.count + 1
        guard !current.contains(Int32(RegexProgram.matchState)) else { return Self.matched }
        if isEnd { return Self.start }
        var next: [Int32] = []
        for state in current {
            guard case .bytes(let edges) = program.states[Int(state)] else { continue }
            for (range, target) in edges where range.contains(UInt8(byte)) {
                addClosure(of: target, to: &next, place: nil)
            }
        }
        // A match may begin anywhere.
        for state in startSet { addClosure(of: Int(state), to: &next, place: nil) }
        clearVisited(next)
        work += next.count
        // Without assertions a match is certain at once.
        if !program.hasAssertions, next.contains(Int32(RegexProgram.matchState)) { return Self.matched }
        next.sort()
        // What nobody asks for would only make two states of one.
        let before = program.hasWordAssertions && Self.isWord(UInt8(byte)) ? Flag.behindWord : Flag.behindOther
        return number(of: [before] + next)
    }

    private mutating func number(of set: [Int32]) -> Int32 {
        if let number = numbers[set] { return number }
        let number = Int32(transitions.count)
        sets.append(set)
        numbers[set] = number
        setEntries += set.count
        transitions.append(contentsOf: repeatElement(Self.unknown, count: classCount))
        return number
    }

    struct Place {
        let isStart: Bool
        let isEnd: Bool
        let wordBefore: Bool
        let wordBehind: Bool
    }

    /// Adds what can be reached without a byte. Assertions stay in the set while it is not known what comes.
    private mutating func addClosure(of state: Int, to set: inout [Int32], place: Place?) {
        var open = [state]
        while let state = open.popLast() {
            guard !isVisited[state] else { continue }
            isVisited[state] = true
            set.append(Int32(state))
            switch program.states[state] {
            case .split(let targets): open.append(contentsOf: targets.reversed())
            case .assertion(let assertion, let next):
                guard let place,
                    assertion.holds(
                        wordBefore: place.wordBefore, wordBehind: place.wordBehind, isStart: place.isStart,
                        isEnd: place.isEnd)
                else { continue }
                open.append(next)
            case .bytes, .match: break
            }
        }
    }

    private mutating func clearVisited(_ set: [Int32]) { for state in set { isVisited[Int(state)] = false } }

    static func isWord(_ byte: UInt8) -> Bool { byte.isDigit || byte.isLetter || byte == 95 }

    // MARK: Classes of bytes

    /// - Returns: the class of each byte, how many there are with that of the end, and a byte of each (256: the end).
    private static func byteClasses(_ program: RegexProgram) -> ([UInt16], Int, [Int]) {
        var isBoundary = [Bool](repeating: false, count: 257)
        for state in program.states {
            guard case .bytes(let edges) = state else { continue }
            for (range, _) in edges {
                isBoundary[Int(range.lowerBound)] = true
                isBoundary[Int(range.upperBound) + 1] = true
            }
        }
        if program.hasWordAssertions {
            for boundary in [48, 58, 65, 91, 95, 96, 97, 123] { isBoundary[boundary] = true }
        }
        var (classes, representatives): ([UInt16], [Int]) = ([], [])
        for byte in 0..<256 {
            if byte == 0 || isBoundary[byte] { representatives.append(byte) }
            classes.append(UInt16(representatives.count - 1))
        }
        classes[10] = UInt16(representatives.count)
        return (classes, representatives.count + 1, representatives + [256])
    }
}
