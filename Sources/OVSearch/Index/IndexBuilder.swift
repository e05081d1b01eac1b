// SPDX-License-Identifier: Apache-2.0

/// Collects the words of documents and makes a segment of an index file of them.
///
/// Words are kept as two numbers each, in the order in which they come, and sorted once by counting: eight bytes a
/// word, and as much again while the segment is made.
package struct IndexBuilder {
    /// Where a document's bytes lie in the pack: what the index knows it by.
    struct Document {
        let blob: UInt64
        let firstSection: Int
        let title: Int
        /// Whether there are words in it that are not there in full.
        var hasCutWords = false
    }

    struct Section {
        let document: Int
        let lines: ClosedRange<Int>
        let bytes: Range<Int>
        /// One more than the index in `headings`; zero for none.
        let heading: Int
        let firstWord: Int
        var lengths: [Int32] = [0, 0, 0]
    }

    struct Heading {
        /// One more than the index of the one around it; zero for none.
        let parent: Int
        let text: Int
    }

    private var tokenizer = Tokenizer()
    private(set) var terms = TermTable()
    private(set) var words: [IndexedWord] = []
    private(set) var documents: [Document] = []
    private(set) var sections: [Section] = []
    private(set) var headings: [Heading] = []
    private(set) var strings: [UInt8] = []

    /// How many words a segment has before another is begun: about 18 MiB of text, for which it takes some 90 MiB.
    private static let fullWordCount = 3 << 20
    private static let fullSectionCount = 1 << 20
    /// Bytes of a heading or a title that are kept.
    private static let keptText = 240

    package init() {}

    package var isFull: Bool {
        words.count >= Self.fullWordCount || sections.count >= Self.fullSectionCount
            || terms.bytes.count >= 64 << 20 || strings.count >= 64 << 20
    }

    package var isEmpty: Bool { documents.isEmpty }

    /// Adds a document.
    /// - Parameters:
    ///   - blob: where its bytes lie in the pack; each once.
    ///   - text: nil for one that is no text, which is listed without words.
    ///   - mediaType: lower case, without parameters.
    package mutating func add(blob: UInt64, text: [UInt8]?, mediaType: String) {
        guard let text else {
            documents.append(Document(blob: blob, firstSection: sections.count, title: 0))
            return
        }
        let outline = DocumentOutline(of: String(decoding: text, as: UTF8.self), mediaType: mediaType)
        let title = outline.title.map { keep($0) } ?? 0
        documents.append(Document(blob: blob, firstSection: sections.count, title: title))
        let titleWords = outline.title.map { words(of: $0, in: .title) } ?? []
        let firstHeading = headings.count
        for section in outline.sections {
            headings.append(
                Heading(parent: section.parent.map { firstHeading + $0 + 1 } ?? 0, text: keep(section.title)))
        }
        var (headingWords, headingSection): ([IndexedWord], Int?) = ([], nil)
        for passage in PassageSplitter.passages(of: text, outline) {
            if passage.bytes.lowerBound > 0, text[passage.bytes.lowerBound - 1].isWord,
                passage.bytes.lowerBound < text.count, text[passage.bytes.lowerBound].isWord
            {
                documents[documents.count - 1].hasCutWords = true
            }
            if passage.section != headingSection {
                headingSection = passage.section
                headingWords = passage.section.map { wordsOfHeadings(of: $0, outline) } ?? []
            }
            add(
                passage, text, heading: passage.section.map { firstHeading + $0 + 1 } ?? 0,
                ahead: titleWords + headingWords)
        }
    }

    private mutating func add(_ passage: Passage, _ text: [UInt8], heading: Int, ahead: [IndexedWord]) {
        var section = Section(
            document: documents.count - 1, lines: passage.lines, bytes: passage.bytes, heading: heading,
            firstWord: words.count)
        for word in ahead { section.lengths[SearchField.of(position: Int(word.position)).rawValue] += 1 }
        words.append(contentsOf: ahead)
        var collector = WordCollector(terms: takeTerms(), field: .body)
        swap(&words, &collector.words)
        let count = text.withUnsafeBufferPointer { buffer in
            tokenizer.read(UnsafeBufferPointer(rebasing: buffer[passage.bytes]), into: &collector)
        }
        swap(&words, &collector.words)
        terms = collector.terms
        if collector.hasCutWords { documents[documents.count - 1].hasCutWords = true }
        section.lengths[SearchField.body.rawValue] += Int32(count)
        sections.append(section)
    }

    private mutating func wordsOfHeadings(of section: Int, _ outline: DocumentOutline) -> [IndexedWord] {
        words(of: outline.headingPath(of: section).joined(separator: "\n"), in: .headings)
    }

    private mutating func words(of text: String, in field: SearchField) -> [IndexedWord] {
        var collector = WordCollector(terms: takeTerms(), field: field)
        let bytes = Array(text.utf8)
        bytes.withUnsafeBufferPointer { buffer in _ = tokenizer.read(buffer, into: &collector) }
        terms = collector.terms
        return collector.words
    }

    /// Moves the table out, so that it is not copied where it is changed.
    private mutating func takeTerms() -> TermTable {
        var terms = TermTable(empty: ())
        swap(&terms, &self.terms)
        return terms
    }

    /// - Returns: one more than where the text lies in `strings`.
    private mutating func keep(_ text: String) -> Int {
        var bytes = Array(text.utf8.prefix(Self.keptText))
        if bytes.count == Self.keptText { bytes = Array(String(decoding: bytes, as: UTF8.self).utf8.prefix(1024)) }
        defer {
            strings.append(varint: bytes.count)
            strings.append(contentsOf: bytes)
        }
        return strings.count + 1
    }

    /// Lets go of the words, which were sorted.
    mutating func dropWords() { words = [] }

    /// The segment of all that was added. FORMAT.md §2.
    package consuming func finish() -> [UInt8] { SegmentWriter(self).bytes() }
}

/// That a term stands somewhere.
struct IndexedWord {
    let term: UInt32
    let position: UInt32
}

/// Numbers the words of a field.
private struct WordCollector: WordSink {
    var terms: TermTable
    let field: SearchField
    var words: [IndexedWord] = []
    var hasCutWords = false

    mutating func take(_ word: Tokenizer.Word) {
        guard word.position < field.maximumLength else { return }
        words.append(
            IndexedWord(
                term: UInt32(terms.number(of: word.bytes)), position: UInt32(field.firstPosition + word.position)))
        if word.isCut { hasCutWords = true }
    }
}
