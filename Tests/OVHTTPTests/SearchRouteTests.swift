// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVHTTP

@Suite(.inTurn) struct SearchRouteTests {
    private static let documents = [
        "guide.md": "# Guide\n\nHello.\n\n## Install\n\nRun the setup.\n", "sub/a.md": "# A\n\nsetup\nagain\n",
        "sub/b.txt": "Setup\n",
    ]

    @Test(arguments: ["find", "search"]) func `passages are found`(route: String) async throws {
        try await RestWorld.test { world in
            try await world.ingestDocs(Self.documents)
            // As an OpenViking client sends it.
            let answer = try await world.post(
                "/api/v1/search/\(route)",
                #"{"query":"setup path:guide","target_uri":"","limit":3,"score_threshold":null,"session_id":null,"level":2}"#
            )
            let hit = try #require(answer.result?["resources"]?.array?.first)
            #expect(hit["uri"]?.string == "viking://resources/docs/guide.md")
            #expect(hit["heading_path"]?.array?.compactMap(\.string) == ["Guide", "Install"])
            #expect(hit["snippet"]?.string?.contains("**setup**") == true)
            #expect(hit["line"]?.integer == 7 && hit["start_line"]?.integer == 5)
            #expect(hit["last_checked"]?.string.flatMap { Timestamp($0) } != nil)
            #expect(answer.result?["total"]?.integer == 1)
            #expect(answer.result?["memories"]?.array?.isEmpty == true)
            let many = try await world.post(
                "/api/v1/search/\(route)",
                #"{"query":"setup","target_uri":["viking://resources/docs/sub","viking://resources/docs/guide.md"]}"#)
            #expect(many.result?["total"]?.integer == 3)
        }
    }

    @Test func `lines are found`() async throws {
        try await RestWorld.test { world in
            try await world.ingestDocs(Self.documents)
            let answer = try await world.post(
                "/api/v1/search/grep",
                #"{"uri":"viking://resources/docs","pattern":"setup","case_insensitive":true,"node_limit":2,"after_context":1}"#
            )
            let matches = answer.result?["matches"]?.array ?? []
            #expect(matches.compactMap { $0["content"]?.string } == ["Run the setup.", "setup"])
            #expect(matches.compactMap { $0["line"]?.integer } == [7, 3])
            #expect(matches.last?["after"]?.array?.compactMap(\.string) == ["again"])
            #expect(answer.result?["count"]?.integer == 2 && answer.result?["has_more"]?.bool == true)
            let wrong = try await world.post(
                "/api/v1/search/grep", #"{"uri":"viking://resources/docs","pattern":"a(?=b)"}"#)
            #expect(wrong.status == 422)
            #expect(wrong.json["error"]?["message"]?.string?.contains("look-ahead") == true)
            #expect(wrong.json["error"]?["details"]?["position"]?.integer == 2)
        }
    }

    @Test func `documents are found by their path`() async throws {
        try await RestWorld.test { world in
            try await world.ingestDocs(Self.documents)
            let answer = try await world.post("/api/v1/search/glob", #"{"pattern":"**/*.md","uri":"viking://"}"#)
            #expect(
                answer.result?["matches"]?.array?.compactMap(\.string)
                    == ["viking://resources/docs/guide.md", "viking://resources/docs/sub/a.md"])
            #expect(answer.result?["count"]?.integer == 2)
        }
    }

    @Test(arguments: [
        ("find", "{}"), ("find", #"{"query":""}"#), ("find", #"{"query":"x","limit":0}"#),
        ("find", #"{"query":"x","limits":3}"#), ("grep", #"{"uri":"viking://"}"#),
        ("grep", #"{"uri":"viking://","pattern":"x","node_limit":-1}"#), ("glob", #"{"pattern":"["}"#),
    ])
    func `what makes no sense is refused`(route: String, body: String) async throws {
        try await RestWorld.test { world in
            try await world.ingestDocs(Self.documents)
            #expect(try await world.post("/api/v1/search/\(route)", body).status == 422)
        }
    }
}
