// SPDX-License-Identifier: Apache-2.0

/// Finds matching lines of a document, with those around them.
package struct LineSearch: Sendable {
    package struct Options: Hashable, Sendable {
        /// Lines that do not match.
        package var isInverted = false
        package var before = 0
        package var after = 0
        /// At most so many matches.
        package var maximum: Int?
        /// Whether only the number is asked for.
        package var countsOnly = false

        package init() {}
    }

    package struct Line: Hashable, Sendable {
        /// From 1.
        package let number: Int
        package let text: String
        /// Whether it matches, or only stands around one that does.
        package let isMatch: Bool

        package init(number: Int, text: String, isMatch: Bool) {
            self.number = number
            self.text = text
            self.isMatch = isMatch
        }
    }

    package struct Result: Hashable, Sendable {
        package var lines: [Line] = []
        /// How many lines match; more than there are in `lines` if they are only counted.
        package var count = 0
    }

    /// Longer lines are cut, at a character.
    private static let maximumLineLength = 4096

    package let options: Options

    package init(_ options: Options) { self.options = options }

    /// - Parameter text: UTF-8; what is not is shown repaired.
    package func run(_ text: [UInt8], with scanner: inout LineScanner) -> Result {
        scanner.begin(text)
        return text.withUnsafeBufferPointer { buffer in
            var pass = Pass(text: buffer, options: options)
            pass.run(with: &scanner)
            return pass.result
        }
    }

    private struct Pass {
        let text: UnsafeBufferPointer<UInt8>
        let options: Options
        var result = Result()
        /// Where the next line to look at begins, and its number.
        private var next = 0
        private var nextNumber = 1
        /// The first line that has not been shown, and where it begins.
        private var shown = 1
        /// How many lines behind the last match are still to be shown.
        private var owed = 0

        init(text: UnsafeBufferPointer<UInt8>, options: Options) {
            (self.text, self.options) = (text, options)
        }

        private var isFull: Bool { options.maximum.map { result.count >= $0 } ?? false }

        mutating func run(with scanner: inout LineScanner) {
            if text.starts(with: [0xEF, 0xBB, 0xBF]) { next = 3 }
            while next < text.count, !isFull {
                let match = scanner.nextLine(in: text, from: next)
                if options.isInverted {
                    let end = match?.lowerBound ?? text.count
                    while next < end, !isFull { take(lineEnd(from: next)) }
                    guard let match, !isFull else { break }
                    pass(match.upperBound)
                } else {
                    guard let match else { break }
                    skipLines(to: match.lowerBound)
                    take(match.upperBound)
                }
            }
            while owed > 0, next < text.count { pass(lineEnd(from: next)) }
        }

        private func lineEnd(from start: Int) -> Int {
            ByteSearch.first(10, in: text, from: start, to: text.count) ?? text.count
        }

        /// A line that matches, which begins at `next`.
        private mutating func take(_ end: Int) {
            result.count += 1
            if !options.countsOnly {
                showBefore()
                show(next..<end, number: nextNumber, isMatch: true)
                owed = options.after
            }
            advance(behind: end)
        }

        /// A line that does not, which is shown if the last match wants it.
        private mutating func pass(_ end: Int) {
            if owed > 0 {
                show(next..<end, number: nextNumber, isMatch: false)
                owed -= 1
            }
            advance(behind: end)
        }

        private mutating func skipLines(to start: Int) {
            while owed > 0, next < start { pass(lineEnd(from: next)) }
            if !options.countsOnly { nextNumber += ByteSearch.count(of: 10, in: text, from: next, to: start) }
            next = start
        }

        private mutating func advance(behind end: Int) {
            next = end + 1
            nextNumber += 1
        }

        private mutating func showBefore() {
            guard options.before > 0 else { return }
            var (starts, start): ([Int], Int) = ([], next)
            while starts.count < min(options.before, nextNumber - shown), start > 0 {
                var begin = start - 1
                while begin > 0, text[begin - 1] != 10 { begin -= 1 }
                starts.append(begin)
                start = begin
            }
            for (distance, start) in starts.enumerated().reversed() {
                show(start..<lineEnd(from: start), number: nextNumber - 1 - distance, isMatch: false)
            }
        }

        private mutating func show(_ range: Range<Int>, number: Int, isMatch: Bool) {
            var end = range.upperBound
            if end > range.lowerBound, text[end - 1] == 13 { end -= 1 }
            var isCut = false
            if end - range.lowerBound > LineSearch.maximumLineLength {
                end = range.lowerBound + LineSearch.maximumLineLength
                while end > range.lowerBound, text[end] & 0xC0 == 0x80 { end -= 1 }
                isCut = true
            }
            let line = String(decoding: text[range.lowerBound..<end], as: UTF8.self) + (isCut ? "…" : "")
            result.lines.append(Line(number: number, text: line, isMatch: isMatch))
            shown = number + 1
        }
    }
}
