// SPDX-License-Identifier: Apache-2.0

/// The work behind `LineDiff`.
struct DiffSearch {
    private struct Region {
        var old: Range<Int>
        var new: Range<Int>
        /// How often it was divided at unique lines.
        var depth = 0

        var isOneSided: Bool { old.isEmpty || new.isEmpty }
    }

    /// The same lines on both sides, perhaps none, where a shortest way through a region passes.
    private struct Snake {
        let old: Range<Int>
        let new: Range<Int>
    }

    /// Which end of a region a way begins at.
    private enum Direction {
        case forward, backward
    }

    private let old: [Int]
    private let new: [Int]
    private var steps: Int
    private(set) var removed: [Bool]
    private(set) var added: [Bool]
    private(set) var isShortest = true
    private var regions: [Region]
    /// How far ways with some number of differences come on each diagonal, counted on the old side; `unreached` where
    /// none comes. Index 0 is the lowest diagonal of all, and one more.
    private var forward: [Int]
    private var backward: [Int]

    private static let unreached = -1
    private static let maximumDepth = 8

    init(old: [Int], new: [Int], steps: Int) {
        self.old = old
        self.new = new
        self.steps = steps
        removed = Array(repeating: false, count: old.count)
        added = Array(repeating: false, count: new.count)
        regions = [Region(old: 0..<old.count, new: 0..<new.count)]
        forward = Array(repeating: Self.unreached, count: old.count + new.count + 3)
        backward = forward
    }

    mutating func run() {
        while let next = regions.popLast() {
            let region = trimmed(next)
            if region.isOneSided {
                replace(region)
            } else if let snake = middleSnake(of: region) {
                divide(region, at: snake)
            } else {
                isShortest = false
                divideAtUniqueLines(region)
            }
        }
    }

    private mutating func replace(_ region: Region) {
        for index in region.old { removed[index] = true }
        for index in region.new { added[index] = true }
    }

    /// Without what both sides begin and end with.
    private func trimmed(_ region: Region) -> Region {
        var (low, high) = (0, 0)
        let count = min(region.old.count, region.new.count)
        while low < count, old[region.old.lowerBound + low] == new[region.new.lowerBound + low] { low += 1 }
        while high < count - low, old[region.old.upperBound - 1 - high] == new[region.new.upperBound - 1 - high] {
            high += 1
        }
        return Region(
            old: region.old.lowerBound + low..<region.old.upperBound - high,
            new: region.new.lowerBound + low..<region.new.upperBound - high, depth: region.depth)
    }

    private mutating func divide(_ region: Region, at snake: Snake) {
        regions.append(
            Region(
                old: region.old.lowerBound..<snake.old.lowerBound, new: region.new.lowerBound..<snake.new.lowerBound,
                depth: region.depth))
        regions.append(
            Region(
                old: snake.old.upperBound..<region.old.upperBound, new: snake.new.upperBound..<region.new.upperBound,
                depth: region.depth))
    }
}

// MARK: - Middle snakes

extension DiffSearch {
    /// Goes from both ends at once until the ways meet; nil when the steps are used up before.
    ///
    /// Neither the first nor the last lines of the two sides are the same, so there are two differences at least, and
    /// whatever is divided is smaller on both sides of the snake.
    private mutating func middleSnake(of region: Region) -> Snake? {
        let (oldCount, newCount) = (region.old.count, region.new.count)
        for index in 0..<oldCount + newCount + 3 {
            (forward[index], backward[index]) = (Self.unreached, Self.unreached)
        }
        for differences in 0...(oldCount + newCount + 1) / 2 {
            for direction in [Direction.forward, .backward] {
                steps -= differences + 1
                guard steps > 0 else { return nil }
                // Diagonals beyond the corners have no points.
                let low = differences <= newCount ? -differences : -newCount + (differences - newCount) & 1
                let high = differences <= oldCount ? differences : oldCount - (differences - oldCount) & 1
                for diagonal in stride(from: low, through: high, by: 2) {
                    guard let way = advance(direction, diagonal, differences, region),
                        meets(direction, diagonal, differences, way.upperBound, region)
                    else { continue }
                    return snake(direction, diagonal, way, region)
                }
            }
        }
        return nil
    }

    /// Takes the best way on a diagonal one difference further, and on along what is the same.
    /// - Returns: where the same lines are on the old side, counted from the end that the way began at; nil when no
    ///   way leads further there.
    private mutating func advance(_ direction: Direction, _ diagonal: Int, _ differences: Int, _ region: Region)
        -> Range<Int>?
    {
        let (oldCount, newCount) = (region.old.count, region.new.count)
        let place = diagonal + newCount + 1
        var start = Self.unreached
        if differences == 0 {
            start = 0
        } else {
            let (below, above) =
                direction == .forward
                ? (forward[place - 1], forward[place + 1]) : (backward[place - 1], backward[place + 1])
            // A line of the old side is passed over, or one of the new side is.
            if below != Self.unreached, below < oldCount { start = below + 1 }
            if above != Self.unreached, above - diagonal <= newCount { start = max(start, above) }
        }
        guard start != Self.unreached, start - diagonal <= newCount else { return nil }
        let length = commonLength(direction, region, start, start - diagonal)
        steps -= length
        if direction == .forward { forward[place] = start + length } else { backward[place] = start + length }
        return start..<start + length
    }

