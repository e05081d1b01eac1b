// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSearch
import OVStore
import OVSystem
import Synchronization

/// A revision's documents, and where in the indexes of their packs they are.
final class RevisionView: Sendable {
    struct Key: Hashable, Sendable {
        let pack: String
        let number: Int
    }

    let documents: PackedDocumentList
    let targets: [SearchTarget]
    let packs: Set<String>
    /// Documents with the bytes of another one, by that one.
    private let copies: [Int: [Int]]
    /// Of each document, once a filter has asked for them.
    private let texts = Mutex<(paths: [String], mediaTypes: [String])?>(nil)

    init(_ documents: PackedDocumentList, on shelf: IndexShelf) throws(OVError) {
        self.documents = documents
        let sorting = PatientSorting()
        let makePaths = { @Sendable in
            PathTable(count: documents.count, sorting: { sorting.words(of: $0) }) { documents.path($0) }
        }
        let find = {
            let (byPack, copies) = Self.blobs(of: documents)
            let found = Result { () throws(OVError) in try Self.segments(of: documents, byPack, on: shelf) }
            return (found: found, byPack: byPack, copies: copies)
        }
        let isLong = documents.count >= IndexShelf.sharedDocuments
        let (known, paths) = isLong ? sideBySide(find, makePaths) : (find(), makePaths())
        targets = try known.found.get().map { SearchTarget($0.segment, documents: $0.numbers, paths: paths) }
            .filter { !$0.isEmpty }
        copies = known.copies
        packs = Set(zip(documents.packs, known.byPack).filter { !$0.1.isEmpty }.map(\.0))
    }

    /// A segment, and the number of each of its documents; negative for those that the revision does not have.
    private typealias Found = (segment: IndexSegment, numbers: [Int32])

    private static func segments(of documents: PackedDocumentList, _ byPack: [[UInt64: Int]], on shelf: IndexShelf)
        throws(OVError) -> [Found]
    {
        var found: [Found] = []
        for (number, blobs) in byPack.enumerated() where !blobs.isEmpty {
            let segments = try shelf.segments(ofPack: documents.packs[number], listing: blobs) { () throws(OVError) in
                var listed: [StoredDocument] = []
                for number in blobs.values.sorted() { listed.append(try documents.document(number)) }
                return listed
            }
            found.append(contentsOf: segments.map { ($0, $0.blobs.map { Int32(blobs[$0] ?? -1) }) })
        }
        return found
    }

    /// By pack, the first document that has the bytes at an offset; and the others that have the same.
    private static func blobs(of documents: PackedDocumentList) -> ([[UInt64: Int]], copies: [Int: [Int]]) {
        var byPack = documents.packs.map { _ in [UInt64: Int]() }
        if byPack.count == 1 { byPack[0].reserveCapacity(documents.count) }
        var copies: [Int: [Int]] = [:]
        for (number, entry) in documents.entries.enumerated() {
            if let first = byPack[entry.pack][entry.offset] {
                copies[first, default: []].append(number)
            } else {
                byPack[entry.pack][entry.offset] = number
            }
        }
        return (byPack, copies)
    }

    /// What of it lies in a part of the resource and passes a filter.
    /// - Parameters:
    ///   - path: of a folder or document; empty for all.
    ///   - accepts: by path and media type.
    func targets(below path: String, _ accepts: ((String, String) -> Bool)?) throws(OVError) -> [SearchTarget] {
        guard !path.isEmpty || accepts != nil else { return targets }
        var isIn: [Bool] = []
        isIn.reserveCapacity(documents.count)
        let folder = Array((path + "/").utf8)
        let texts = accepts == nil ? nil : try knownTexts()
        for number in 0..<documents.count {
            let own = documents.path(number)
            var isWanted = path.isEmpty || own.starts(with: folder) || own.elementsEqual(path.utf8)
            if isWanted, let accepts, let texts { isWanted = accepts(texts.paths[number], texts.mediaTypes[number]) }
            isIn.append(isWanted)
        }
        var chosen: [Int: Int] = [:]
        for (first, others) in copies {
            if let number = ([first] + others).first(where: { isIn[$0] }) { chosen[first] = number }
        }
        return targets.map { target in
            target.limited { number in copies[number] == nil ? (isIn[number] ? number : nil) : chosen[number] }
        }.filter { !$0.isEmpty }
    }

    private func knownTexts() throws(OVError) -> (paths: [String], mediaTypes: [String]) {
        if let known = texts.withLock({ $0 }) { return known }
        var (paths, mediaTypes): ([String], [String]) = ([], [])
        for number in 0..<documents.count {
            paths.append(String(decoding: documents.path(number), as: UTF8.self))
            mediaTypes.append(try documents.mediaType(number))
        }
        let (made, types) = (paths, mediaTypes)
        texts.withLock { $0 = (made, types) }
        return (made, types)
    }
}
