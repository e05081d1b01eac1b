// SPDX-License-Identifier: Apache-2.0

/// One search in one segment.
struct SegmentSearch {
    private struct Scorer {
        let cursor: PostingCursor
        let weight: Float
        var upper: Float { weight * Float(cursor.maximumImpact) }
    }

    private let target: SearchTarget
    private let number: Int
    /// By the most that they can add, rising.
    private let scorers: [Scorer]
    /// What the first so and so many can add together.
    private let sums: [Float]
    private let required: [SectionCondition]
    private let excluded: [SectionCondition]
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
            for scorer in scorers[idle...] { candidate = min(candidate, scorer.cursor.section) }
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
            for scorer in scorers[idle...] where scorer.cursor.section == candidate {
                try scorer.cursor.advance(to: candidate + 1)
            }
        }
    }

    /// What the scorers that are not idle can add in the blocks around a section, and where the first of them ends.
    private func blockUpper(at candidate: Int) -> (Float, last: Int) {
        var (upper, last): (Float, Int) = (0, PostingCursor.end)
        for scorer in scorers[idle...] {
            let block = scorer.cursor.blockMaximum(at: candidate)
            upper += scorer.weight * Float(block.impact)
            last = min(last, block.last)
        }
        return (upper, last)
    }

    private func skip(behind last: Int) throws(IndexFault) {
        let next = last == PostingCursor.end ? last : last + 1
        for scorer in scorers[idle...] { try scorer.cursor.advance(to: next) }
    }

    /// - Returns: nil when it cannot be more than the threshold.
    private func score(_ candidate: Int, above threshold: Float) throws(IndexFault) -> Float? {
        var score: Float = 0
        for scorer in scorers[idle...] where scorer.cursor.section == candidate {
            score += scorer.weight * Float(scorer.cursor.impact)
        }
        for index in (0..<idle).reversed() {
            guard score + sums[index + 1] > threshold else { return nil }
            let scorer = scorers[index]
            if scorer.cursor.section < candidate {
                let block = scorer.cursor.blockMaximum(at: candidate)
                guard score + sums[index] + scorer.weight * Float(block.impact) > threshold else { return nil }
                try scorer.cursor.advance(to: candidate)
            }
            if scorer.cursor.section == candidate { score += scorer.weight * Float(scorer.cursor.impact) }
        }
        return total(at: candidate)
    }

    /// Always summed up in the same order, so that a score does not depend on what was left out.
    private func total(at candidate: Int) -> Float {
        var score: Float = 0
        for scorer in scorers where scorer.cursor.section == candidate {
            score += scorer.weight * Float(scorer.cursor.impact)
        }
        return score
    }

    private func isHit(_ candidate: Int) throws(IndexFault) -> Bool {
        guard target.live.contains(candidate) else { return false }
        for condition in excluded where try condition.next(from: candidate) == candidate { return false }
        return true
    }

    /// Where something has to be there, only sections that have it are looked at.
    private func runRequired(into best: inout TopSections) throws(IndexFault) {
        var candidate = 0
        while true {
            var start = candidate
            for condition in required { candidate = try condition.next(from: candidate) }
            while start != candidate, candidate != PostingCursor.end {
                start = candidate
                for condition in required { candidate = try condition.next(from: candidate) }
            }
            guard candidate != PostingCursor.end else { return }
            if try isHit(candidate) {
                for scorer in scorers { try scorer.cursor.advance(to: candidate) }
                best.insert(TopSections.Entry(target: number, section: candidate, score: total(at: candidate)))
            }
            candidate += 1
        }
    }
}
