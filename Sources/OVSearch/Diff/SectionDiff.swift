// SPDX-License-Identifier: Apache-2.0

/// How a document's sections differ from those of an earlier state of it.
///
/// What is compared is each section's own text, without its subsections, and without blanks at its end. A section is
/// found again by the headings above it, and where several have the same, by its text, then by its order; what is then
/// left over is found by its text alone, under another heading.
package struct SectionDiff: Sendable {
    package struct Difference: Hashable, Sendable {
        package enum Kind: String, Hashable, Sendable {
            case added, changed, removed
            /// The same text in another place: under other headings, or among its like in another order.
            case moved
        }

        package let kind: Kind
        /// From the outermost heading inwards; empty for what stands above all headings. Of a removed one, as it was.
        package let headingPath: [String]
        /// Of one that moved from other headings.
        package let previousPath: [String]?
        /// The section's own lines, from 1; of a removed one, in the earlier state.
        package let lines: Range<Int>
        /// Lines that came and went, in a changed one.
        package let addedLines: Int
        package let removedLines: Int
    }

    /// In the order of the document; what was removed stands last.
    package let differences: [Difference]

    package init(from old: String, to new: String, mediaType: String) {
        let (before, after) = (SectionUnits(old, mediaType), SectionUnits(new, mediaType))
        var pairing = SectionPairing(before, after)
        pairing.pair()
        differences = pairing.differences()
    }
}

/// The sections of a document with their own texts.
private struct SectionUnits {
    struct Unit {
        let path: [String]
        let lines: Range<Int>
        let bytes: Range<Int>
        /// Without the heading, which is compared as a part of the path.
        let body: ArraySlice<UInt8>
        let level: Int
    }

    let text: [UInt8]
    let units: [Unit]

    init(_ text: String, _ mediaType: String) {
        let bytes = Array(text.utf8)
        let outline = DocumentOutline(of: text, mediaType: mediaType)
        self.text = bytes
        var units: [Unit] = []
        let firstLine = outline.sections.first?.lines.lowerBound ?? outline.lineCount + 1
        let firstByte = outline.sections.first?.bytes.lowerBound ?? bytes.count
        let top = bytes[..<firstByte].trimmingEnd()
        if !top.isEmpty {
            units.append(Unit(path: [], lines: 1..<firstLine, bytes: 0..<firstByte, body: top, level: 0))
        }
        for (index, section) in outline.sections.enumerated() {
            let own = bytes[section.bytes]
            let body = own.drop { $0 != 10 && $0 != 13 }.trimmingEnd()
            units.append(
                Unit(
                    path: outline.headingPath(of: index),
                    lines: section.lines.lowerBound..<section.lines.upperBound + 1, bytes: section.bytes, body: body,
                    level: section.level))
        }
        self.units = units
    }

    /// How many of a section's lines count: blank ones at its end do not.
    func lineText(_ index: Int) -> LineText { LineText(bytes: Array(text[units[index].bytes].trimmingEnd()) + [10]) }
}

/// Which section was which.
private struct SectionPairing {
    private let old: SectionUnits
    private let new: SectionUnits
    /// For each new section the old one.
    private var partners: [Int?]
    private var isTaken: [Bool]

    init(_ old: SectionUnits, _ new: SectionUnits) {
        self.old = old
        self.new = new
        partners = Array(repeating: nil, count: new.units.count)
        isTaken = Array(repeating: false, count: old.units.count)
    }

    private struct Named: Hashable {
        let path: [String]
        let body: ArraySlice<UInt8>?
    }

    private struct Text: Hashable {
        let body: ArraySlice<UInt8>
    }

    mutating func pair() {
        pair(by: { Named(path: $0.path, body: $0.body) })
        pair(by: { Named(path: $0.path, body: nil) })
        // A heading without a text of its own says too little to be found again by it.
        pair(by: { $0.body.count > Self.shortBody ? Text(body: $0.body) : nil })
    }

    private static let shortBody = 8

    /// Pairs sections that have no partner by a key, in their order.
    private mutating func pair<Key: Hashable>(by key: (SectionUnits.Unit) -> Key?) {
        var waiting: [Key: ArraySlice<Int>] = [:]
        for (index, unit) in old.units.enumerated() where !isTaken[index] {
            if let key = key(unit) { waiting[key, default: []].append(index) }
        }
        for (index, unit) in new.units.enumerated() where partners[index] == nil {
            guard let key = key(unit), let partner = waiting[key]?.popFirst() else { continue }
            partners[index] = partner
            isTaken[partner] = true
        }
    }

    func differences() -> [SectionDiff.Difference] {
        let pairs = partners.enumerated().compactMap { index, partner in partner.map { (old: $0, new: index) } }
        let inOrder = Set(longestRise(of: pairs.map(\.old)).map { pairs[$0].new })
        var found: [SectionDiff.Difference] = []
        for (index, unit) in new.units.enumerated() {
            guard let partner = partners[index] else {
                found.append(Self.difference(.added, unit))
                continue
            }
            let before = old.units[partner]
            if before.path != unit.path {
                found.append(Self.difference(.moved, unit, from: before.path))
            } else if before.body != unit.body || before.level != unit.level {
                let lines = LineDiff(old.lineText(partner), new.lineText(index), steps: Self.stepsPerSection)
                found.append(Self.difference(.changed, unit, added: lines.addedLines, removed: lines.removedLines))
            } else if !inOrder.contains(index) {
                found.append(Self.difference(.moved, unit))
            }
        }
        for (index, unit) in old.units.enumerated() where !isTaken[index] {
            found.append(Self.difference(.removed, unit))
        }
        return found
    }

    /// Sections are many, and only lines are counted.
    private static let stepsPerSection = 1_000_000

    private static func difference(
        _ kind: SectionDiff.Difference.Kind, _ unit: SectionUnits.Unit, from previous: [String]? = nil, added: Int = 0,
        removed: Int = 0
    ) -> SectionDiff.Difference {
        SectionDiff.Difference(
            kind: kind, headingPath: unit.path, previousPath: previous, lines: unit.lines, addedLines: added,
            removedLines: removed)
    }
}

extension ArraySlice<UInt8> {
    /// Without blanks and line ends at its end.
    fileprivate func trimmingEnd() -> ArraySlice<UInt8> {
        var end = endIndex
        while end > startIndex, self[end - 1] == 32 || (9...13).contains(self[end - 1]) { end -= 1 }
        return self[..<end]
    }
}
