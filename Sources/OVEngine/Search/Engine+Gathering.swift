// SPDX-License-Identifier: Apache-2.0

import Logging
import OVStore
import Synchronization

extension Engine {
    /// Gathers the indexes of revisions with little in them now and then: about once in so many publications, whoever
    /// makes them, as often as there may be enough to gather.
    func gatherIndexes(after published: UInt64) async {
        // Commits are not of one kind each, so that no pattern in their numbers may decide.
        guard (published &* 0x9E37_79B9_7F4A_7C15) >> 58 == 0 else { return }
        await gatherIndexes()
    }

    /// Gathers what there is to gather, unless another process, or another task of this one, does.
    func gatherIndexes() async {
        do {
            guard try await store.beginGathering() else { return }
            let state = store.state
            let outcome = await withTaskExecutorPreference(threads) { self.gather(in: state) }
            await store.endGathering()
            try outcome.get()
        } catch {
            logger.warning("cannot gather search indexes", metadata: ["error": "\(error)"])
        }
    }

    /// The same for a search that would have to open too many. It does not ask whether another process gathers: then
    /// both do the same work, and either result will do.
    func gatherForSearch(in state: State) {
        if case .failure(let error) = gathering.withLock({ _ in gather(in: state) }) {
            logger.warning("cannot gather search indexes", metadata: ["error": "\(error)"])
        }
    }

    private func gather(in state: State) -> Result<Void, any Error> {
        Result { try IndexGathering(store: store, indexes: shelf.gathered).run(in: state) }
    }
}
