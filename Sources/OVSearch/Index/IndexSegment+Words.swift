// SPDX-License-Identifier: Apache-2.0

/// Which documents may have what a pattern requires: so that others need not be read.
extension IndexSegment {
    /// For each document whether it may have it. Those that are no text, and those with words that the index does not
    /// have in full, may have anything.
    package func mayHave(_ required: RequiredWords) throws(IndexFault) -> [Bool] {
        var (may, isOpen) = ([Bool](repeating: true, count: blobs.count), true)
        for group in required.groups where isOpen {
            guard let having = try documents(havingAny: group) else { continue }
            isOpen = false
            for number in may.indices where may[number] {
                may[number] = having[number] || isUnsure(number)
                isOpen = isOpen || may[number]
            }
        }
        return may
    }

    private func isUnsure(_ number: Int) -> Bool { hasCutWords(number) || sections(ofDocument: number).isEmpty }

    /// The documents with a word that one of these is in; nil where that is most of them.
    private func documents(havingAny words: [[UInt8]]) throws(IndexFault) -> [Bool]? {
        var (entries, sections): ([TermEntry], Int) = ([], 0)
        try terms(withAny: words) { entry in
            entries.append(entry)
            sections += entry.sections
            return sections <= sectionCount / 2
        }
        guard sections <= sectionCount / 2, !blobs.isEmpty else { return nil }
        var having = [Bool](repeating: false, count: blobs.count)
        for entry in entries {
            var cursor = try PostingCursor(self, entry)
            var document = 0
            while cursor.section != PostingCursor.end {
                document = self.document(ofSection: cursor.section, from: document)
                having[document] = true
                try cursor.advance(to: max(cursor.section + 1, self.sections(ofDocument: document).upperBound))
            }
        }
        return having
    }

    /// The last document that begins at a section or before it.
    private func document(ofSection section: Int, from first: Int) -> Int {
        var (low, high) = (first, blobs.count)
        while low + 1 < high {
            let middle = (low + high) / 2
            if sections(ofDocument: middle).lowerBound <= section { low = middle } else { high = middle }
        }
        return low
    }
}
