// SPDX-License-Identifier: Apache-2.0

/// Why a search found nothing, or less than was asked for: a part of the query that stands in the way.
package struct SearchObstacle: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        /// Nothing that may be found has the word or phrase.
        case absent
        /// Each part is somewhere, but nowhere together with the others.
        case combination
        /// The filter lets no document through.
        case filter
    }

    package let kind: Kind
    /// The part of the query, as it was written.
    package let text: String
    /// Words that there are and that look alike, nearest first.
    package let near: [String]
}

extension Searcher {
    /// What of the query nothing has, with what is near it.
    package func obstacles(hasHits: Bool) throws(IndexFault) -> [SearchObstacle] {
        var obstacles: [SearchObstacle] = []
        for clause in query.clauses where clause.need != .excluded {
            guard try !isAnywhere(clause) else { continue }
            obstacles.append(SearchObstacle(kind: .absent, text: clause.text, near: try near(clause)))
        }
        if obstacles.isEmpty, !hasHits {
            let wanted = query.clauses.filter { $0.need != .ranked }
            obstacles = wanted.map { SearchObstacle(kind: .combination, text: $0.text, near: []) }
        }
        return obstacles
    }

    private func isAnywhere(_ clause: SearchQuery.Clause) throws(IndexFault) -> Bool {
        var paths: PathMatches?
        if case .word(let term) = clause.pattern, clause.need == .ranked { paths = PathMatches(term.whole) }
        for target in targets where !target.isEmpty {
            var condition = try SectionCondition(clause, in: target.segment)
            var section = try condition.next(from: 0)
            while section != PostingCursor.end {
                if target.live.contains(section) { return true }
                section = try condition.next(from: section + 1)
            }
            if paths?.sections(in: target).isEmpty == false { return true }
        }
        return false
    }

    private func firstAbsent(_ words: [[UInt8]]) throws(IndexFault) -> [UInt8]? {
        for word in words where try !isAnywhere(Self.required(word)) { return word }
        return nil
    }

    private static func required(_ word: [UInt8]) -> SearchQuery.Clause {
        SearchQuery.Clause(
            pattern: .word(SearchQuery.Term(whole: word, parts: [])), need: .required, isTitle: false, text: "")
    }

    private static let nearCount = 3

    /// Words like the ones of a clause that may be found. Only what the caller may see counts, so each is looked for.
    private func near(_ clause: SearchQuery.Clause) throws(IndexFault) -> [String] {
        let word: [UInt8]
        switch clause.pattern {
        case .word(let term): word = term.whole
        case .prefix(let prefix): word = prefix
        // The words of a phrase are there, or else it is one of them that is not.
        case .phrase(let terms):
            guard let absent = try firstAbsent(terms.flatMap(\.sequence)) else { return [] }
            word = absent
        }
        var candidates: [[UInt8]: (distance: Int, sections: Int)] = [:]
        let bound = word.count < 4 ? 1 : word.count < 8 ? 2 : 3
        // Few mistake the first letter, and looking at the words of all others would take longer than the search.
        for target in targets where !target.isEmpty {
            try target.segment.terms(from: Array(word.prefix(1))) { term, entry throws(IndexFault) in
                guard abs(term.count - word.count) <= bound, term != word,
                    let distance = EditDistance.between(word, term, atMost: bound)
                else { return true }
                candidates[term] = (distance, (candidates[term]?.sections ?? 0) + entry.sections)
                return true
            }
        }
        let sorted = candidates.sorted {
            ($0.value.distance, $1.value.sections, $0.key.count) < ($1.value.distance, $0.value.sections, $1.key.count)
        }
        var near: [String] = []
        for candidate in sorted.prefix(50) {
            guard near.count < Self.nearCount else { break }
            let isLive = try isAnywhere(Self.required(candidate.key))
            if isLive { near.append(String(decoding: candidate.key, as: UTF8.self)) }
        }
        return near
    }
}

/// Levenshtein distance with swaps of neighbours (optimal string alignment), over bytes.
enum EditDistance {
    /// - Returns: nil when it is more than `bound`.
    static func between(_ left: [UInt8], _ right: [UInt8], atMost bound: Int) -> Int? {
        guard abs(left.count - right.count) <= bound, right.count < maximumLength else { return nil }
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: 3 * maximumLength) { buffer in
            var before = UnsafeMutableBufferPointer(rebasing: buffer[..<maximumLength])
            var row = UnsafeMutableBufferPointer(rebasing: buffer[maximumLength..<2 * maximumLength])
            var next = UnsafeMutableBufferPointer(rebasing: buffer[(2 * maximumLength)...])
            for column in 0...right.count { (before[column], row[column]) = (0, column) }
            for (index, byte) in left.enumerated() {
                next[0] = index + 1
                var least = next[0]
                for column in 0..<right.count {
                    var cost = min(row[column] + (byte == right[column] ? 0 : 1), row[column + 1] + 1, next[column] + 1)
                    if index > 0, column > 0, byte == right[column - 1], left[index - 1] == right[column] {
                        cost = min(cost, before[column - 1] + 1)
                    }
                    next[column + 1] = cost
                    least = min(least, cost)
                }
                guard least <= bound else { return nil }
                (before, row, next) = (row, next, before)
            }
            return row[right.count] <= bound ? row[right.count] : nil
        }
    }

    /// Words are shorter.
    private static let maximumLength = 128
}
