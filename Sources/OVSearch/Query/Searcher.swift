// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Finds the best sections for a query: BM25F over terms and stems, the best few by MaxScore (Turtle, Flood, 1995)
/// with the maxima of blocks (Ding, Suel, 2011), so that most of a long list is never read.
package struct Searcher {
    package struct Hit: Hashable, Sendable {
        /// Which of the targets.
        package let target: Int
        package let section: Int
        package let document: Int
        package let score: Float
    }

    let query: SearchQuery
    let targets: [SearchTarget]
    private let plan: SearchPlan

    package init(_ query: SearchQuery, in targets: [SearchTarget]) {
        self.query = query
        self.targets = targets
        plan = SearchPlan(query)
    }

    /// The best sections, best first: at first no more than a few of the same document.
    package func hits(limit: Int) throws(IndexFault) -> [Hit] {
        var best = TopSections(capacity: limit * 4)
        let weighed = try weighed()
        for (number, target) in targets.enumerated() where !target.isEmpty && !weighed[number].isEmpty {
            var search = try SegmentSearch(target, number: number, query, weighed[number])
            try search.run(into: &best)
        }
        return try spread(best.sorted, limit: limit)
    }

    /// A term in a segment, and what its impacts are worth there.
    struct Weighed {
        var entry: TermEntry?
        var ranges: [Range<Int>] = []
        let weight: Float
    }

    /// What stands where, and how rare it is in all segments together.
    private func weighed() throws(IndexFault) -> [[Weighed]] {
        let total = Float(targets.reduce(0) { $0 + $1.segment.sectionCount })
        var weighed = targets.map { _ in [Weighed]() }
        var entries: [(target: Int, entry: TermEntry)] = []
        for (leaf, share) in plan.leaves {
            let weight = { (sections: Int) in
                let rarity = logarithm(1 + (total - Float(sections) + 0.5) / (Float(sections) + 0.5))
                return max(rarity, 1e-4) * share * ImpactScale.worth
            }
            guard leaf.kind == .term else {
                let ranges = try ranges(of: leaf)
                let sections = ranges.reduce(0) { $0 + $1.ranges.reduce(0) { $0 + $1.count } }
                for (number, ranges) in ranges {
                    weighed[number].append(Weighed(entry: nil, ranges: ranges, weight: weight(sections)))
                }
                continue
            }
            entries.removeAll(keepingCapacity: true)
            var sections = 0
            for (number, target) in targets.enumerated() {
                guard let entry = try target.segment.entry(ofKey: leaf.key) else { continue }
                entries.append((number, entry))
                sections += entry.sections
            }
            for (number, entry) in entries {
                weighed[number].append(Weighed(entry: entry, weight: weight(sections)))
            }
        }
        return weighed
    }

    /// Where words stand that begin so, or are in paths, by target.
    private func ranges(of leaf: SearchPlan.Leaf) throws(IndexFault) -> [(target: Int, ranges: [Range<Int>])] {
        var (found, paths): ([(Int, [Range<Int>])], PathMatches) = ([], PathMatches(leaf.key))
        for (number, target) in targets.enumerated() {
            let ranges =
                leaf.kind == .path
                ? paths.sections(in: target) : try target.segment.sections(withPrefix: leaf.key)
            if !ranges.isEmpty { found.append((number, ranges)) }
        }
        return found
    }

    private func spread(_ sections: [TopSections.Entry], limit: Int) throws(IndexFault) -> [Hit] {
        var (chosen, others): ([Hit], [Hit]) = ([], [])
        var counts: [Int: Int] = [:]
        for entry in sections {
            let target = targets[entry.target]
            let document = try target.segment.section(entry.section).document
            let hit = Hit(
                target: entry.target, section: entry.section, document: Int(target.documents[document]),
                score: entry.score)
            let key = entry.target << 40 | document
            counts[key, default: 0] += 1
            if counts[key, default: 0] <= SearchLimits.perDocument { chosen.append(hit) } else { others.append(hit) }
        }
        guard chosen.count < limit else { return Array(chosen.prefix(limit)) }
        let hits = chosen + others.prefix(limit - chosen.count)
        return hits.sorted { ($1.score, $0.target, $0.section) < ($0.score, $1.target, $1.section) }
    }
}
