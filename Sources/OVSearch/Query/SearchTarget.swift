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

    /// The sections of the documents in whose path a word stands.
    func sections(withPathWord word: [UInt8]) -> [Range<Int>] {
        let found = paths.documents(with: word)
        guard !found.isEmpty else { return [] }
        var isFound = [Bool](repeating: false, count: paths.count)
        for document in found { isFound[document] = true }
        var ranges: [Range<Int>] = []
        for (number, document) in documents.enumerated() where document >= 0 && isFound[Int(document)] {
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
