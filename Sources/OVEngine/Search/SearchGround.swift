// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSearch
import OVStore
import OVSystem
import Synchronization

/// What one search looks at: the part of the tree that was named, and where its documents stand in indexes.
struct SearchGround: Sendable {
    struct Key: Hashable, Sendable {
        let sequence: UInt64
        let caller: Caller
        let addresses: [String]
        /// As they are written in the query.
        let filters: [String]
    }

    private enum Owner: Sendable {
        case revision(part: Int, RevisionView)
        /// - parts: of each entry; negative for those that are not searched.
        case gathered(GatheredIndex, parts: [Int32])
    }

    let scope: SearchScope
    private var owners: [Owner] = []
    /// What there is to find, and whose it is.
    private(set) var targets: [SearchTarget] = []
    private var targetOwners: [Int] = []
    /// The packs whose own indexes are used.
    private(set) var packs: Set<String> = []

    /// More revisions with little in them than that are gathered before they are searched.
    private static let looseRevisions = 512

    /// - Throws: `IndexFault` as a failure of its own: for indexes that turn out to be damaged.
    init(_ scope: SearchScope, _ query: SearchQuery, on shelf: IndexShelf, gather: () -> Void)
        throws(OVError)
    {
        self.scope = scope
        var (loose, found) = Self.sort(scope, shelf.gathered.current())
        if loose.count(where: { IndexGathering.isSmall(scope.parts[$0].revision) }) >= Self.looseRevisions {
            gather()
            (loose, found) = Self.sort(scope, shelf.gathered.current())
        }
        owners = found
        for (part, view) in try Self.views(of: loose, scope, on: shelf) {
            owners.append(.revision(part: part, view))
            packs.formUnion(view.packs)
        }
        let accepts = query.hasFilters ? query.documentFilter() : nil
        for (number, owner) in owners.enumerated() {
            let targets: [SearchTarget]
            switch owner {
            case .revision(let part, let view):
                targets = try view.targets(below: scope.parts[part].path, accepts)
            case .gathered(let index, let parts):
                targets = try Self.translating { () throws(IndexFault) in
                    try index.targets(parts.map { $0 >= 0 }, accepts)
                }
            }
            self.targets.append(contentsOf: targets)
            targetOwners.append(contentsOf: targets.map { _ in number })
        }
    }

    /// Which parts are in a gathered index, whole, and which have to be searched by themselves.
    private static func sort(_ scope: SearchScope, _ indexes: [GatheredIndex]) -> (loose: [Int], gathered: [Owner]) {
        var (loose, parts) = ([Int](), indexes.map { [Int32](repeating: -1, count: $0.contents.entries.count) })
        for (number, part) in scope.parts.enumerated() {
            var isGathered = false
            if part.path.isEmpty, !indexes.isEmpty, IndexGathering.isSmall(part.revision) {
                let key = RevisionView.Key(part.revision)
                for (place, index) in indexes.enumerated() {
                    guard let entry = index.entry(of: key) else { continue }
                    parts[place][entry] = Int32(number)
                    isGathered = true
                    break
                }
            }
            if !isGathered { loose.append(number) }
        }
        return (
            loose, zip(indexes, parts).filter { $0.1.contains { $0 >= 0 } }.map { .gathered($0.0, parts: $0.1) }
        )
    }

    /// Fewer views are not worth a second thread.
    private static let sharedViews = 16

    private static func views(of parts: [Int], _ scope: SearchScope, on shelf: IndexShelf)
        throws(OVError) -> [(Int, RevisionView)]
    {
        let views = { @Sendable (parts: ArraySlice<Int>) throws(OVError) -> [(Int, RevisionView)] in
            var views: [(Int, RevisionView)] = []
            for part in parts { views.append((part, try shelf.view(of: scope.parts[part].revision))) }
            return views
        }
        guard parts.count >= sharedViews else { return try views(parts[...]) }
        let middle = parts.count / 2
        let results = sideBySide {
            Result { () throws(OVError) in try views(parts[..<middle]) }
        } _: {
            Result { () throws(OVError) in try views(parts[middle...]) }
        }
        return try results.0.get() + (try results.1.get())
    }

    /// What is wrong with an index, as an error that `Engine.search` knows again.
    static func translating<Result>(_ body: () throws(IndexFault) -> Result) throws(OVError) -> Result {
        do throws(IndexFault) {
            return try body()
        } catch {
            throw OVError(
                .unavailable, "a search index that was just made cannot be read: \(error.reason)",
                hint: "is the disk sound? `ov store check` reads everything",
                details: ["index_fault": .string(error.reason)])
        }
    }

    /// The document of a hit.
    func document(of hit: Searcher.Hit) throws(OVError) -> FoundDocument {
        switch owners[targetOwners[hit.target]] {
        case .revision(let part, let view):
            return FoundDocument(
                resource: scope.parts[part].resource, document: try view.documents.document(hit.document))
        case .gathered(let index, let parts):
            let place = index.place(ofDocument: hit.document)
            let list = try Self.translating { () throws(IndexFault) in try index.list(ofEntry: place.entry) }
            return FoundDocument(
                resource: scope.parts[Int(parts[place.entry])].resource, document: list.documents[place.document])
        }
    }
}
