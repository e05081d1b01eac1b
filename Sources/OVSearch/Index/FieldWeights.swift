// SPDX-License-Identifier: Apache-2.0

/// The parts of a passage that are searched, and what a word in each of them counts: BM25F (Robertson, Zaragoza,
/// "The Probabilistic Relevance Framework", 2009, §3.6).
///
/// How often a word stands in a field is divided by how long the field is compared with the average, weighted, summed
/// over the fields, and saturated: f / (k1 + f). Averages are those of the segment, drawn towards usual ones while
/// it is small, so that a pack of three documents does not have a measure of its own.
package enum SearchField: Int, CaseIterable, Sendable {
    /// Of the document.
    case title
    /// Those of the section and of the ones around it.
    case headings
    case body

    var weight: Double {
        switch self {
        case .title: 1.5
        case .headings: 2
        case .body: 1
        }
    }

    /// How much the length counts: 0 not at all, 1 in full.
    var lengthShare: Double {
        switch self {
        case .title, .headings: 0.4
        case .body: 0.75
        }
    }

    var usualLength: Double {
        switch self {
        case .title: 5
        case .headings: 8
        case .body: 120
        }
    }

    static let saturation = 1.5
    /// With how many sections of usual length the averages begin.
    static let usualSections = 200.0
    /// Path segments have no index: they are matched when a search is made. A match counts as one occurrence in a
    /// field of this weight.
    static let pathWeight = 0.8

    /// Where the positions of a field begin, so that a phrase lies in one field and a position says in which.
    var firstPosition: Int {
        switch self {
        case .title: 0
        case .headings: 256
        case .body: 2048
        }
    }

    /// How many words of a field are indexed.
    var maximumLength: Int {
        switch self {
        case .title: 200
        case .headings: 1500
        case .body: 1 << 20
        }
    }

    static func of(position: Int) -> SearchField {
        if position >= SearchField.body.firstPosition { return .body }
        return position >= SearchField.headings.firstPosition ? .headings : .title
    }

    var bit: UInt8 { 1 << UInt8(rawValue) }
}
