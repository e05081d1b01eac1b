// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import OVCore

/// Reading documents. Every answer says how fresh it is.
struct ContentRoutes: RouteGroup {
    let plane: any ControlPlane

    private static let uri = Field("uri", .uri, "The address of a document.", isRequired: true)

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/content/read", "Read lines of a document of text",
                query: [
                    Self.uri, Field("offset", .integer, "The first line, from 0."),
                    Field("limit", .integer, "How many lines; -1 for all."),
                    Field("section", .text, "Only the section under these headings: `Install > Linux`."),
                    Field(
                        "max_tokens", .integer, "About how many tokens at most; next_offset says where to go on."),
                    Field("revision", .text, "An earlier revision: its name, its number, or latest~1."),
                ] + Field.ignored("raw"), answer: .result("Text"), read),
            Route(
                .get, "/api/v1/content/abstract", "The first paragraph of a document, or a line for each entry",
                query: [Self.uri], answer: .result("Text")
            ) { .text(try await plane.abstract(of: $0.query.text("uri") ?? "", as: $0.caller)) },
            Route(
                .get, "/api/v1/content/overview", "The outline of a document, or what is in a folder",
                query: [Self.uri], answer: .result("Text")
            ) { .text(try await plane.overview(of: $0.query.text("uri") ?? "", as: $0.caller)) },
            Route(
                .get, "/api/v1/content/download", "The bytes of a document", query: [Self.uri],
                answer: .other("application/octet-stream")
            ) {
                let document = try await plane.download($0.query.text("uri") ?? "", as: $0.caller)
                return Download(document).answer(to: $0.headers)
            },
        ]
    }

    @Sendable private func read(_ request: APIRequest) async throws -> Answer {
        let limit = request.query.integer("limit") ?? -1
        guard limit >= -1 else {
            throw OVError.invalidField(
                ["query", "limit"], "limit must be -1 or more", type: "greater_than_equal")
        }
        let range = LineRange(offset: request.query.integer("offset") ?? 0, limit: limit < 0 ? nil : limit)
        let part = DocumentPart(
            range: range, section: request.query.text("section"), maximumTokens: request.query.integer("max_tokens"),
            revision: request.query.text("revision"))
        return .text(try await plane.read(request.query.text("uri") ?? "", part, as: request.caller))
    }
}

extension Answer {
    fileprivate static func text(_ document: DocumentText) -> Answer {
        .result(
            headers: .freshness(document.lastChecked, document.lastChanged),
            beside: { json in
                json.member("uri", document.uri)
                json.member("media_type", document.mediaType)
                json.member("total_lines", document.totalLines)
                json.member("offset", ifAny: document.lines?.lowerBound)
                json.member("lines", ifAny: document.lines?.count)
                json.member("tokens", ifAny: document.tokens)
                json.member("next_offset", ifAny: document.rest?.lowerBound)
                json.member("next_limit", ifAny: document.rest?.count)
                json.member("revision", ifAny: document.revision)
            }
        ) { document.text.write(to: &$0) }
    }
}

extension HTTPFields {
    /// When a document was last checked, and when it last changed.
    static func freshness(_ checked: Timestamp?, _ changed: Timestamp?) -> HTTPFields {
        var headers: HTTPFields = [:]
        headers[.lastChecked] = checked?.description
        headers[.lastChanged] = changed?.description
        return headers
    }
}
