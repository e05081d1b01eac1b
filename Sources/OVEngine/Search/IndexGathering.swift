// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVSearch
import OVStore
import OVSystem

/// Brings what indexes say about revisions with little in them together in few files, so that a search does not open
/// a pack and an index for each.
///
/// As in a log-structured merge (O'Neil et al., "The Log-Structured Merge-Tree", 1996): whenever enough revisions have
/// come together, they get an index, which takes in those before it that are not larger than it has become by then. So
/// there are never more than a logarithm of them, and no revision is indexed more often than that. Revisions that are
/// no longer current stay until then, or until they are half of an index.
struct IndexGathering: Sendable {
    let store: Store
    let indexes: GatheredIndexes

    /// Fewer do not make an index.
    static let leastRevisions = 64
    /// What is little: more than that may as well have an index of its own.
    private static let maximumDocuments = 64
    private static let maximumBytes: Int64 = 256 << 10
    /// One that is about more text is not taken in any more, so that no gathering takes long.
    private static let fullTextLength = 64 << 20

    /// A revision that is to be gathered.
    private struct Candidate {
        let revision: Revision
        let key: RevisionView.Key
        /// Where its list is known already.
        let known: (index: GatheredIndex, entry: Int)?
    }

    /// Whether a revision has little in it.
    static func isSmall(_ revision: Revision) -> Bool {
        revision.documents > 0 && revision.documents <= maximumDocuments && revision.bytes <= maximumBytes
    }

    /// Gathers what there is to gather in a state. Blocks, in proportion to the text of what it gathers.
    /// - Throws: when no index can be written. Nothing is lost then.
    func run(in state: State) throws {
        store.removeUnfinishedIndexes()
        let current = indexes.current()
        var (candidates, live) = survey(state, current)
        guard candidates.count >= Self.leastRevisions || live.contains(where: \.isWorn) else { return }
        live.sort { $0.entries.count < $1.entries.count }
        var replaced: [GatheredIndex] = []
        var count = candidates.count
        for part in live {
            let isFull = part.textLength >= Self.fullTextLength
            guard part.isWorn || (part.entries.count <= count && !isFull && count > 0) else { continue }
            count += part.entries.count
            for entry in part.entries {
                candidates.append(
                    Candidate(revision: entry.revision, key: entry.key, known: (part.index, entry.number)))
            }
            replaced.append(part.index)
        }
        var rest = candidates[...]
        while !rest.isEmpty {
            var (size, length) = (0, 0)
            while size < rest.count, length < Self.fullTextLength {
                length += Int(rest[rest.startIndex + size].revision.bytes)
                size += 1
            }
            try write(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        for index in replaced { store.removeGatheredIndex(index.name) }
    }

    /// What is current of an index.
    private struct Live {
        let index: GatheredIndex
        var entries: [(number: Int, key: RevisionView.Key, revision: Revision)] = []

        var isWorn: Bool { entries.count * 2 < index.contents.entries.count }
        var textLength: Int { entries.reduce(0) { $0 + Int($1.revision.bytes) } }
    }

    /// Which revisions have to be gathered, and which are.
    private func survey(_ state: State, _ current: [GatheredIndex]) -> ([Candidate], [Live]) {
        var (candidates, live) = ([Candidate](), current.map { Live(index: $0) })
        for resource in state.resources.values {
            guard let revision = state.currentRevision(of: resource), Self.isSmall(revision) else { continue }
            let key = RevisionView.Key(revision)
            var isKnown = false
            for (number, index) in current.enumerated() {
                guard let entry = index.entry(of: key) else { continue }
                live[number].entries.append((entry, key, revision))
                isKnown = true
                break
            }
            if !isKnown { candidates.append(Candidate(revision: revision, key: key, known: nil)) }
        }
        return (candidates, live)
    }

    // MARK: Writing

    private struct Part: Sendable {
        let key: RevisionView.Key
        let list: DocumentList
    }

    private func write(_ candidates: ArraySlice<Candidate>) throws {
        let parts = candidates.compactMap { candidate in
            list(of: candidate).map { Part(key: candidate.key, list: $0) }
        }
        guard !parts.isEmpty else { return }
        try store.writeGatheredIndex { output in
            let output = IndexOutputFile { try output.append($0) }
            try output.begin()
            let unreadable = try index(parts, into: output)
            var contents = IndexContents()
            for (number, part) in parts.enumerated() {
                // What cannot be read is nobody's entry, so that a search says so as it would without this index.
                contents.append(
                    pack: unreadable.contains(number) ? "" : part.key.pack, number: part.key.number,
                    documents: part.list.documents.count, textLength: Int(part.list.bytes),
                    list: part.list.encoded(in: part.key.pack))
            }
            try output.append(contents: contents.bytes)
            try output.finish()
        }
    }

    /// Nil where it cannot be read, which is for a search of it to say.
    private func list(of candidate: Candidate) -> DocumentList? {
        if let known = candidate.known, let list = try? known.index.list(ofEntry: known.entry) { return list }
        return try? store.documents(of: candidate.revision)
    }

    /// By two threads, a half each.
    /// - Returns: the parts with something that cannot be read.
    private func index(_ parts: [Part], into output: IndexOutputFile) throws -> Set<Int> {
        let middle = parts.count / 2
        let results = sideBySide {
            Result { try index(parts, 0..<middle, into: output) }
        } _: {
            Result { try index(parts, middle..<parts.count, into: output) }
        }
        return try results.0.get().union(try results.1.get())
    }

    private func index(_ parts: [Part], _ range: Range<Int>, into output: IndexOutputFile) throws -> Set<Int> {
        var (builder, unreadable) = (IndexBuilder(), Set<Int>())
        for entry in range {
            for (number, document) in parts[entry].list.documents.enumerated() {
                guard let bytes = try? store.quickBytes(of: document) else {
                    unreadable.insert(entry)
                    break
                }
                builder.add(document, bytes, as: IndexContents.blob(entry: entry, document: number))
                if builder.isFull { try output.append(&builder) }
            }
        }
        if !builder.isEmpty { try output.append(&builder) }
        return unreadable
    }
}

extension RevisionView.Key {
    init(_ revision: Revision) { self.init(pack: revision.pack, number: revision.number) }
}
