// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// It keeps no revisions, and nothing in the protocol asks for them.
extension FakeStore {
    private static let noRevisions = OVError(.notFound, "no revisions are kept")

    func keepPlace(_ place: ReaderPlace, as caller: Caller) async throws(OVError) -> ReaderPlace {
        throw Self.noRevisions
    }

    func history(of uri: String, as caller: Caller) async throws(OVError) -> ResourceHistory {
        throw Self.noRevisions
    }

    func diff(_ query: DiffQuery, as caller: Caller) async throws(OVError) -> RevisionDiff { throw Self.noRevisions }

    func revert(_ uri: String, to revision: String, as caller: Caller) async throws(OVError) -> RevertReceipt {
        throw Self.noRevisions
    }
}
