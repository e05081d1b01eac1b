// SPDX-License-Identifier: Apache-2.0

/// Makes the bytes of a segment out of what a builder has collected. FORMAT.md §2.
struct SegmentWriter {
    private var builder: IndexBuilder
    private var postings: PostingWriter
    /// All occurrences, by term, in the order in which they came.
    private var occurrences: [Occurrence]
    /// Where those of each term begin.
    private var starts: [UInt32]

    init(_ builder: consuming IndexBuilder) {
        self.builder = builder
        postings = PostingWriter(impacts: ImpactScale(self.builder.sections))
        occurrences = []
        starts = []
    }

    consuming func bytes() -> [UInt8] {
        sortOccurrences()
        builder.dropWords()
        let terms = builder.terms.sorted
        var entries = [TermEntry](repeating: TermEntry(), count: terms.count)
        for term in terms {
            entries[term] = postings.append(occurrences[range(of: term)], withPositions: true)
        }
        var dictionary = DictionaryWriter()
        appendStems(entries, to: &dictionary)
        for term in terms {
            dictionary.append(builder.terms.bytes[builder.terms.range(of: term)], entries[term])
        }
        dictionary.finish()
        (occurrences, starts) = ([], [])
        return assemble(dictionary)
    }

    private func range(of term: Int) -> Range<Int> { Int(starts[term])..<Int(starts[term + 1]) }

    /// Sorts by counting: stable, so that within a term sections and positions keep rising.
    private mutating func sortOccurrences() {
        let (words, sections) = (builder.words, builder.sections)
        starts = Array(repeating: 0, count: builder.terms.count + 1)
        for word in words { starts[Int(word.term) + 1] += 1 }
        for term in 1..<max(1, starts.count) { starts[term] += starts[term - 1] }
        var next = starts
        occurrences = Array(repeating: Occurrence(section: 0, position: 0), count: words.count)
        for (number, section) in sections.enumerated() {
            let end = number + 1 < sections.count ? sections[number + 1].firstWord : words.count
            for word in words[section.firstWord..<end] {
                let slot = next[Int(word.term)]
                next[Int(word.term)] = slot + 1
                occurrences[Int(slot)] = Occurrence(section: UInt32(number), position: word.position)
            }
        }
    }

    /// A stem has an entry of its own unless the one word that has it is the stem itself.
    private mutating func appendStems(_ entries: [TermEntry], to dictionary: inout DictionaryWriter) {
        var stems = TermTable()
        var members: [(stem: Int, term: Int)] = []
        for term in 0..<builder.terms.count {
            let word = Array(builder.terms.bytes[builder.terms.range(of: term)])
            let stem = EnglishStemmer.stem(word)
            members.append((stem.withUnsafeBufferPointer { stems.number(of: $0) }, term))
        }
        members.sort { ($0.stem, $0.term) < ($1.stem, $1.term) }
        var groups: [Range<Int>] = []
        for index in members.indices {
            if let last = groups.last, members[last.lowerBound].stem == members[index].stem {
                groups[groups.count - 1] = last.lowerBound..<index + 1
            } else {
                groups.append(index..<index + 1)
            }
        }
        // Stems were numbered in the order in which they came, so that a group's place is its stem's number.
        for stem in stems.sorted {
            let group = members[groups[stem]]
            let key = [DictionaryWriter.stemMark] + stems.bytes[stems.range(of: stem)]
            if group.count > 1 {
                dictionary.append(key[...], merged(group.map(\.term)))
            } else if let term = group.first?.term,
                !builder.terms.bytes[builder.terms.range(of: term)].elementsEqual(key.dropFirst())
            {
                var entry = entries[term]
                entry.positions = 0..<0
                dictionary.append(key[...], entry)
            }
        }
    }

    private mutating func merged(_ terms: [Int]) -> TermEntry {
        var merged: [Occurrence] = []
        merged.reserveCapacity(terms.reduce(0) { $0 + range(of: $1).count })
        for term in terms { merged.append(contentsOf: occurrences[range(of: term)]) }
        merged.sort()
        return postings.append(merged[...], withPositions: false)
    }

    private func append(_ document: IndexBuilder.Document, to bytes: inout [UInt8]) {
        bytes.append(fixed: document.blob)
        bytes.append(fixed: UInt32(document.firstSection))
        bytes.append(fixed: UInt32(document.title) | (document.hasCutWords ? IndexLayout.cutWords : 0))
    }

    private func assemble(_ dictionary: DictionaryWriter) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            postings.postings.count + postings.positions.count + dictionary.blocks.count + builder.strings.count
                + 24 * builder.sections.count + 1024)
        var parts: [Int] = []
        // In the order in which they were added.
        for document in builder.documents { append(document, to: &bytes) }
        parts.append(bytes.count)
        for section in builder.sections {
            bytes.append(fixed: UInt32(section.document))
            bytes.append(fixed: UInt32(section.lines.lowerBound))
            bytes.append(fixed: UInt32(section.lines.upperBound))
            bytes.append(fixed: UInt32(section.bytes.lowerBound))
            bytes.append(fixed: UInt32(section.bytes.upperBound))
            bytes.append(fixed: UInt32(section.heading))
        }
        parts.append(bytes.count)
        for heading in builder.headings {
            bytes.append(fixed: UInt32(heading.parent))
            bytes.append(fixed: UInt32(heading.text))
        }
        for part in [
            builder.strings, postings.postings, postings.positions, dictionary.blocks, dictionary.directory,
            dictionary.signatures,
        ] {
            parts.append(bytes.count)
            bytes.append(contentsOf: part)
        }
        parts.append(bytes.count)
        // Ends of the parts, then how many of what there are.
        var trailer: [UInt8] = []
        for part in parts { trailer.append(fixed: UInt32(part)) }
        for count in [builder.documents.count, builder.sections.count, builder.headings.count, dictionary.blockCount] {
            trailer.append(fixed: UInt32(count))
        }
        trailer.append(contentsOf: Array(repeating: 0, count: IndexLayout.segmentTrailerLength - trailer.count))
        bytes.append(contentsOf: trailer)
        return bytes
    }
}
