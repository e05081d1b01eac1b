// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVIngest
import OVSearch
import OVStore

/// What is said of the documents of one page of the feed: their titles, and what is different in them from the state
/// that the reader knew. Blocks.
struct ChangeDetails: Sendable {
    let store: Store
    let state: State
    let found: ChangeFeed.Found
    /// The last commit that the reader knew of when the reading began.
    let origin: UInt64

    /// How much text is looked at for one page. Of what is beyond there are no titles and sections.
    private static let maximumBytes: Int64 = 64 << 20
    private static let maximumSections = 10_000
    /// Among how many removed documents of a resource those are looked for that were moved.
    private static let maximumMoves = 10_000

    /// What a reader knew of a resource.
    private struct Known {
        let revision: Revision
        let documents: [String: StoredDocument]
        let movedPaths: [Digest: String]
    }

    private struct Budget {
        var bytes = ChangeDetails.maximumBytes
        var sections = ChangeDetails.maximumSections
    }

    func changes(_ page: [ChangeFeed.Item]) throws(OVError) -> [DocumentChange] {
        var known: [Int: Known] = [:]
        for (index, items) in Dictionary(grouping: page, by: \.resource) {
            if let index { known[index] = try self.known(at: index, items) }
        }
        var (changes, budget): ([DocumentChange], Budget) = ([], Budget())
        for item in page { changes.append(try change(item, known: item.resource.flatMap { known[$0] }, &budget)) }
        return changes
    }

    /// The state of a resource that the reader knew, as far as the items need it; nil when it is not kept.
    private func known(at index: Int, _ items: [ChangeFeed.Item]) throws(OVError) -> Known? {
        let resource = found.resources[index].resource
        guard let revision = state.revisions(of: resource.key).last(where: { $0.sequence <= origin }) else {
            return nil
        }
        var paths = Set(items.lazy.compactMap { $0.document?.path })
        let hasNew = items.contains { $0.document != nil && $0.addedSequence > origin }
        let gone = hasNew ? found.items.filter { $0.document == nil && $0.resource == index } : []
        let gonePaths = gone.prefix(Self.maximumMoves).compactMap { $0.uri.relativePath(to: resource.uri) }
        paths.formUnion(gonePaths)
        let documents = try store.documents(of: revision, at: paths)
        let moved = gonePaths.compactMap { path in documents[path].map { ($0.digest, path) } }
        return Known(
            revision: revision, documents: documents,
            movedPaths: Dictionary(moved, uniquingKeysWith: { first, _ in first }))
    }

    private func change(_ item: ChangeFeed.Item, known: Known?, _ budget: inout Budget) throws(OVError)
        -> DocumentChange
    {
        let source = item.resource.map { found.resources[$0] }
        guard let document = item.document, let source else {
            return DocumentChange(uri: item.uri, kind: .removed, revision: source?.revision.name, at: item.at)
        }
        let old = known?.documents[document.path]
        let wasThere = old != nil || item.addedSequence <= origin || found.knownBefore.contains(item.uri)
        var change = DocumentChange(
            uri: item.uri, kind: wasThere ? .changed : .added, revision: source.revision.name, at: item.at)
        if !wasThere, let path = known?.movedPaths[document.digest] {
            change.movedFrom = source.resource.uri.appending(path: path)
        }
        guard let text = try text(of: document, &budget) else { return change }
        change.title = DocumentOutline(of: text, mediaType: document.mediaType).title
        guard let old, let revision = known?.revision, budget.sections > 0,
            let before = old.digest == document.digest ? text : try self.text(of: old, &budget)
        else { return change }
        let sections = SectionDiff(from: before, to: text, mediaType: document.mediaType).differences
        guard sections.count <= budget.sections else {
            budget.sections = 0
            return change
        }
        budget.sections -= sections.count
        change.sections = sections.map { SectionChange($0) }
        change.comparedWith = revision.name
        return change
    }

    /// Nil for what is not text, and beyond what may be read.
    private func text(of document: StoredDocument, _ budget: inout Budget) throws(OVError) -> String? {
        guard MediaType.isText(document.mediaType), document.size <= budget.bytes else { return nil }
        budget.bytes -= document.size
        return String(validating: try store.bytes(of: document), as: UTF8.self)
    }
}

extension SectionChange {
    init(_ difference: SectionDiff.Difference) {
        let kind: Kind =
            switch difference.kind {
            case .added: .added
            case .changed: .changed
            case .removed: .removed
            case .moved: .moved
            }
        self.init(
            headingPath: difference.headingPath, kind: kind, lines: difference.lines.count,
            firstLine: difference.lines.lowerBound, movedFrom: difference.previousPath,
            addedLines: difference.addedLines, removedLines: difference.removedLines)
    }
}
