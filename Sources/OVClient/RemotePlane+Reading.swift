// SPDX-License-Identifier: Apache-2.0

package import OVAPI
package import OVCore

extension RemotePlane {
    package func entries(of uri: String, _ options: ListOptions, as caller: Caller) async throws(OVError) -> EntryList {
        let request = ServerRequest.get(
            "/api/v1/fs/ls",
            query: [
                "uri": uri, "recursive": options.recursive ? "true" : nil,
                "node_limit": options.nodeLimit.map { "\($0)" }, "level_limit": options.levelLimit.map { "\($0)" },
                "output": options.abstracts ? "agent" : nil,
            ])
        let answer = try await connection.send(request)
        return try await connection.understood { () throws(JSONError) in
            let envelope = try Envelope(answer.body, beside: ["has_more"]) { json throws(JSONError) in
                try json.values(Entry.self)
            }
            guard let hasMore = envelope["has_more"]?.bool else { throw JSONReader(answer.body).missing("has_more") }
            return EntryList(entries: envelope.result, hasMore: hasMore)
        }
    }

    package func stat(_ uri: String, as caller: Caller) async throws(OVError) -> Entry {
        try await connection.value(Entry.self, .get("/api/v1/fs/stat", query: ["uri": uri]))
    }

    package func read(_ uri: String, _ part: DocumentPart, as caller: Caller) async throws(OVError) -> DocumentText {
        try part.check()
        let range = part.range
        return try await text(
            .get(
                "/api/v1/content/read",
                query: [
                    "uri": uri, "offset": range.offset == 0 ? nil : "\(range.offset)",
                    "limit": range.limit.map { "\($0)" }, "section": part.section,
                    "max_tokens": part.maximumTokens.map { "\($0)" }, "revision": part.revision,
                ]))
    }

    package func abstract(of uri: String, as caller: Caller) async throws(OVError) -> DocumentText {
        try await text(.get("/api/v1/content/abstract", query: ["uri": uri]))
    }

    package func overview(of uri: String, as caller: Caller) async throws(OVError) -> DocumentText {
        try await text(.get("/api/v1/content/overview", query: ["uri": uri]))
    }

    private func text(_ request: ServerRequest) async throws(OVError) -> DocumentText {
        let answer = try await connection.send(request)
        return try await connection.understood { () throws(JSONError) in
            let envelope = try Envelope(answer.body, beside: Self.besideText) { json throws(JSONError) in
                try json.string()
            }
            let reader = JSONReader(answer.body)
            let uri = envelope["uri"]?.string.flatMap { VikingURI(canonical: $0) }
            var text = DocumentText(
                uri: try reader.required(uri, "uri"), text: envelope.result,
                mediaType: try reader.required(envelope["media_type"]?.string, "media_type"),
                lastChecked: answer.time("X-OV-Last-Checked"), lastChanged: answer.time("X-OV-Last-Changed"),
                totalLines: Int(clamping: try reader.required(envelope["total_lines"]?.integer, "total_lines")))
            text.lines = envelope.range("offset", "lines")
            text.rest = envelope.range("next_offset", "next_limit")
            text.tokens = envelope["tokens"]?.integer.map { Int(clamping: $0) }
            text.revision = envelope["revision"]?.string
            return text
        }
    }

    /// What stands beside a text.
    private static let besideText: Set = [
        "uri", "media_type", "total_lines", "offset", "lines", "next_offset", "next_limit", "tokens", "revision",
    ]

    package func download(_ uri: String, as caller: Caller) async throws(OVError) -> DocumentBytes {
        let answer = try await connection.send(
            .get("/api/v1/content/download", query: ["uri": uri]).within(Self.transferTime))
        return try await connection.understood { () throws(JSONError) in
            let reader = JSONReader(answer.body)
            let place = answer.header("X-OV-URI").flatMap(PercentEncoding.decode)
            let digest = answer.header("ETag").flatMap { Digest($0.filter { $0 != "\"" }) }
            let type = answer.header("Content-Type")?.split(separator: ";").first.map(String.init)
            return DocumentBytes(
                uri: try reader.required(place.flatMap { VikingURI(canonical: $0) }, "X-OV-URI"), bytes: answer.body,
                mediaType: try reader.required(type, "Content-Type"), digest: try reader.required(digest, "ETag"),
                lastChecked: answer.time("X-OV-Last-Checked"), lastChanged: answer.time("X-OV-Last-Changed"))
        }
    }

    /// How long large bodies may take.
    static let transferTime = Milliseconds.hours(1)

    package func remove(_ uri: String, recursively: Bool, as caller: Caller) async throws(OVError) -> RemovalReceipt {
        let request = ServerRequest(
            .delete, "/api/v1/fs", query: ["uri": uri, "recursive": recursively ? "true" : nil])
        return try await connection.value(RemovalReceipt.self, request)
    }

    // MARK: The system

    package func status(as caller: Caller) async throws(OVError) -> StatusReport {
        try await connection.value(StatusReport.self, .get("/api/v1/system/status"))
    }

    package func health() async throws(OVError) -> HealthReport {
        let answer: ServerAnswer
        do throws(OVError) {
            answer = try await connection.send(.get("/ready"))
        } catch {
            // A server that says that its store is not well is there, and answers.
            guard error.code == .unavailable, let problems = error.details["problems"]?.array else { throw error }
            return HealthReport(
                isHealthy: false, version: error.details["version"]?.string ?? productVersion,
                problems: problems.compactMap(\.string))
        }
        return try await connection.understood { () throws(JSONError) in try HealthReport(parsing: answer.body) }
    }
}

extension Envelope {
    /// Some lines, by the names of their first and of their number; nil where there are none.
    fileprivate func range(_ first: String, _ count: String) -> Range<Int>? {
        guard let start = self[first]?.integer, let length = self[count]?.integer, start >= 0, length >= 0,
            start <= Int64.max - length
        else { return nil }
        return Int(start)..<Int(start + length)
    }
}
