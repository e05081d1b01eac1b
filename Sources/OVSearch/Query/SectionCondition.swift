// SPDX-License-Identifier: Apache-2.0

/// Something that a section has to have, or must not have: all of some terms, perhaps next to one another.
struct SectionCondition {
    /// None where a term is in no document of the segment.
    private var cursors: [PostingCursor]
    private let isPhrase: Bool
    private let mask: UInt8

    init(_ clause: SearchQuery.Clause, in segment: IndexSegment) throws(IndexFault) {
        mask = clause.isTitle ? SearchField.title.bit : 0xFF
        switch clause.pattern {
        case .word(let term):
            isPhrase = term.parts.count > 1
            // A word that must not be there is meant as it is written.
            let isExact = isPhrase || clause.need == .excluded
            cursors = try Self.cursors(
                of: term.sequence.map { isExact ? $0 : SearchPlan.stemKey(of: $0) }, in: segment)
        case .phrase(let terms):
            isPhrase = true
            cursors = try Self.cursors(of: terms.flatMap(\.sequence), in: segment)
        case .prefix(let prefix):
            isPhrase = false
            let found = try segment.sections(withPrefix: prefix, mask: mask)
            cursors = found.isEmpty ? [] : [PostingCursor(found, impact: 0)]
        }
        checksMask = clause.isTitle && !Self.isPrefix(clause.pattern)
    }

    private let checksMask: Bool

    private static func isPrefix(_ pattern: SearchQuery.Pattern) -> Bool {
        if case .prefix = pattern { return true }
        return false
    }

    private static func cursors(of keys: [[UInt8]], in segment: IndexSegment) throws(IndexFault) -> [PostingCursor] {
        var cursors: [PostingCursor] = []
        for key in keys {
            guard let entry = try segment.entry(ofKey: key) else { return [] }
            cursors.append(try PostingCursor(segment, entry))
        }
        return cursors
    }

    /// The first section from `target` on that has it; `PostingCursor.end` for none. Targets only rise.
    mutating func next(from target: Int) throws(IndexFault) -> Int {
        guard !cursors.isEmpty else { return PostingCursor.end }
        var candidate = target
        while true {
            var isAt = true
            for index in cursors.indices {
                try cursors[index].advance(to: candidate)
                let section = cursors[index].section
                if section == PostingCursor.end { return PostingCursor.end }
                if section > candidate {
                    candidate = section
                    isAt = false
                    break
                }
            }
            guard isAt else { continue }
            if try isMatch() { return candidate }
            candidate += 1
        }
    }

    private mutating func isMatch() throws(IndexFault) -> Bool {
        if checksMask {
            guard cursors.allSatisfy({ $0.mask & mask != 0 }) else { return false }
        }
        guard isPhrase, cursors.count > 1 else { return true }
        var places = try cursors[0].positions()
        for distance in cursors.indices.dropFirst() {
            places = Self.places(places, followedBy: try cursors[distance].positions(), at: distance)
            if places.isEmpty { return false }
        }
        return !checksMask || places.contains { SearchField.of(position: $0) == .title }
    }

    /// Those of some places behind which, at a distance, there is one of others; all rise.
    private static func places(_ places: [Int], followedBy others: [Int], at distance: Int) -> [Int] {
        var (kept, next): ([Int], Int) = ([], 0)
        for place in places {
            while next < others.count, others[next] < place + distance { next += 1 }
            guard next < others.count else { break }
            if others[next] == place + distance { kept.append(place) }
        }
        return kept
    }
}
