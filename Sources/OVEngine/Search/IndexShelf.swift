// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSearch
import OVStore
import OVSystem
import Synchronization

/// The indexes of packs that this process has open, and the views of revisions it has made of them.
final class IndexShelf: Sendable {
    private let store: Store
    private let pages: PageCache
    let gathered: GatheredIndexes
    private let recent = RecentTexts(bytes: 64 << 20)
    private let grounds = Mutex<[(key: SearchGround.Key, ground: SearchGround)]>([])
    private let shelf = Mutex(Shelf())
    /// Held while an index is made, so that ten searches make it once.
    private let making = Mutex(0)

    private struct Shelf {
        var packs: [String: [IndexSegment]] = [:]
        var views: [RevisionView.Key: RevisionView] = [:]
        var viewedDocuments = 0
    }

    /// How many indexes are kept.
    private static let maximumPacks = 4096
    /// How many documents the kept views have in all.
    private static let maximumViewedDocuments = 500_000

    /// How many prepared searches are kept.
    private static let maximumGrounds = 8

    init(store: Store) {
        self.store = store
        pages = PageCache(bytes: 64 << 20)
        gathered = GatheredIndexes(store: store, pages: pages)
    }

    // MARK: Indexes

    /// The segments of a pack's index, which is made if there is none or it cannot be used.
    /// - Parameters:
    ///   - blobs: what it has to list at least.
    ///   - documents: the same, all with their bytes in the pack; asked for when it is made.
    func segments(
        ofPack pack: String, listing blobs: [UInt64: Int], _ documents: () throws(OVError) -> [StoredDocument]
    )
        throws(OVError) -> [IndexSegment]
    {
        if let known = usable(pack, blobs) { return known }
        let result = making.withLock { made in
            made += 1
            return Result { () throws(OVError) in try self.make(pack, blobs, try documents()) }
        }
        return try result.get()
    }

    /// The segments of a pack's index, if there is one that can be used.
    func segmentsAtHand(ofPack pack: String) -> [IndexSegment]? {
        if let known = shelf.withLock({ $0.packs[pack] }) { return known }
        guard let segments = try? openSegments(ofPack: pack) else { return nil }
        keep(segments, ofPack: pack)
        return segments
    }

    private func usable(_ pack: String, _ blobs: [UInt64: Int]) -> [IndexSegment]? {
        let known = shelf.withLock { $0.packs[pack] }
        guard let segments = known ?? (try? openSegments(ofPack: pack)) else { return nil }
        guard Self.list(blobs, in: segments) else { return nil }
        if known == nil { keep(segments, ofPack: pack) }
        return segments
    }

    private func make(_ pack: String, _ blobs: [UInt64: Int], _ documents: [StoredDocument]) throws(OVError)
        -> [IndexSegment]
    {
        // Somebody else may have made it meanwhile.
        if let known = usable(pack, blobs) { return known }
        forget(pack)
        if let segments = try PackIndexer(store: store, pack: pack).run(documents) {
            keep(segments, ofPack: pack)
            return segments
        }
        guard let segments = usable(pack, blobs) else {
            throw OVError(
                .unavailable, "the search index of pack \(pack) cannot be read back",
                hint: "is the disk sound? `ov store check` reads everything")
        }
        return segments
    }

    /// - Throws: for an index that is missing or cannot be used.
    private func openSegments(ofPack pack: String) throws(IndexFault) -> [IndexSegment] {
        try IndexFile(cache: pages) { [store] () throws(SystemError) in try store.openIndex(ofPack: pack) }.segments()
    }

    /// Whether all of these are listed; none is twice.
    private static func list(_ blobs: [UInt64: Int], in segments: [IndexSegment]) -> Bool {
        var count = 0
        for segment in segments {
            for blob in segment.blobs where blobs[blob] != nil { count += 1 }
        }
        return count >= blobs.count
    }

    private func keep(_ segments: [IndexSegment], ofPack pack: String) {
        shelf.withLock { shelf in
            if shelf.packs.count >= Self.maximumPacks { shelf.packs.removeAll() }
            shelf.packs[pack] = segments
        }
    }

    /// Whatever is known of a pack's index; it turned out to be damaged.
    func forget(_ pack: String) {
        shelf.withLock { shelf in
            shelf.packs[pack] = nil
            shelf.views.removeAll()
            shelf.viewedDocuments = 0
        }
    }

    /// Removes everything known, and the files of these packs: they are made anew.
    /// - Parameter all: whether to remove all gathered indexes as well, not just those that are known to be damaged.
    func discard(_ packs: Set<String>, all: Bool) {
        grounds.withLock { $0.removeAll() }
        gathered.discard(all: all)
        for pack in packs {
            forget(pack)
            store.removeIndex(ofPack: pack)
        }
    }

    // MARK: Revisions

    /// What can be searched of a revision.
    func view(of revision: Revision) throws(OVError) -> RevisionView {
        let key = RevisionView.Key(pack: revision.pack, number: revision.number)
        if let view = shelf.withLock({ $0.views[key] }) { return view }
        let view = try RevisionView(try documents(of: revision), on: self)
        shelf.withLock { shelf in
            if shelf.viewedDocuments + view.documents.count > Self.maximumViewedDocuments {
                shelf.views.removeAll()
                shelf.viewedDocuments = 0
            }
            if shelf.views.updateValue(view, forKey: key) == nil {
                shelf.viewedDocuments += view.documents.count
            }
        }
        return view
    }

    /// Fewer documents are not worth a second thread.
    static let sharedDocuments = 4096

    /// The list of a revision. Where it is long, the indexes of its packs are opened meanwhile.
    private func documents(of revision: Revision) throws(OVError) -> PackedDocumentList {
        guard revision.documents >= Self.sharedDocuments else { return try store.packedDocuments(of: revision) }
        return try sideBySide {
            Result { () throws(OVError) in try store.packedDocuments(of: revision) }
        } _: { [self] in
            for pack in revision.packs { _ = segmentsAtHand(ofPack: pack) }
        }.0.get()
    }

    // MARK: Searches

    /// What a search without filters looks at, as it was for the same caller, addresses and state.
    func ground(_ key: SearchGround.Key, _ make: () throws(OVError) -> SearchGround) throws(OVError) -> SearchGround {
        if let known = grounds.withLock({ $0.first { $0.key == key } }) { return known.ground }
        let ground = try make()
        grounds.withLock { grounds in
            grounds.removeAll { $0.key == key || $0.key.sequence != key.sequence }
            if grounds.count >= Self.maximumGrounds { grounds.removeFirst() }
            grounds.append((key, ground))
        }
        return ground
    }

    /// What reading passages, one after the other, leaves open for the next.
    struct Reading {
        var pack = OpenPack()
        /// The last part: of a text that has to be read whole, it may be larger than what is kept for others.
        var last: (blob: BlobLocation, part: StoredPart)?
    }

    /// A passage of a document, from what was read lately or from its pack.
    func passage(_ range: Range<Int>, of document: StoredDocument, _ reading: inout Reading)
        throws(OVError) -> ArraySlice<UInt8>
    {
        if let last = reading.last, last.blob == document.blob, last.part.covers(range) { return last.part[range] }
        if let part = recent.part(document.blob, range) { return part[range] }
        let part = try store.quickPart(of: document, range, keeping: &reading.pack)
        recent.keep(part, document.blob)
        reading.last = (document.blob, part)
        return part[range]
    }
}
