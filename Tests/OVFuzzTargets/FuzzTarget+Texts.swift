// SPDX-License-Identifier: Apache-2.0

import OVCore

@testable import OVIngest
@testable import OVSearch

extension FuzzTarget {
    static let texts = [
        FuzzTarget("markdown") { bytes in
            // The product has made it UTF-8 by the time it comes here.
            let text = String(decoding: bytes, as: UTF8.self)
            let outline = DocumentOutline(of: text, mediaType: "text/markdown")
            try checkSections(of: outline)
            try check(outline.abstract().count <= 302, "an abstract of \(outline.abstract().count) characters")
            try check(
                outline.overview().utf8.count <= 8 * outline.byteCount + 1024 * (1 + outline.sections.count), "overview"
            )
            try checkPassages(Array(text.utf8), outline)
        },
        FuzzTarget("abstract", maximumLength: 4 << 10) { bytes in
            let (choice, rest) = split(bytes)
            let types = ["text/plain", "text/x-python", "text/x-csrc", "text/html", "application/json", "text/x-swift"]
            let outline = DocumentOutline(
                of: String(decoding: rest, as: UTF8.self), mediaType: types[Int(choice) % types.count])
            try check(outline.sections.isEmpty, "sections of what has none")
            try check(outline.abstract(limit: 50).count <= 52, "an abstract that is too long")
        },
        FuzzTarget("text") { bytes in
            // The first line is a charset, if it is one.
            let (line, rest) = splitLine(bytes)
            var limits = Limits()
            limits.documentBytes = 1 << 20
            for type in ["text/plain", "text/markdown", "application/json"] {
                let document = FetchedDocument(
                    path: "text", bytes: rest, name: "text", declaredType: type,
                    declaredCharset: line.isEmpty ? nil : String(decoding: line.prefix(40), as: UTF8.self),
                    validator: nil)
                for converted in [
                    try? TextConverter().convert(document, limits: limits),
                    try? MarkdownConverter().convert(document, limits: limits),
                ] {
                    guard let converted else { continue }
                    try check(isUTF8(converted.bytes) || converted.mediaType == MediaType.binary, "no UTF-8")
                    try check(converted.bytes.count <= max(rest.count, Int(limits.documentBytes)), "too long")
                }
            }
        },
        FuzzTarget("diff", maximumLength: 4 << 10) { bytes in
            let end = bytes.firstIndex(of: 0) ?? bytes.count
            let (old, new) = (LineText(bytes: Array(bytes[..<end])), LineText(bytes: Array(bytes.dropFirst(end + 1))))
            let diff = LineDiff(old, new)
            try checkApplies(diff, old, new)
            try checkApplies(LineDiff(old, new, steps: 10), old, new)
            _ = UnifiedDiff(old, new).text(diff.changes, oldName: "a", newName: "b")
            let sections = SectionDiff(
                from: String(decoding: old.bytes, as: UTF8.self), to: String(decoding: new.bytes, as: UTF8.self),
                mediaType: "text/markdown")
            if old.bytes == new.bytes { try check(sections.differences.isEmpty, "differences of equal texts") }
        },
    ]

    /// Sections follow each other without a gap, from the first heading to the end.
    private static func checkSections(of outline: DocumentOutline) throws {
        var (place, line): (Int?, Int?) = (nil, nil)
        for (index, section) in outline.sections.enumerated() {
            try check(section.bytes.lowerBound == place ?? section.bytes.lowerBound, "a gap before section \(index)")
            try check(section.lines.lowerBound == line ?? section.lines.lowerBound, "a gap of lines at \(index)")
            (place, line) = (section.bytes.upperBound, section.lines.upperBound + 1)
            if let parent = section.parent {
                try check(parent < index && outline.sections[parent].level < section.level, "the parent of \(index)")
                let around = outline.sections[parent].bytesWithSubsections
                try check(around.upperBound >= section.bytesWithSubsections.upperBound, "\(index) is not in its parent")
            }
            try check((1...6).contains(section.level), "level \(section.level)")
        }
        if let place { try check(place == outline.byteCount, "sections end at \(place) of \(outline.byteCount)") }
        if let line { try check(line == outline.lineCount + 1, "sections end at line \(line) of \(outline.lineCount)") }
    }

    private static func checkPassages(_ text: [UInt8], _ outline: DocumentOutline) throws {
        var place = 0
        for passage in PassageSplitter.passages(of: text, outline) {
            try check(passage.bytes.lowerBound >= place, "passages overlap at \(place)")
            let gap = text[place..<passage.bytes.lowerBound]
            try check(gap.allSatisfy { $0 <= 32 }, "no passage has the bytes from \(place)")
            place = passage.bytes.upperBound
        }
        try check(text[place...].allSatisfy { $0 <= 32 }, "no passage has the bytes from \(place)")
    }

    private static func checkApplies(_ diff: LineDiff, _ old: LineText, _ new: LineText) throws {
        var (lines, at): ([ArraySlice<UInt8>], Int) = ([], 0)
        for change in diff.changes {
            lines += old.lines[at..<change.old.lowerBound].map { old.bytes[$0] }
            lines += new.lines[change.new].map { new.bytes[$0] }
            at = change.old.upperBound
        }
        lines += old.lines[at...].map { old.bytes[$0] }
        try check(lines.flatMap { $0 } == new.bytes, "the difference leads elsewhere")
    }
}
