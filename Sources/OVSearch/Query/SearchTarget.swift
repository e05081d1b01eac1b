// SPDX-License-Identifier: Apache-2.0

/// A segment together with what of it may be found: the documents that a current revision has, that the caller may
/// see, and that the query's filters let through.
package struct SearchTarget: Sendable {
    package let segment: IndexSegment
    /// The number, in `paths`, of each of the segment's documents; negative for those that may not be found.
    package let documents: [Int32]
    package let paths: PathTable
    let live: SectionSet

    package init(_ segment: IndexSegment, documents: [Int32], paths: PathTable) {
        self.segment = segment
        self.documents = documents
        self.paths = paths
        var live = SectionSet(count: segment.sectionCount)
        for (number, document) in documents.enumerated() where document >= 0 && number < segment.blobs.count {
            live.insert(segment.sections(ofDocument: number))
        }
        self.live = live
    }

    private init(_ target: SearchTarget, documents: [Int32]) {
        self.init(target.segment, documents: documents, paths: target.paths)
    }

    /// Only the documents for which `choose` gives a number: their own, or that of another with the same bytes.
    package func limited(to choose: (Int) -> Int?) -> SearchTarget {
        SearchTarget(self, documents: documents.map { $0 >= 0 ? Int32(choose(Int($0)) ?? -1) : -1 })
    }

    package var isEmpty: Bool { live.count == 0 }

    /// The sections of some documents.
    /// - Parameter isWanted: by number in `paths`.
    func sections(of isWanted: [Bool]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for (number, document) in documents.enumerated() where document >= 0 && isWanted[Int(document)] {
            let sections = segment.sections(ofDocument: number)
            guard !sections.isEmpty else { continue }
            if let last = ranges.last, last.upperBound == sections.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<sections.upperBound
            } else {
                ranges.append(sections)
            }
        }
        return ranges
    }
}

/// Finds words in paths, in each table once.
struct PathMatches {
    private var found: [ObjectIdentifier: [Bool]?] = [:]
    private let word: [UInt8]

    init(_ word: [UInt8]) { self.word = word }

    /// The sections of a target's documents in whose path the word stands.
    mutating func sections(in target: SearchTarget) -> [Range<Int>] {
        let key = ObjectIdentifier(target.paths)
        if found[key] == nil {
            let documents = target.paths.documents(with: word)
            var isWanted: [Bool]?
            if !documents.isEmpty {
                var wanted = [Bool](repeating: false, count: target.paths.count)
                for document in documents { wanted[document] = true }
                isWanted = wanted
            }
            found[key] = .some(isWanted)
        }
        guard let isWanted = found[key] ?? nil else { return [] }
        return target.sections(of: isWanted)
    }
}

extension SearchQuery {
    package var hasFilters: Bool { !filters.isEmpty }

    /// The filters as they were written.
    package var filterTexts: [String] { filters.map(\.text) }

    /// Which documents the filters `path:` and `type:` let through.
    package func documentFilter() -> @Sendable (_ path: String, _ mediaType: String) -> Bool {
        let tests = filters.map { (test: DocumentTest($0), isExcluded: $0.isExcluded) }
        return { path, mediaType in tests.allSatisfy { $0.test.matches(path, mediaType) != $0.isExcluded } }
    }
}
