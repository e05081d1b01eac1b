// SPDX-License-Identifier: Apache-2.0

/// What a document is about and where in it: title, sections, abstract, overview.
///
/// Sections are those of Markdown (CommonMark 0.31.2, ATX and setext headings); other text has none. Everything is
/// extracted, nothing is made up, and the time is in proportion to the text.
package struct DocumentOutline: Sendable {
    /// A heading and what is below it.
    package struct Section: Hashable, Sendable {
        /// 1 to 6.
        package let level: Int
        /// Plain text, without Markdown's marks.
        package let title: String
        /// The section around this one, as an index into `sections`; nil at the top.
        package let parent: Int?
        /// Lines, from 1, from the heading to the next one of whatever level.
        package let lines: ClosedRange<Int>
        /// The same in bytes of the text, from 0.
        package let bytes: Range<Int>
        /// Lines from the heading to the next one that is not below it.
        package internal(set) var linesWithSubsections: ClosedRange<Int>
        package internal(set) var bytesWithSubsections: Range<Int>
    }

    /// The first heading of level 1, else what front matter says.
    package let title: String?
    /// In the order of the text. What stands before the first heading belongs to none.
    package let sections: [Section]
    package let lineCount: Int
    package let byteCount: Int
    private let source: AbstractSource

    /// How many headings make sections; text behind the last one belongs to it.
    package static let maximumSections = 10_000

    /// - Parameter mediaType: lower case, without parameters.
    package init(of text: String, mediaType: String) {
        let bytes = Array(text.utf8)
        byteCount = bytes.count
        lineCount = Self.countLines(of: bytes)
        guard mediaType == "text/markdown" || mediaType == "text/x-markdown" else {
            (title, sections) = (nil, [])
            source = AbstractSource(plain: bytes, isProse: mediaType == "text/plain")
            return
        }
        let front = FrontMatter(of: bytes)
        var builder = SectionBuilder(bytes: bytes)
        MarkdownBlocks.parse(bytes, skipping: front.lastLine) { block in
            guard case .heading(let level, let text, let line, let start) = block else { return true }
            return builder.append(level: level, text: text, line: line, start: start)
        }
        sections = builder.finish(lineCount: lineCount)
        title = sections.first { $0.level == 1 && !$0.title.isEmpty }?.title ?? front.title
        source = AbstractSource(markdown: bytes, skipping: front.lastLine, title: title)
    }

    /// The first paragraph as plain text; of source code, the comment it begins with.
    /// - Parameter limit: how many characters at most; longer text is cut between two words and ends in `…`.
    package func abstract(limit: Int = 300) -> String { source.abstract(limit: limit) }

    /// A line per heading with the lines and the size of all that is below it, indented as they lie in one another.
    package func overview() -> String {
        guard !sections.isEmpty else { return Self.extent(1...max(1, lineCount), byteCount) + "\n" }
        var text = ""
        var depths: [Int] = []
        for section in sections {
            let depth = section.parent.map { depths[$0] + 1 } ?? 0
            depths.append(depth)
            text += String(repeating: "  ", count: depth)
            text += section.title.isEmpty ? "(untitled)" : section.title
            text += " (" + Self.extent(section.linesWithSubsections, section.bytesWithSubsections.count) + ")\n"
        }
        return text
    }

    /// The titles from the top of the document down to a section.
    package func headingPath(of section: Int) -> [String] {
        var path: [String] = []
        var next: Int? = section
        while let index = next {
            path.append(sections[index].title)
            next = sections[index].parent
        }
        return path.reversed()
    }

    private static func extent(_ lines: ClosedRange<Int>, _ bytes: Int) -> String {
        let range = lines.count == 1 ? "line \(lines.lowerBound)" : "lines \(lines.lowerBound)-\(lines.upperBound)"
        guard bytes >= 1000 else { return "\(range), \(bytes) bytes" }
        let (unit, name) = bytes >= 999_950 ? (1_000_000, "MB") : (1000, "kB")
        let tenths = (bytes * 10 + unit / 2) / unit
        return "\(range), \(tenths / 10).\(tenths % 10) \(name)"
    }

    private static func countLines(of bytes: [UInt8]) -> Int {
        var lines = TextLines(bytes)
        var count = 0
        while lines.next() != nil { count += 1 }
        return count
    }
}

// MARK: - Sections

/// Collects headings and knows where each section ends once the next heading is there.
private struct SectionBuilder {
    private struct Heading {
        let level: Int
        let title: String
        let parent: Int?
        let line: Int
        let start: Int
    }

    let bytes: [UInt8]
    private var headings: [Heading] = []
    /// The sections that are open, of rising level.
    private var open: [Int] = []

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// - Returns: whether there is room for another.
    mutating func append(level: Int, text: Range<Int>, line: Int, start: Int) -> Bool {
        while let last = open.last, headings[last].level >= level { open.removeLast() }
        let title = InlineText(bytes, text, maximum: 1000).text
        headings.append(Heading(level: level, title: title, parent: open.last, line: line, start: start))
        open.append(headings.count - 1)
        return headings.count < DocumentOutline.maximumSections
    }

    func finish(lineCount: Int) -> [DocumentOutline.Section] {
        var sections: [DocumentOutline.Section] = []
        for (index, heading) in headings.enumerated() {
            let next = index + 1 < headings.count ? headings[index + 1] : nil
            let lines = heading.line...max(heading.line, (next?.line ?? lineCount + 1) - 1)
            let range = heading.start..<(next?.start ?? bytes.count)
            sections.append(
                DocumentOutline.Section(
                    level: heading.level, title: heading.title, parent: heading.parent, lines: lines, bytes: range,
                    linesWithSubsections: lines, bytesWithSubsections: range))
        }
        // Subsections come behind their section, so going backwards each has its full extent before it is added.
        for index in sections.indices.reversed() {
            guard let parent = sections[index].parent else { continue }
            let (lines, range) = (sections[index].linesWithSubsections, sections[index].bytesWithSubsections)
            let outer = sections[parent]
            sections[parent].linesWithSubsections =
                outer.lines.lowerBound...max(outer.linesWithSubsections.upperBound, lines.upperBound)
            sections[parent].bytesWithSubsections =
                outer.bytes.lowerBound..<max(outer.bytesWithSubsections.upperBound, range.upperBound)
        }
        return sections
    }
}
