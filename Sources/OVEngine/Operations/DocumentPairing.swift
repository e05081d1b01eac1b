// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVSearch
import OVStore

/// Finds, among documents that came and documents that went, those that are the same under another name. Blocks.
struct DocumentPairing {
    /// A difference whose old and new document may have different paths.
    struct Pair: Sendable {
        let old: StoredDocument?
        let new: StoredDocument?

        var path: String { new?.path ?? old?.path ?? "" }
        var isMoved: Bool { old != nil && new != nil && old?.path != new?.path }
    }

    /// How alike two texts must be, in percent.
    private static let leastSimilarity = 60
    /// How many documents are compared with how many, and how large one of them is.
    private static let maximumCandidates = 100
    private static let maximumSize: Int64 = 1 << 20

    let store: Store
    private var pairs: [Pair] = []

    init(store: Store) { self.store = store }

    /// - Returns: in the order of the paths, of which a moved document has its new one.
    mutating func pair(_ differences: [DocumentDifference]) throws(OVError) -> [Pair] {
        var (gone, came): ([StoredDocument], [StoredDocument]) = ([], [])
        for difference in differences {
            switch (difference.old, difference.new) {
            case (let old?, nil): gone.append(old)
            case (nil, let new?): came.append(new)
            case (let old, let new): pairs.append(Pair(old: old, new: new))
            }
        }
        pairByDigest(&gone, &came)
        try pairByText(&gone, &came)
        pairs += gone.map { Pair(old: $0, new: nil) } + came.map { Pair(old: nil, new: $0) }
        return pairs.sorted { ($0.path, $0.new == nil ? 0 : 1) < ($1.path, $1.new == nil ? 0 : 1) }
    }

    /// The same bytes, first under the same name in another folder, then under whatever name.
    private mutating func pairByDigest(_ gone: inout [StoredDocument], _ came: inout [StoredDocument]) {
        struct Named: Hashable {
            let digest: Digest
            let name: Substring?
        }
        for byName in [true, false] where !gone.isEmpty && !came.isEmpty {
            func key(_ document: StoredDocument) -> Named {
                Named(digest: document.digest, name: byName ? document.path.split(separator: "/").last : nil)
            }
            var waiting = Dictionary(grouping: gone, by: key).mapValues { $0[...] }
            var paired: Set<String> = []
            came.removeAll { new in
                // Empty documents are all the same.
                guard new.size > 0, let old = waiting[key(new)]?.popFirst() else { return false }
                paired.insert(old.path)
                pairs.append(Pair(old: old, new: new))
                return true
            }
            gone.removeAll { paired.contains($0.path) }
        }
    }

    private struct Likeness {
        let old: Int
        let new: Int
        let percent: Int
    }

    private mutating func pairByText(_ gone: inout [StoredDocument], _ came: inout [StoredDocument]) throws(OVError) {
        guard !gone.isEmpty, !came.isEmpty, gone.count <= Self.maximumCandidates, came.count <= Self.maximumCandidates
        else { return }
        let (before, after) = (try texts(gone), try texts(came))
        var found: [Likeness] = []
        for (old, text) in before {
            for (new, other) in after where gone[old].mediaType == came[new].mediaType {
                let percent = text.percent(to: other)
                if percent >= Self.leastSimilarity { found.append(Likeness(old: old, new: new, percent: percent)) }
            }
        }
        var (pairedOld, pairedNew): (Set<Int>, Set<Int>) = ([], [])
        for likeness in found.sorted(by: { ($1.percent, $0.old, $0.new) < ($0.percent, $1.old, $1.new) })
        where !pairedOld.contains(likeness.old) && !pairedNew.contains(likeness.new) {
            pairedOld.insert(likeness.old)
            pairedNew.insert(likeness.new)
            pairs.append(Pair(old: gone[likeness.old], new: came[likeness.new]))
        }
        gone = gone.enumerated().filter { !pairedOld.contains($0.offset) }.map(\.element)
        came = came.enumerated().filter { !pairedNew.contains($0.offset) }.map(\.element)
    }

    private func texts(_ documents: [StoredDocument]) throws(OVError) -> [(Int, TextSimilarity)] {
        var texts: [(Int, TextSimilarity)] = []
        for (index, document) in documents.enumerated()
        where document.size > 0 && document.size <= Self.maximumSize && MediaType.isText(document.mediaType) {
            texts.append((index, TextSimilarity(try store.bytes(of: document))))
        }
        return texts
    }
}
