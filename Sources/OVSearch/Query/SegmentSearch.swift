// SPDX-License-Identifier: Apache-2.0

/// One search in one segment.
struct SegmentSearch {
    private struct Scorer {
        var cursor: PostingCursor
        let weight: Float
        var upper: Float { weight * Float(cursor.maximumImpact) }
        /// What it adds to the section that it stands at.
        var worth: Float { weight * Float(cursor.impact) }
    }

    private let target: SearchTarget
    private let number: Int
    /// By the most that they can add, rising.
    private var scorers: [Scorer]
    /// What the first so and so many can add together.
    private let sums: [Float]
    private var required: [SectionCondition]
    private var excluded: [SectionCondition]
    /// How many of the scorers cannot make a hit by themselves any more.
    private var idle = 0
    /// For sums that are rounded: what is left out is surely not better.
    private static let slack: Float = 0.9999

    init(_ target: SearchTarget, number: Int, _ query: SearchQuery, _ weighed: [Searcher.Weighed]) throws(IndexFault) {
        self.target = target
        self.number = number
        var scorers: [Scorer] = []
        let pathImpact = ImpactScale.impact(ofWeightedFrequency: Float(SearchField.pathWeight))
        // A word that is its own stem has the same list twice.
        var lists: [Range<Int>: Float] = [:]
        for weighed in weighed { if let entry = weighed.entry { lists[entry.list, default: 0] += weighed.weight } }
        for weighed in weighed {
            if let entry = weighed.entry {
                guard let weight = lists.removeValue(forKey: entry.list) else { continue }
                scorers.append(Scorer(cursor: try PostingCursor(target.segment, entry), weight: weight))
            } else {
                scorers.append(
                    Scorer(cursor: PostingCursor(weighed.ranges, impact: pathImpact), weight: weighed.weight))
            }
        }
        scorers.sort { $0.upper < $1.upper }
        self.scorers = scorers
        var (sums, sum): ([Float], Float) = ([0], 0)
        for scorer in scorers {
            sum += scorer.upper
            sums.append(sum)
        }
        self.sums = sums
        var (required, excluded): ([SectionCondition], [SectionCondition]) = ([], [])
        for clause in query.clauses where clause.need != .ranked {
            let condition = try SectionCondition(clause, in: target.segment)
            if clause.need == .required { required.append(condition) } else { excluded.append(condition) }
        }
        (self.required, self.excluded) = (required, excluded)
    }

    mutating func run(into best: inout TopSections) throws(IndexFault) {
        guard required.isEmpty else { return try runRequired(into: &best) }
        var checkedBlock = -1
        while true {
            let threshold = best.threshold * Self.slack
            while idle < scorers.count, sums[idle + 1] <= threshold { idle += 1 }
            guard idle < scorers.count else { return }
            var candidate = PostingCursor.end
            for index in idle..<scorers.count { candidate = min(candidate, scorers[index].cursor.section) }
            guard candidate != PostingCursor.end else { return }
            if candidate > checkedBlock {
                let (upper, last) = blockUpper(at: candidate)
                if upper + sums[idle] <= threshold {
                    try skip(behind: last)
                    continue
                }
                checkedBlock = last
            }
            if let score = try score(candidate, above: threshold), score > best.threshold, try isHit(candidate) {
                best.insert(TopSections.Entry(target: number, section: candidate, score: score))
            }
            for index in idle..<scorers.count where scorers[index].cursor.section == candidate {
                try scorers[index].cursor.advance(to: candidate + 1)
            }
        }
    }

    /// What the scorers that are not idle can add in the blocks around a section, and where the first of them ends.
    private mutating func blockUpper(at candidate: Int) -> (Float, last: Int) {
        var (upper, last): (Float, Int) = (0, PostingCursor.end)
        for index in idle..<scorers.count {
            let block = scorers[index].cursor.blockMaximum(at: candidate)
            upper += scorers[index].weight * Float(block.impact)
            last = min(last, block.last)
        }
        return (upper, last)
    }

    private mutating func skip(behind last: Int) throws(IndexFault) {
        let next = last == PostingCursor.end ? last : last + 1
        for index in idle..<scorers.count { try scorers[index].cursor.advance(to: next) }
    }

    /// - Returns: nil when it cannot be more than the threshold.
    private mutating func score(_ candidate: Int, above threshold: Float) throws(IndexFault) -> Float? {
        var score: Float = 0
        for index in idle..<scorers.count where scorers[index].cursor.section == candidate {
            score += scorers[index].worth
        }
        for index in (0..<idle).reversed() {
            guard score + sums[index + 1] > threshold else { return nil }
            if scorers[index].cursor.section < candidate {
                let block = scorers[index].cursor.blockMaximum(at: candidate)
                guard score + sums[index] + scorers[index].weight * Float(block.impact) > threshold else { return nil }
                try scorers[index].cursor.advance(to: candidate)
            }
            if scorers[index].cursor.section == candidate { score += scorers[index].worth }
        }
        return total(at: candidate)
    }

    /// Always summed up in the same order, so that a score does not depend on what was left out.
    private func total(at candidate: Int) -> Float {
        var score: Float = 0
        for index in scorers.indices where scorers[index].cursor.section == candidate {
            score += scorers[index].worth
        }
        return score
    }

    private mutating func isHit(_ candidate: Int) throws(IndexFault) -> Bool {
        guard target.live.contains(candidate) else { return false }
        for index in excluded.indices where try excluded[index].next(from: candidate) == candidate { return false }
        return true
    }

    /// Where something has to be there, only sections that have it are looked at.
    private mutating func runRequired(into best: inout TopSections) throws(IndexFault) {
        var candidate = 0
        while true {
            var start = candidate
            for index in required.indices { candidate = try required[index].next(from: candidate) }
            while start != candidate, candidate != PostingCursor.end {
                start = candidate
                for index in required.indices { candidate = try required[index].next(from: candidate) }
            }
            guard candidate != PostingCursor.end else { return }
            if try isHit(candidate) {
                for index in scorers.indices { try scorers[index].cursor.advance(to: candidate) }
                best.insert(TopSections.Entry(target: number, section: candidate, score: total(at: candidate)))
            }
            candidate += 1
        }
    }
}
