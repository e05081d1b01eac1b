// SPDX-License-Identifier: Apache-2.0

import Logging
import OVAPI
import OVCore
import OVSearch
import OVStore

extension Engine {
    package func find(_ query: FindQuery, as caller: Caller) async throws(OVError) -> FindResult {
        try query.check()
        let parsed = try SearchQuery(parsing: query.text)
        return try await reading { state throws(OVError) in
            let scope = try SearchScope(query.targets, in: state, as: caller)
            return try self.search(parsed, scope, limit: query.limit)
        }
    }

    /// Searches; once more with new indexes if one of them turns out to be damaged.
    private func search(_ query: SearchQuery, _ scope: SearchScope, limit: Int) throws(OVError) -> FindResult {
        var fault: IndexFault?
        for _ in 0..<2 {
            var views: [RevisionView] = []
            for part in scope.parts { views.append(try shelf.view(of: part.revision)) }
            let result: Result<FindResult, OVError>
            do throws(IndexFault) {
                result = try hits(query, scope, views, limit)
            } catch {
                logger.warning("a search index is damaged and made anew", metadata: ["reason": "\(error.reason)"])
                shelf.discard(views.reduce(into: []) { $0.formUnion($1.packs) })
                fault = error
                continue
            }
            return try result.get()
        }
        throw OVError(
            .unavailable, "a search index that was just made cannot be read: \(fault?.reason ?? "")",
            hint: "is the disk sound? `ov store check` reads everything")
    }

    /// - Throws: when an index cannot be used; other failures are in the result.
    private func hits(_ query: SearchQuery, _ scope: SearchScope, _ views: [RevisionView], _ limit: Int)
        throws(IndexFault) -> Result<FindResult, OVError>
    {
        let accepts = query.hasFilters ? query.documentFilter() : nil
        var (targets, owners): ([SearchTarget], [Int]) = ([], [])
        for (number, view) in views.enumerated() {
            let found = view.targets(
                below: scope.parts[number].path, accepts.map { accepts in { accepts($0.path, $0.mediaType) } })
            targets.append(contentsOf: found)
            owners.append(contentsOf: found.map { _ in number })
        }
        let searcher = Searcher(query, in: targets)
        let found = try searcher.hits(limit: limit)
        var hits: [SearchHit] = []
        for hit in found {
            let (part, view) = (scope.parts[owners[hit.target]], views[owners[hit.target]])
            let document = FoundDocument(resource: part.resource, document: view.list.documents[hit.document])
            do throws(OVError) {
                hits.append(try describe(hit, in: targets[hit.target].segment, document, query))
            } catch {
                return .failure(error)
            }
        }
        var missed = try searcher.obstacles(hasHits: !hits.isEmpty).map { obstacle in
            MissedPart(text: obstacle.text, reason: obstacle.kind.rawValue, near: obstacle.near)
        }
        if targets.isEmpty, query.hasFilters {
            missed = query.filterTexts.map { MissedPart(text: $0, reason: "filter", near: []) }
        }
        return .success(FindResult(hits: hits, missed: missed))
    }

    private func describe(
        _ hit: Searcher.Hit, in segment: IndexSegment, _ found: FoundDocument, _ query: SearchQuery
    ) throws(OVError) -> SearchHit {
        do {
            let section = try segment.section(hit.section)
            let bytes = try store.bytes(of: found.document)
            guard section.bytes.upperBound <= bytes.count else { throw IndexFault("a section of it is not there") }
            let passage = Array(bytes[section.bytes])
            let snippet = Snippet(of: passage, for: query)
            let outline = DocumentOutline(
                of: String(decoding: passage, as: UTF8.self), mediaType: found.document.mediaType)
            return SearchHit(
                uri: found.uri, title: try segment.title(ofDocument: section.document) ?? found.uri.name,
                headings: section.headings, lines: section.lines, size: section.bytes.count,
                line: min(section.lines.lowerBound + snippet.line, section.lines.upperBound), snippet: snippet.text,
                abstract: outline.abstract(), score: Double(hit.score), mediaType: found.document.mediaType,
                lastChecked: found.lastChecked, lastChanged: found.document.changedAt)
        } catch let error as OVError {
            throw error
        } catch {
            throw OVError(.internal, "a search index does not fit its documents: \(error)")
        }
    }
}

extension Engine {
    /// Writes the index of a new pack beside it, so that nobody has to wait for it later. Without one, the first
    /// search makes it.
    func index(_ pack: SealedPack, _ list: DocumentList) {
        let documents = list.documents.filter { $0.blob.pack == pack.name }
        guard !documents.isEmpty else { return }
        do throws(OVError) {
            _ = try PackIndexer(store: store, pack: pack.name).run(documents)
        } catch {
            logger.warning("cannot index a pack", metadata: ["pack": "\(pack.name)", "error": "\(error)"])
        }
    }
}
