// SPDX-License-Identifier: Apache-2.0

/// What a query means in an index: which terms count how much, and what has to be there.
struct SearchPlan {
    /// A key of the dictionary, or a word in paths, and its share.
    struct Leaf: Hashable {
        enum Kind: Hashable {
            case term, prefix, path
        }

        let kind: Kind
        let key: [UInt8]
    }

    private(set) var leaves: [(leaf: Leaf, share: Float)] = []

    /// How much of a word's weight goes to the very form that was asked for; the rest goes to its stem.
    private static let exactShare: Float = 0.15
    /// What a part of an identifier counts beside the whole.
    private static let partShare: Float = 0.5

    init(_ query: SearchQuery) {
        let clauses = query.clauses.filter { $0.need != .excluded }
        let hasContent = clauses.contains { !Self.isFunctionWord($0) }
        for clause in clauses where !hasContent || !Self.isFunctionWord(clause) {
            let share = Float(clause.count)
            switch clause.pattern {
            case .word(let term):
                add(term.whole, share)
                for part in term.parts where part != term.whole { add(part, share * Self.partShare) }
            case .phrase(let terms):
                for word in terms.flatMap(\.sequence) { add(word, share) }
            case .prefix(let prefix): add(Leaf(kind: .prefix, key: prefix), share)
            }
        }
    }

    static func isFunctionWord(_ clause: SearchQuery.Clause) -> Bool {
        guard case .word(let term) = clause.pattern, clause.need == .ranked else { return false }
        return FunctionWords.all.contains(term.whole)
    }

    private mutating func add(_ word: [UInt8], _ share: Float) {
        add(Leaf(kind: .term, key: Self.stemKey(of: word)), share * (1 - Self.exactShare))
        add(Leaf(kind: .term, key: word), share * Self.exactShare)
        add(Leaf(kind: .path, key: word), share)
    }

    private mutating func add(_ leaf: Leaf, _ share: Float) {
        if let index = leaves.firstIndex(where: { $0.leaf == leaf }) {
            leaves[index].share += share
        } else {
            leaves.append((leaf, share))
        }
    }

    static func stemKey(of word: [UInt8]) -> [UInt8] { [DictionaryWriter.stemMark] + EnglishStemmer.stem(word) }
}

extension IndexSegment {
    /// The entry of a stem: its own, or that of the word that is its own stem.
    func entry(ofKey key: [UInt8]) throws(IndexFault) -> TermEntry? {
        if let entry = try entry(of: key) { return entry }
        guard key.first == DictionaryWriter.stemMark else { return nil }
        var entry = try entry(of: Array(key.dropFirst()))
        entry?.positions = 0..<0
        return entry
    }

    /// The sections in which words stand that begin so.
    /// - Parameter mask: only in these fields.
    func sections(withPrefix prefix: [UInt8], mask: UInt8 = 0xFF) throws(IndexFault) -> [Range<Int>] {
        var found: Set<Int> = []
        var termCount = 0
        try terms(from: prefix) { _, entry throws(IndexFault) in
            var cursor = try PostingCursor(self, entry)
            while cursor.section != PostingCursor.end {
                if cursor.mask & mask != 0 { found.insert(cursor.section) }
                try cursor.advance(to: cursor.section + 1)
            }
            termCount += 1
            return termCount < SearchLimits.prefixTerms && found.count < SearchLimits.prefixSections
        }
        return found.sorted().map { $0..<$0 + 1 }
    }
}

/// Bounds on what one search does.
enum SearchLimits {
    static let prefixTerms = 2048
    static let prefixSections = 1 << 20
    static let perDocument = 3
}
