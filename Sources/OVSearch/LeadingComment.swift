// SPDX-License-Identifier: Apache-2.0

/// The comment that source code begins with, whatever the language: `//`, `#`, `--`, `;`, `%` on each line, or one
/// between `/*` and `*/`, `<!--` and `-->`, `"""`, `'''`, `(*` and `*)`, `{-` and `-}`.
struct LeadingComment {
    /// How much of the text is looked at.
    private static let maximumByteCount = 64 << 10

    private let bytes: [UInt8]
    private var paragraphs: [[UInt8]] = [[]]
    /// What ends the comment that is open.
    private var terminator: StaticString?

    /// - Returns: its first paragraph that is about the code and not about its licence; nil when there
    ///   is none.
    static func text(of bytes: [UInt8]) -> String? {
        var comment = LeadingComment(bytes: Array(bytes.prefix(maximumByteCount)))
        comment.read()
        for paragraph in comment.paragraphs where paragraph.contains(where: \.isWord) {
            if !isBoilerplate(paragraph) { return AbstractSource.collapsed(paragraph) }
        }
        return nil
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private static func isBoilerplate(_ paragraph: [UInt8]) -> Bool {
        let range = paragraph.indices
        return paragraph.contains("spdx-license-identifier", in: range) || paragraph.contains("copyright", in: range)
            || paragraph.contains("licensed under", in: range) || paragraph.contains("all rights reserved", in: range)
            || paragraph.contains("permission is hereby", in: range)
    }

    private mutating func read() {
        var lines = TextLines(bytes)
        while let line = lines.next() {
            let content = bytes.trimmed(line.content)
            if let terminator {
                readInside(content, terminator)
            } else if content.isEmpty {
                endParagraph()
            } else if line.number == 1 && bytes.has("#!", at: content.lowerBound, in: content)
                || bytes.has("<?php", at: content.lowerBound, in: content)
                || bytes.has("<?xml", at: content.lowerBound, in: content)
            {
                continue
            } else if !readStart(content) {
                return
            }
        }
    }

    private mutating func endParagraph() {
        if paragraphs.last?.isEmpty == false { paragraphs.append([]) }
    }

    private mutating func append(_ content: Range<Int>) {
        let content = bytes.trimmed(content)
        guard !content.isEmpty else { return endParagraph() }
        let isForEditor = ["-*-", "coding:", "vim:"].contains { bytes.contains($0, in: content) }
        if isForEditor { return }
        let last = paragraphs.count - 1
        if !paragraphs[last].isEmpty { paragraphs[last].append(32) }
        paragraphs[last].append(contentsOf: bytes[content])
    }

    private mutating func readInside(_ content: Range<Int>, _ terminator: StaticString) {
        var content = content
        let close = content.first { bytes.has(terminator, at: $0, in: content) }
        if let close {
            content = content.lowerBound..<close
            self.terminator = nil
        }
        // The stars that many put before each line.
        if terminator.utf8Start.pointee == 42, let first = content.first, bytes[first] == 42 {
            content = bytes.endOfRun(at: first, in: content)..<content.upperBound
        }
        append(content)
        if close != nil { endParagraph() }
    }

    /// - Returns: false when the line is no comment.
    private mutating func readStart(_ content: Range<Int>) -> Bool {
        let start = content.lowerBound
        for (opening, closing) in Self.blocks where bytes.has(opening, at: start, in: content) {
            endParagraph()
            terminator = closing
            var inner = start + opening.utf8CodeUnitCount
            // `/**` and `/*!` begin documentation.
            if opening.utf8Start.pointee == 47 {
                while inner < content.upperBound, bytes[inner] == 42 || bytes[inner] == 33 {
                    if bytes.has(closing, at: inner, in: content) { break }
                    inner += 1
                }
            }
            readInside(inner..<content.upperBound, closing)
            return true
        }
        let mark = bytes[start]
        if bytes.has("//", at: start, in: content) || bytes.has("--", at: start, in: content) {
            var end = bytes.endOfRun(at: start, in: content)
            if end < content.upperBound, bytes[end] == 33 || bytes[end] == 124 { end += 1 }
            append(end..<content.upperBound)
        } else if mark == 35 || mark == 59 || mark == 37 {
            var end = bytes.endOfRun(at: start, in: content)
            // `#include` and `#[derive]` are code, `#'` is documentation of R.
            if mark == 35, end < content.upperBound, !bytes[end].isBlank {
                guard bytes[end] == 39 else { return false }
                end += 1
            }
            append(end..<content.upperBound)
        } else {
            return false
        }
        return true
    }

    private static let blocks: [(StaticString, StaticString)] = [
        ("/*", "*/"), ("<!--", "-->"), ("\"\"\"", "\"\"\""), ("'''", "'''"), ("(*", "*)"), ("{-", "-}"),
    ]
}
