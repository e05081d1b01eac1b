// SPDX-License-Identifier: Apache-2.0

/// Which lines of a text were replaced by which of another: a shortest edit script where that is affordable.
///
/// Lines are compared as whole numbers. What both texts begin and end with is set aside, then middle snakes divide what
/// is left (E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986, §4b): space in proportion to the lines,
/// time to the lines times the differences. The number of steps is bounded: a region for which they do not suffice is
/// divided at lines that stand once in each text, and where there are none, it is one replacement.
package struct LineDiff: Hashable, Sendable {
    /// Lines of the old text, from 0, that lines of the new one stand in the place of. One of the two may be empty.
    package struct Change: Hashable, Sendable {
        package let old: Range<Int>
        package let new: Range<Int>

        package init(old: Range<Int>, new: Range<Int>) {
            self.old = old
            self.new = new
        }
    }

    /// In the order of the lines, with at least one line between them that both texts have.
    package let changes: [Change]
    /// False when the bound was reached: the changes are right, but there may be a shorter way to say them.
    package let isShortest: Bool

    /// About a tenth of a second.
    package static let defaultSteps = 20_000_000

    package var removedLines: Int { changes.reduce(0) { $0 + $1.old.count } }
    package var addedLines: Int { changes.reduce(0) { $0 + $1.new.count } }

    package init(_ old: LineText, _ new: LineText, steps: Int = defaultSteps) {
        var numbers: [ArraySlice<UInt8>: Int] = [:]
        func numbered(_ text: LineText) -> [Int] {
            text.lines.map { range in
                let line = text.bytes[range]
                if let number = numbers[line] { return number }
                numbers[line] = numbers.count
                return numbers.count - 1
            }
        }
        self.init(numbered(old), numbered(new), steps: steps)
    }

    /// - Parameters:
    ///   - old: a number for each line, the same for lines that are the same; and so `new`.
    ///   - steps: how many comparisons at most, about.
    package init(_ old: [Int], _ new: [Int], steps: Int = defaultSteps) {
        // A line that only one side has is a difference whatever else is; the others alone decide what is shortest.
        let (inOld, inNew) = (Set(old), Set(new))
        let (oldPlaces, newPlaces) = (
            old.indices.filter { inNew.contains(old[$0]) }, new.indices.filter { inOld.contains(new[$0]) }
        )
        var search = DiffSearch(old: oldPlaces.map { old[$0] }, new: newPlaces.map { new[$0] }, steps: steps)
        search.run()
        isShortest = search.isShortest
        var (removed, added) = (old.map { _ in true }, new.map { _ in true })
        for (place, isRemoved) in zip(oldPlaces, search.removed) { removed[place] = isRemoved }
        for (place, isAdded) in zip(newPlaces, search.added) { added[place] = isAdded }
        changes = Self.joined(removed, added)
    }

    /// Runs of lines without a partner become changes.
    private static func joined(_ removed: [Bool], _ added: [Bool]) -> [Change] {
        var (changes, old, new): ([Change], Int, Int) = ([], 0, 0)
        while old < removed.count || new < added.count {
            let (oldStart, newStart) = (old, new)
            while old < removed.count, removed[old] { old += 1 }
            while new < added.count, added[new] { new += 1 }
            if old > oldStart || new > newStart {
                changes.append(Change(old: oldStart..<old, new: newStart..<new))
            }
            (old, new) = (old + 1, new + 1)
        }
        return changes
    }
}

/// A text as lines. Each has its ending, so that a change of that, too, is one.
package struct LineText: Hashable, Sendable {
    package let bytes: [UInt8]
    package let lines: [Range<Int>]

    package init(_ text: String) { self.init(bytes: Array(text.utf8)) }

    package init(bytes: [UInt8]) {
        self.bytes = bytes
        var (lines, start): ([Range<Int>], Int) = ([], 0)
        for (index, byte) in bytes.enumerated() where byte == 10 {
            lines.append(start..<index + 1)
            start = index + 1
        }
        if start < bytes.count { lines.append(start..<bytes.count) }
        self.lines = lines
    }

    /// A line without its line feed.
    package func content(_ line: Int) -> ArraySlice<UInt8> {
        let range = lines[line]
        return bytes[endsInLineFeed(line) ? range.dropLast() : range]
    }

    package func endsInLineFeed(_ line: Int) -> Bool { bytes[lines[line].upperBound - 1] == 10 }
}
