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

    /// What is shown of hits: each takes reading its passage, so that two threads share them.
    private func describe(_ found: [Searcher.Hit], _ ground: SearchGround, _ query: SearchQuery)
        throws(OVError) -> [SearchHit]
    {
        var passages: [FoundPassage] = []
        for (rank, hit) in found.enumerated() { passages.append(try passage(of: hit, rank: rank, in: ground)) }
        // What lies together is read together.
        passages.sort { $0.place < $1.place }
        let describe = { @Sendable (passages: ArraySlice<FoundPassage>) throws(OVError) in
            var (hits, reading): ([(rank: Int, hit: SearchHit)], IndexShelf.Reading) = ([], IndexShelf.Reading())
            for passage in passages {
                let text = try self.shelf.passage(passage.section.bytes, of: passage.found.document, &reading)
                hits.append((passage.rank, self.describe(passage, Array(text), query)))
            }
            return hits
        }
        var hits: [(rank: Int, hit: SearchHit)]
        if passages.count < Self.sharedHits {
            hits = try describe(passages[...])
        } else {
            let (all, middle) = (passages, passages.count / 2)
            let halves = sideBySide {
                Result { () throws(OVError) in try describe(all[..<middle]) }
            } _: {
                Result { () throws(OVError) in try describe(all[middle...]) }
            }
            hits = try halves.0.get() + (try halves.1.get())
        }
        return hits.sorted { $0.rank < $1.rank }.map(\.hit)
    }

    /// Fewer are not worth a second thread.
    private static let sharedHits = 6

    private func passage(of hit: Searcher.Hit, rank: Int, in ground: SearchGround) throws(OVError) -> FoundPassage {
        let found = try ground.document(of: hit)
        let segment = ground.targets[hit.target].segment
        return try SearchGround.translating { () throws(IndexFault) in
            let section = try segment.section(hit.section)
            guard section.bytes.upperBound <= found.document.size else {
                throw IndexFault("a section of it is not there")
            }
            return FoundPassage(
                rank: rank, score: Double(hit.score), found: found, section: section,
                title: try segment.title(ofDocument: section.document))
        }
    }

    private func describe(_ passage: FoundPassage, _ text: [UInt8], _ query: SearchQuery) -> SearchHit {
        let (found, section) = (passage.found, passage.section)
        let snippet = Snippet(of: text, for: query)
        let outline = DocumentOutline(of: String(decoding: text, as: UTF8.self), mediaType: found.document.mediaType)
        return SearchHit(
            uri: found.uri, title: passage.title ?? found.uri.name, headings: section.headings, lines: section.lines,
            size: section.bytes.count,
            line: min(section.lines.lowerBound + snippet.line, section.lines.upperBound), snippet: snippet.text,
            abstract: outline.abstract(), score: passage.score, mediaType: found.document.mediaType,
            lastChecked: found.lastChecked, lastChanged: found.document.changedAt)
    }
}

/// A hit, and what there is to show of it but for its text.
private struct FoundPassage: Sendable {
    let rank: Int
    let score: Double
    let found: FoundDocument
    let section: IndexSegment.Section
    let title: String?

    /// Where its text lies.
    var place: (pack: String, offset: Int64, start: Int) {
        let blob = found.document.blob
        return (blob.pack, blob.offset, section.bytes.lowerBound)
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
