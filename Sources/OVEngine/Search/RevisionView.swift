// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSearch
import OVStore

/// A revision's documents, and where in the indexes of their packs they are.
final class RevisionView: Sendable {
    struct Key: Hashable, Sendable {
        let pack: String
        let number: Int
    }

    let list: DocumentList
    let targets: [SearchTarget]
    let packs: Set<String>
    /// Documents with the bytes of another one, by that one.
    private let copies: [Int: [Int]]

    init(_ list: DocumentList, on shelf: IndexShelf) throws(OVError) {
        self.list = list
        let paths = PathTable(paths: list.documents.map(\.path), mediaTypes: list.documents.map(\.mediaType))
        let (byPack, copies) = Self.blobs(of: list)
        var targets: [SearchTarget] = []
        for (pack, blobs) in byPack.sorted(by: { $0.key < $1.key }) {
            let documents = { blobs.values.sorted().map { list.documents[$0] } }
            for segment in try shelf.segments(ofPack: pack, listing: blobs, documents) {
                let numbers = segment.blobs.map { Int32(blobs[$0] ?? -1) }
                let target = SearchTarget(segment, documents: numbers, paths: paths)
                if !target.isEmpty { targets.append(target) }
            }
        }
        self.targets = targets
        self.copies = copies
        packs = Set(byPack.keys)
    }

    /// By pack, the first document that has the bytes at an offset; and the others that have the same.
    private static func blobs(of list: DocumentList) -> ([String: [UInt64: Int]], copies: [Int: [Int]]) {
        var (byPack, copies): ([String: [UInt64: Int]], [Int: [Int]]) = ([:], [:])
        // Neighbours mostly lie in the same pack.
        var (pack, blobs): (String, [UInt64: Int]) = ("", [:])
        blobs.reserveCapacity(list.documents.count)
        for (number, document) in list.documents.enumerated() {
            if document.blob.pack != pack {
                byPack[pack] = blobs
                pack = document.blob.pack
                blobs = byPack.removeValue(forKey: pack) ?? [:]
            }
            let blob = UInt64(document.blob.offset)
            if let first = blobs[blob] {
                copies[first, default: []].append(number)
            } else {
                blobs[blob] = number
            }
        }
        byPack[pack] = blobs
        return (byPack.filter { !$0.value.isEmpty }, copies)
    }

    /// What of it lies in a part of the resource and passes a filter.
    /// - Parameter path: of a folder or document; empty for all.
    func targets(below path: String, _ accepts: ((StoredDocument) -> Bool)?) -> [SearchTarget] {
        guard !path.isEmpty || accepts != nil else { return targets }
        func isIn(_ number: Int) -> Bool {
            let document = list.documents[number]
            guard path.isEmpty || document.path == path || document.path.utf8.starts(with: (path + "/").utf8) else {
                return false
            }
            return accepts?(document) ?? true
        }
        var isAccepted: [Int: Int] = [:]
        for (first, others) in copies {
            if let number = ([first] + others).first(where: isIn) { isAccepted[first] = number }
        }
        return targets.map { target in
            target.limited { number in copies[number] == nil ? (isIn(number) ? number : nil) : isAccepted[number] }
        }.filter { !$0.isEmpty }
    }
}