    /// How many lines are the same from a point on, counted from the end that a way began at.
    private func commonLength(_ direction: Direction, _ region: Region, _ x: Int, _ y: Int) -> Int {
        let count = min(region.old.count - x, region.new.count - y)
        var length = 0
        switch direction {
        case .forward:
            let (first, second) = (region.old.lowerBound + x, region.new.lowerBound + y)
            while length < count, old[first + length] == new[second + length] { length += 1 }
        case .backward:
            let (first, second) = (region.old.upperBound - 1 - x, region.new.upperBound - 1 - y)
            while length < count, old[first - length] == new[second - length] { length += 1 }
        }
        return length
    }

    /// Whether a way has come as far as one from the other end. Ways forward meet those with one difference less, ways
    /// backward those with as many; which of the two can happen depends on the lengths.
    private func meets(_ direction: Direction, _ diagonal: Int, _ differences: Int, _ end: Int, _ region: Region)
        -> Bool
    {
        let delta = region.old.count - region.new.count
        let other = delta - diagonal
        let isOdd = delta & 1 == 1
        guard isOdd == (direction == .forward), abs(other) <= differences - (isOdd ? 1 : 0) else { return false }
        let place = other + region.new.count + 1
        guard place > 0, place <= region.old.count + region.new.count + 1 else { return false }
        let reached = direction == .forward ? backward[place] : forward[place]
        return reached != Self.unreached && end + reached >= region.old.count
    }

    private func snake(_ direction: Direction, _ diagonal: Int, _ way: Range<Int>, _ region: Region) -> Snake {
        let (x, y) = (way, way.lowerBound - diagonal..<way.upperBound - diagonal)
        switch direction {
        case .forward:
            return Snake(
                old: region.old.lowerBound + x.lowerBound..<region.old.lowerBound + x.upperBound,
                new: region.new.lowerBound + y.lowerBound..<region.new.lowerBound + y.upperBound)
        case .backward:
            return Snake(
                old: region.old.upperBound - x.upperBound..<region.old.upperBound - x.lowerBound,
                new: region.new.upperBound - y.upperBound..<region.new.upperBound - y.lowerBound)
        }
    }
}

// MARK: - Unique lines

extension DiffSearch {
    /// Divides a region that is too different at lines that stand once on each side, in the same order.
    private mutating func divideAtUniqueLines(_ region: Region) {
        let anchors = region.depth < Self.maximumDepth ? anchors(in: region) : []
        guard !anchors.isEmpty else { return replace(region) }
        var (oldStart, newStart) = (region.old.lowerBound, region.new.lowerBound)
        for anchor in anchors {
            regions.append(
                Region(old: oldStart..<anchor.old, new: newStart..<anchor.new, depth: region.depth + 1))
            (oldStart, newStart) = (anchor.old + 1, anchor.new + 1)
        }
        regions.append(
            Region(
                old: oldStart..<region.old.upperBound, new: newStart..<region.new.upperBound, depth: region.depth + 1))
    }

    private func anchors(in region: Region) -> [(old: Int, new: Int)] {
        /// A place, or nil for a line that stands there more than once.
        func places(_ lines: [Int], _ range: Range<Int>) -> [Int: Int?] {
            var places: [Int: Int?] = [:]
            for index in range { places[lines[index]] = places[lines[index]] == nil ? .some(index) : .some(nil) }
            return places
        }
        let (inOld, inNew) = (places(old, region.old), places(new, region.new))
        let pairs = region.old.compactMap { index -> (old: Int, new: Int)? in
            guard case .some(.some(index)) = inOld[old[index]], case .some(.some(let other)) = inNew[old[index]] else {
                return nil
            }
            return (index, other)
        }
        return longestRise(of: pairs.map(\.new)).map { pairs[$0] }
    }
}

/// The places of a longest strictly rising part of some numbers (patience sorting). O(n log n).
func longestRise(of numbers: [Int]) -> [Int] {
    /// The place of the smallest number that a rise of each length ends in.
    var ends: [Int] = []
    var before: [Int?] = []
    for (place, number) in numbers.enumerated() {
        var (low, high) = (0, ends.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers[ends[middle]] < number { low = middle + 1 } else { high = middle }
        }
        before.append(low > 0 ? ends[low - 1] : nil)
        if low < ends.count { ends[low] = place } else { ends.append(place) }
    }
    var (rise, next): ([Int], Int?) = ([], ends.last)
    while let place = next {
        rise.append(place)
        next = before[place]
    }
    return rise.reversed()
}
