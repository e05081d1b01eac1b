// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVIngest
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
            let indexes = self.shelf.gathered.current()
            var documents = try self.documents(for: query, in: state, as: caller, indexes)
            if !query.isInverted, let required = pattern.requiredWords {
                GrepFilter(required: required, shelf: self.shelf, indexes: indexes).apply(to: &documents)
            }
            return documents
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

    /// What is searched, in its order, and how many documents are no text.
    private func documents(
        for query: GrepQuery, in state: State, as caller: Caller, _ indexes: [GatheredIndex]
    ) throws(OVError) -> GrepRun.Documents {
        let base = try VikingURI(parsing: query.uri, user: caller.user)
        var excluded: VikingURI?
        if let uri = query.excludedURI { excluded = try VikingURI(parsing: uri, user: caller.user) }
        var (include, exclude): ([PathSelection], [PathSelection]) = ([], [])
        for glob in query.include { include.append(try PathSelection(glob)) }
        for glob in query.exclude { exclude.append(try PathSelection(glob)) }
        var documents = GrepRun.Documents()
        for part in try SearchScope([query.uri], in: state, as: caller).parts {
            for document in try self.documents(of: part, indexes) {
                let uri = part.resource.uri.appending(path: document.path)
                if let excluded, uri.isWithin(excluded) { continue }
                let path = uri.relativePath(to: base) ?? document.path
                let shown = path.isEmpty ? uri.name : path
                if let levels = query.levelLimit, shown.utf8.count(where: { $0 == 47 }) >= levels { continue }
                guard include.isEmpty || include.contains(where: { $0.matches(shown, uri) }),
                    !exclude.contains(where: { $0.matches(shown, uri) })
                else { continue }
                if MediaType.isText(document.mediaType) {
                    documents.searched.append((uri, document))
                } else {
                    documents.skipped += 1
                }
            }
        }
        return documents
    }
}
