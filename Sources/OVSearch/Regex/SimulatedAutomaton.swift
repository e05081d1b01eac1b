// SPDX-License-Identifier: Apache-2.0

/// Runs a program over one line by going through all its possibilities at once: slower than `LazyAutomaton`, but it
/// knows the words of all scripts.
struct SimulatedAutomaton {
    private let program: RegexProgram
    private var current: [Int] = []
    private var next: [Int] = []
    private var open: [Int] = []
    private var marks: [Int]
    private var generation = 0
    /// How many states were gone through.
    private(set) var work = 0
    /// As in `LazyAutomaton`.
    var allowance = Int.max

    init(_ program: RegexProgram) {
        self.program = program
        marks = Array(repeating: 0, count: program.states.count)
    }

    mutating func matches(_ text: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Bool {
        current.removeAll(keepingCapacity: true)
        var index = line.lowerBound
        var wordBefore = false
        while true {
            let isEnd = index == line.upperBound
            let (scalar, width) = isEnd ? (nil, 1) : UTF8Scalars.decode(text, index)
            let wordBehind = scalar.map(Self.isWord) ?? false
            let place = LazyAutomaton.Place(
                isStart: index == line.lowerBound, isEnd: isEnd, wordBefore: wordBefore, wordBehind: wordBehind)
            if closeCurrent(place) { return true }
            if isEnd || work > allowance { return false }
            for byte in text[index..<min(index + width, line.upperBound)] { step(byte, place) }
            index += width
            wordBefore = wordBehind
        }
    }

    /// Follows what takes no byte, from the beginning of the pattern as well.
    private mutating func closeCurrent(_ place: LazyAutomaton.Place) -> Bool {
        generation += 1
        swap(&open, &current)
        open.append(program.start)
        current.removeAll(keepingCapacity: true)
        while let state = open.popLast() {
            guard marks[state] != generation else { continue }
            marks[state] = generation
            current.append(state)
            switch program.states[state] {
            case .match: return true
            case .split(let targets): open.append(contentsOf: targets)
            case .assertion(let assertion, let next):
                if assertion.holds(
                    wordBefore: place.wordBefore, wordBehind: place.wordBehind, isStart: place.isStart,
                    isEnd: place.isEnd)
                {
                    open.append(next)
                }
            case .bytes: break
            }
        }
        work += current.count
        return false
    }

    private mutating func step(_ byte: UInt8, _ place: LazyAutomaton.Place) {
        next.removeAll(keepingCapacity: true)
        for state in current {
            guard case .bytes(let edges) = program.states[state] else { continue }
            for (range, target) in edges where range.contains(byte) { next.append(target) }
        }
        work += current.count
        swap(&current, &next)
    }

    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? LazyAutomaton.isWord(UInt8(scalar.value)) : UnicodeClass.words.contains(scalar.value)
    }
}
