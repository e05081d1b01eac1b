// SPDX-License-Identifier: Apache-2.0

package import OVAPI
package import OVCore

extension RemotePlane {
    package func keepPlace(_ place: ReaderPlace, as caller: Caller) async throws(OVError) -> ReaderPlace {
        let request = ServerRequest(.post, "/api/v1/changes/place").with { json in
            json.member("reader", place.reader)
            json.member("uri", ifAny: place.uri)
            json.member("cursor", place.cursor)
        }
        return try await connection.value(ReaderPlace.self, request)
    }

    package func history(of uri: String, as caller: Caller) async throws(OVError) -> ResourceHistory {
        try await connection.value(
            ResourceHistory.self, .get("/api/v1/resources/history", query: ["uri": uri]))
    }

    package func diff(_ query: DiffQuery, as caller: Caller) async throws(OVError) -> RevisionDiff {
        let request = ServerRequest.get(
            "/api/v1/resources/diff",
            query: ["uri": query.uri, "from": query.from, "to": query.to, "format": query.format.rawValue])
        return try await connection.value(RevisionDiff.self, request)
    }

    package func revert(_ uri: String, to revision: String, as caller: Caller) async throws(OVError) -> RevertReceipt {
        let request = ServerRequest(.post, "/api/v1/resources/revert").with { json in
            json.member("uri", uri)
            json.member("to", revision)
        }
        return try await connection.value(RevertReceipt.self, request)
    }
}
