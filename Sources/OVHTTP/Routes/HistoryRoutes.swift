// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import OVCore

/// What has changed, and what was there before.
struct HistoryRoutes: RouteGroup {
    let plane: any ControlPlane

    private static let inResource = Field("uri", .uri, "A resource, or something in one.", isRequired: true)
    private static let below = Field("uri", .uri, "Only at or below this address.")

    private static let place = [
        Field("reader", .text, "The reader's name.", isRequired: true),
        Field("cursor", .text, "The next_cursor of the page that it has.", isRequired: true), below,
    ]

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/changes", "Which documents have changed since a cursor, each in its newest state",
                query: [
                    Field("since", .text, "A cursor; without one, nothing but the cursor of now."), Self.below,
                    Field("limit", .integer, "At most this many documents: 1 to 1000."),
                    Field("reader", .text, "The name of a reader whose place is kept, instead of a cursor."),
                ], answer: .result("ChangePage"), changes),
            Route(
                .post, "/api/v1/changes/place", "Keep how far a named reader has come",
                body: .json(Self.place), answer: .result("ReaderPlace"), keepPlace),
            Route(
                .get, "/api/v1/resources/history", "The revisions that are kept, newest first",
                query: [Self.inResource], answer: .result("History")
            ) { .result(try await plane.history(of: $0.query.text("uri") ?? "", as: $0.caller)) },
            Route(
                .get, "/api/v1/resources/diff", "What differs between two revisions",
                query: [
                    Self.inResource, Field("from", .text, "The earlier revision; else the one before `to`."),
                    Field("to", .text, "The later revision; else the current one."),
                    Field("format", .choice(DiffQuery.Format.allCases.map(\.rawValue)), "How much is said: `stat`."),
                ], answer: .result("Diff"), diff),
            Route(
                .post, "/api/v1/resources/revert", "Make the documents of an earlier revision those of a new one",
                body: .json([
                    Field("uri", .uri, "A resource.", isRequired: true),
                    Field("to", .text, "The revision whose documents it gets.", isRequired: true),
                ]), answer: .result("RevertReceipt")
            ) {
                .result(
                    try await plane.revert(
                        $0.body.text("uri") ?? "", to: $0.body.text("to") ?? "", as: $0.caller))
            },
        ]
    }

    @Sendable private func changes(_ request: APIRequest) async throws -> Answer {
        let query = ChangeQuery(
            since: request.query.text("since"), uri: request.query.text("uri"),
            limit: request.query.integer("limit") ?? ChangeQuery.defaultLimit, reader: request.query.text("reader"))
        return .result(try await plane.changes(query, as: request.caller))
    }

    @Sendable private func keepPlace(_ request: APIRequest) async throws -> Answer {
        let place = ReaderPlace(
            reader: request.body.text("reader") ?? "", uri: request.body.text("uri"),
            cursor: request.body.text("cursor") ?? "")
        return .result(try await plane.keepPlace(place, as: request.caller))
    }

    @Sendable private func diff(_ request: APIRequest) async throws -> Answer {
        let query = DiffQuery(
            uri: request.query.text("uri") ?? "", from: request.query.text("from"), to: request.query.text("to"),
            format: request.query.text("format").flatMap(DiffQuery.Format.init) ?? .stat)
        return .result(try await plane.diff(query, as: request.caller))
    }
}
