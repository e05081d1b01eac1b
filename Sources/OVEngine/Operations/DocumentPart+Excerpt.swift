// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVSearch

extension DocumentPart {
    /// What it means of a text.
    /// - Throws: `NOT_FOUND` for a section that is not there, `INVALID_ARGUMENT` for one of several.
    func excerpt(of text: String, mediaType: String, uri: VikingURI) throws(OVError) -> (TextExcerpt, lines: Int) {
        let source = LineText(text)
        var lines = 0..<source.lines.count
        if let section { lines = try Self.lines(of: section, in: text, source, mediaType, uri) }
        let start = min(lines.upperBound, lines.lowerBound.addingClamped(range.offset))
        let end = range.limit.map { min(lines.upperBound, start.addingClamped($0)) } ?? lines.upperBound
        let excerpt = TextExcerpt(of: source, lines: start..<end, maximumTokens: maximumTokens)
        return (excerpt, source.lines.count)
    }

    private static func lines(
        of name: String, in text: String, _ source: LineText, _ mediaType: String, _ uri: VikingURI
    ) throws(OVError) -> Range<Int> {
        let outline = DocumentOutline(of: text, mediaType: mediaType)
        let found = outline.sections(named: name)
        guard let index = found.first else {
            let titles = outline.sections.prefix(1000).map(\.title)
            throw OVError(
                .notFound, "\(uri) has no section '\(name.prefix(200))'",
                hint: nearestName(to: name, among: titles).map { "did you mean '\($0)'?" }
                    ?? "`ov overview \(uri)` lists its sections")
        }
        guard found.count == 1 else {
            let places = found.prefix(10).map { index in
                let lines = outline.sections[index].linesWithSubsections
                let path = outline.headingPath(of: index).joined(separator: " > ")
                return "\(path) (--lines \(lines.lowerBound):\(lines.upperBound))"
            }
            throw OVError(
                .contradictoryArguments, "\(uri) has \(found.count) sections '\(name.prefix(200))'",
                hint: "name the headings above it, too, or its lines: \(places.joined(separator: "; "))")
        }
        let bytes = outline.sections[index].bytesWithSubsections
        let first = source.lines.firstIndex { $0.upperBound > bytes.lowerBound } ?? source.lines.count
        let last = source.lines.lastIndex { $0.lowerBound < bytes.upperBound } ?? first
        return first..<max(first, last + 1)
    }
}

extension Int {
    /// The sum with a number that is not negative, or the largest number that there is.
    fileprivate func addingClamped(_ other: Int) -> Int {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? .max : sum
    }
}
