// SPDX-License-Identifier: Apache-2.0

import Logging
import OVAPI
import OVCore
import OVSearch
import OVStore
import OVSystem

extension Engine {
    package func find(_ query: FindQuery, as caller: Caller) async throws(OVError) -> FindResult {
        try query.check()
        let parsed = try SearchQuery(parsing: query.text)
        return try await reading { state throws(OVError) in
            try self.search(parsed, query, in: state, as: caller)
        }
    }

    /// Searches; again with new indexes if one of them turns out to be damaged.
    private func search(_ parsed: SearchQuery, _ query: FindQuery, in state: State, as caller: Caller)
        throws(OVError) -> FindResult
    {
        var attempt = 0
        while true {
            let ground = try ground(of: parsed, query.targets, in: state, as: caller)
            do throws(OVError) {
                return try hits(parsed, ground, limit: query.limit)
            } catch {
                guard let reason = error.details["index_fault"]?.string, attempt < 2 else { throw error }
                logger.warning("a search index is damaged and made anew", metadata: ["reason": "\(reason)"])
                shelf.discard(ground.packs, all: attempt == 1)
                attempt += 1
            }
        }
    }

    private func ground(of parsed: SearchQuery, _ addresses: [String], in state: State, as caller: Caller)
        throws(OVError) -> SearchGround
    {
        let key = SearchGround.Key(
            sequence: state.sequence, caller: caller, addresses: addresses, filters: parsed.filterTexts)
        return try shelf.ground(key) { () throws(OVError) in
            let scope = try SearchScope(addresses, in: state, as: caller)
            return try SearchGround(scope, parsed, on: self.shelf) { self.gatherForSearch(in: state) }
        }
    }

    private func hits(_ query: SearchQuery, _ ground: SearchGround, limit: Int) throws(OVError) -> FindResult {
        let searcher = Searcher(query, in: ground.targets)
        let (found, obstacles) = try SearchGround.translating { () throws(IndexFault) in
            let found = try searcher.hits(limit: limit)
            return (found, try searcher.obstacles(hasHits: !found.isEmpty))
        }
        let hits = try describe(found, ground, query)
        var missed = obstacles.map { obstacle in
            MissedPart(text: obstacle.text, reason: obstacle.kind.rawValue, near: obstacle.near)
        }
        if ground.targets.isEmpty, query.hasFilters {
            missed = query.filterTexts.map { MissedPart(text: $0, reason: "filter", near: []) }
        }
        return FindResult(hits: hits, missed: missed)
    }

    /// What is shown of hits: each takes reading its text, so that two threads share them.
    private func describe(_ found: [Searcher.Hit], _ ground: SearchGround, _ query: SearchQuery)
        throws(OVError) -> [SearchHit]
    {
        var documents: [FoundDocument] = []
        for hit in found { documents.append(try ground.document(of: hit)) }
        let (texts, all) = (try shelf.texts(of: documents.map(\.document)), documents)
        let describe = { @Sendable (range: Range<Int>) throws(OVError) in
            var hits: [SearchHit] = []
            for number in range {
                let (hit, document) = (found[number], all[number])
                let segment = ground.targets[hit.target].segment
                hits.append(
                    try self.describe(hit, in: segment, document, texts[document.document.blob] ?? [], query))
            }
            return hits
        }
        guard found.count >= Self.sharedHits else { return try describe(found.indices) }
        let middle = found.count / 2
        let halves = sideBySide {
            Result { () throws(OVError) in try describe(0..<middle) }
        } _: {
            Result { () throws(OVError) in try describe(middle..<found.count) }
        }
        return try halves.0.get() + (try halves.1.get())
    }

    /// Fewer are not worth a second thread.
    private static let sharedHits = 6

    private func describe(
        _ hit: Searcher.Hit, in segment: IndexSegment, _ found: FoundDocument, _ bytes: [UInt8], _ query: SearchQuery
    ) throws(OVError) -> SearchHit {
        do {
            let section = try segment.section(hit.section)
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
