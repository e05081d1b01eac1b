// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSearch
import OVStore
import OVSystem
import Synchronization

/// An index about many revisions, open: where each of its documents is from, without opening a pack.
final class GatheredIndex: Sendable {
    let name: String
    let segments: [IndexSegment]
    let contents: IndexContents
    /// Of each segment's documents, their numbers in the whole; negative for what is not there.
    private let numbers: [[Int32]]
    /// The number of each entry's first document, and of all together.
    private let starts: [Int]
    private let places: [RevisionView.Key: Int]
    private let file: IndexFile
    private let table = Mutex<Table?>(nil)

    /// - Throws: `IndexFault` for one that is gone or cannot be used.
    init(_ name: String, of store: Store, pages: PageCache) throws(IndexFault) {
        self.name = name
        file = try IndexFile(cache: pages) { () throws(SystemError) in try store.openGatheredIndex(name) }
        guard let bytes = try file.contents() else { throw IndexFault("it does not say what it is about") }
        let contents = try IndexContents(decoding: bytes)
        segments = try file.segments()
        var (starts, places): ([Int], [RevisionView.Key: Int]) = ([0], [:])
        places.reserveCapacity(contents.entries.count)
        for (number, entry) in contents.entries.enumerated() {
            starts.append((starts.last ?? 0) + entry.documents)
            places[RevisionView.Key(pack: entry.pack, number: entry.number)] = number
        }
        guard starts.last ?? 0 < Int(Int32.max) else { throw IndexFault("it has too many documents") }
        numbers = segments.map { segment in
            segment.blobs.map { blob in
                contents.place(ofBlob: blob).map { Int32(starts[$0.entry] + $0.document) } ?? -1
            }
        }
        (self.contents, self.starts, self.places) = (contents, starts, places)
    }

    /// How many revisions it is about.
    var revisionCount: Int { contents.entries.count }

    func entry(of revision: RevisionView.Key) -> Int? { places[revision] }

    /// Whether a page of it did not check out.
    var isDamaged: Bool { file.isDamaged }

    /// The documents of an entry.
    func list(ofEntry entry: Int) throws(IndexFault) -> DocumentList {
        let entry = contents.entries[entry]
        guard let list = DocumentList(decoding: Array(contents.bytes[entry.list]), in: entry.pack),
            list.documents.count == entry.documents
        else { throw IndexFault("a document list in it is malformed") }
        return list
    }

    /// The entry that a document belongs to, and its number there.
    func place(ofDocument number: Int) -> (entry: Int, document: Int) {
        var (low, high) = (0, starts.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle + 1] <= number { low = middle + 1 } else { high = middle }
        }
        return (low, number - starts[low])
    }

    /// What can be found of some of its entries.
    /// - Parameter accepts: which documents, by path and media type; nil for all.
    func targets(_ isWanted: [Bool], _ accepts: ((String, String) -> Bool)?) throws(IndexFault) -> [SearchTarget] {
        let table = try knownTable()
        var isFound = [Bool](repeating: false, count: table.paths.count)
        for entry in isWanted.indices where isWanted[entry] {
            for number in starts[entry]..<starts[entry + 1] {
                isFound[number] = accepts.map { $0(table.paths[number], table.mediaTypes[number]) } ?? true
            }
        }
        for copies in table.copies {
            for other in copies.filter({ isFound[$0] }).dropFirst() { isFound[other] = false }
        }
        var targets: [SearchTarget] = []
        for (segment, numbers) in zip(segments, numbers) {
            let found = numbers.map { $0 >= 0 && isFound[Int($0)] ? $0 : -1 }
            let target = SearchTarget(segment, documents: found, paths: table.words)
            if !target.isEmpty { targets.append(target) }
        }
        return targets
    }

    /// What its lists say, of all documents together.
    private struct Table {
        let paths: [String]
        let mediaTypes: [String]
        let words: PathTable
        /// Documents of one revision with the same bytes, of which one is found.
        var copies: [[Int]] = []
    }

    private func knownTable() throws(IndexFault) -> Table {
        if let known = table.withLock({ $0 }) { return known }
        var (paths, mediaTypes, copies): ([String], [String], [[Int]]) = ([], [], [])
        for entry in contents.entries.indices {
            var places: [BlobLocation: [Int]] = [:]
            let documents = try list(ofEntry: entry).documents
            for document in documents {
                if documents.count > 1 { places[document.blob, default: []].append(paths.count) }
                paths.append(document.path)
                mediaTypes.append(document.mediaType)
            }
            copies.append(contentsOf: places.values.filter { $0.count > 1 })
        }
        let made = Table(paths: paths, mediaTypes: mediaTypes, words: PathTable(paths: paths), copies: copies)
        table.withLock { $0 = made }
        return made
    }
}
