// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// What a search finds is what a test wrote down.
extension FakeStore {
    func find(_ query: FindQuery, as caller: Caller) async throws(OVError) -> FindResult {
        throw OVError(.notFound, "nothing to find")
    }

    func grep(
        _ query: GrepQuery, as caller: Caller, _ receive: @escaping @Sendable (GrepFile) async throws -> Void
    ) async throws(OVError) -> GrepSummary { GrepSummary() }

    func glob(_ pattern: String, in uri: String, limit: Int?, as caller: Caller) async throws(OVError) -> GlobResult {
        throw OVError(.notFound, "nothing to find")
    }
}
