// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVSearch
import OVStore
import OVSystem

extension Engine {
    package func grep(
        _ query: GrepQuery, as caller: Caller, _ receive: @escaping @Sendable (GrepFile) async throws -> Void
    ) async throws(OVError) -> GrepSummary {
        try query.check()
        let pattern = try LinePattern(
            query.pattern,
            .init(ignoresCase: query.ignoresCase, wholeWords: query.wholeWords, isFixed: query.isFixed))
        let documents = try await reading { state throws(OVError) in
            try self.documents(for: query, pattern, in: state, as: caller)
        }
        let run = GrepRun(query: query, pattern: pattern, documents: documents, store: store)
        do {
            return try await withTaskExecutorPreference(threads) {
                try await run.run(threads: self.threads.count, receive)
            }
        } catch let error as OVError {
            throw error
        } catch {
            throw OVError(.cancelled, "the search was given up")
        }
    }

    private enum Listing {
        case few(ArraySlice<StoredDocument>)
        case all(PackedDocumentList)
    }

    /// What is searched, in its order, and how many documents need not be.
    private func documents(
        for query: GrepQuery, _ pattern: LinePattern, in state: State, as caller: Caller
    ) throws(OVError) -> GrepRun.Documents {
        let selection = try GrepSelection(query, as: caller)
        let indexes = shelf.gathered.current()
        var (listings, packs, bytes): ([(Resource, Listing)], Set<String>, Int64) = ([], [], 0)
        for part in try SearchScope([query.uri], in: state, as: caller).parts {
            bytes += part.revision.bytes
            if part.path.isEmpty, !IndexGathering.isSmall(part.revision) {
                let list = try store.packedDocuments(of: part.revision)
                packs.formUnion(list.packs)
                listings.append((part.resource, .all(list)))
            } else {
                let list = try documents(of: part, indexes)
                packs.formUnion(list.lazy.map(\.blob.pack))
                listings.append((part.resource, .few(list)))
            }
        }
        var filter: GrepFilter?
        if !query.isInverted, bytes >= GrepFilter.leastBytes, let required = pattern.requiredWords {
            filter = GrepFilter(required, in: packs, on: shelf, indexes)
        }
        var documents = GrepRun.Documents()
        for (resource, listing) in listings {
            switch listing {
            case .few(let list): selection.add(list, of: resource, filter, to: &documents)
            case .all(let list): try selection.add(list, of: resource, filter, to: &documents)
            }
        }
        return documents
    }
}
