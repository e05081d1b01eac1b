// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVSearch
import OVStore

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

    /// The lines that are wanted, as far as they are known without the text; nil where that has to be read first.
    var lines: Range<Int>? {
        guard section == nil else { return nil }
        return range.offset..<(range.limit.map { range.offset.addingClamped($0) } ?? .max)
    }

    /// More bytes than these are more tokens than are wanted.
    var maximumBytes: Int? { maximumTokens.map { $0.multipliedClamped(by: TokenEstimate.maximumBytes) } }

    /// What it means of a text of which just a part was read.
    /// - Returns: nil when that is too little of it, or no text.
    func excerpt(of stored: StoredLines) -> TextExcerpt? {
        guard let lines else { return nil }
        let source = LineText(bytes: stored.bytes)
        let wanted = lines.clamped(to: 0..<stored.lineCount)
        // The last line may be there in part, which is enough to see that it is one too many.
        let end = min(wanted.upperBound, stored.linesBefore + source.lines.count)
        guard wanted.lowerBound < min(end, stored.linesEnded) else { return nil }
        let excerpt = TextExcerpt(
            of: source, lines: wanted.lowerBound - stored.linesBefore..<end - stored.linesBefore,
            maximumTokens: maximumTokens)
        let found = excerpt.moved(by: stored.linesBefore, wanted: wanted)
        guard found.lines.upperBound < end || wanted.upperBound <= stored.linesEnded else { return nil }
        let (first, last) = (source.lines[excerpt.lines.lowerBound], source.lines[excerpt.lines.upperBound - 1])
        let bytes = source.bytes[first.lowerBound..<last.upperBound]
        return String(validating: bytes, as: UTF8.self) == nil ? nil : found
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

    fileprivate func multipliedClamped(by other: Int) -> Int {
        let (product, isTooLarge) = multipliedReportingOverflow(by: other)
        return isTooLarge ? .max : product
    }
}
