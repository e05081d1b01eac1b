// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVMCP
import OVTestTraits
import Testing

/// Documents as resources, their completion, and prompts.
@Suite(.inTurn) struct ResourceTests {
    @Test("MCP §7 resources: uri, name, mimeType, size, priority and lastModified; URIs as RFC 3986 has them")
    func list() async throws {
        try await StdioClient.with { client in
            let answer = try await client.request("resources/list", stateless([:]))
            let resources = try #require(answer.at("result", "resources")?.array)
            #expect(
                resources.map { $0["uri"]?.string } == [
                    "viking://resources/docs/README.md", "viking://resources/docs/guide/a%20b.md",
                    "viking://resources/docs/guide/start.md", "viking://resources/docs/logo.bin",
                    "viking://resources/notes.md",
                ])
            let first = try #require(resources.first)
            #expect(first["name"] == "README.md")
            #expect(first["mimeType"] == "text/markdown")
            #expect(first["size"] == 15)
            #expect(first.at("annotations", "priority")?.double == 0.9)
            #expect(first.at("annotations", "lastModified") == "2026-08-20T10:00:00.000Z")
        }
    }

    @Test("MCP §7 resources: text as text, bytes as base64, a folder as its contents")
    func read() async throws {
        try await StdioClient.with { client in
            func content(_ uri: String) async throws -> JSONValue {
                let answer = try await client.request("resources/read", stateless(["uri": .string(uri)]))
                #expect(answer.at("result", "contents")?.array?.count == 1)
                return try #require(answer.at("result", "contents", "0"))
            }
            let text = try await content("viking://resources/docs/README.md")
            #expect(text["text"] == "# Docs\n\nHello.\n")
            #expect(text["uri"] == "viking://resources/docs/README.md")
            #expect(text.at("_meta", "lastChecked") == "2026-08-22T09:00:00.000Z")
            #expect(try await content("viking://resources/docs/logo.bin")["blob"] == "AP8B")
            #expect(try await content("viking://resources/docs/guide/a%20b.md")["text"] == "spaced\n")
            #expect(try await content("viking://resources/docs/guide/a b.md")["text"] == "spaced\n")
            #expect(try await content("viking://resources/docs")["text"]?.string?.contains("README.md") == true)
        }
    }

    @Test(
        "MCP §7 resources: URIs are validated, and nothing leads out of the tree",
        arguments: [
            "viking://resources/../secret", "viking://resources/%2e%2e/secret", "viking://resources/docs%2fREADME.md",
            "viking://resources/a%00", "viking://resources/a\u{0}", "file:///etc/passwd", "", "viking:/resources",
            "Viking://resources/docs", "viking://resources//docs", "viking://resources/%ff",
        ])
    func traversal(uri: String) async throws {
        try await StdioClient.with { client in
            let answer = try await client.request("resources/read", stateless(["uri": .string(uri)]))
            #expect(answer.errorCode == -32602)
        }
    }

    @Test("MCP §7 pagination: all documents, each once, in pages; bad cursors are -32602, the empty one too")
    func pages() async throws {
        let store = Samples.store
        store.edit { contents in
            for number in 0..<450 { contents.documents[Samples.uri("viking://resources/many/\(number).md")] = [97] }
        }
        try await StdioClient.with(store) { client in
            var (uris, cursor, pages): ([String], JSONValue?, Int) = ([], nil, 0)
            repeat {
                let params = cursor.map { ["cursor": $0] as JSONValue } ?? [:]
                let result = try #require(try await client.request("resources/list", params.stateless)["result"])
                uris += (result["resources"]?.array ?? []).compactMap { $0["uri"]?.string }
                cursor = result["nextCursor"]
                pages += 1
                #expect(result["cacheScope"] == "private")
            } while cursor != nil
            #expect(pages == 3)
            #expect(uris.count == 455)
            #expect(Set(uris).count == 455)
            for bad in ["", "x", "after:", "after:http://x", 5] as [JSONValue] {
                for method in ["resources/list", "tools/list", "prompts/list", "resources/templates/list"] {
                    let answer = try await client.request(method, stateless(["cursor": bad]))
                    #expect(answer.errorCode == -32602)
                }
            }
        }
    }

    @Test(
        "MCP §7 completion: path segments, folders with a slash",
        arguments: [
            ("", []), ("res", ["resources/"]), ("resources/", ["resources/docs/", "resources/notes.md"]),
            ("resources/d", ["resources/docs/"]), ("resources/docs/gui", ["resources/docs/guide/"]),
            ("resources/docs/guide/", ["resources/docs/guide/a b.md", "resources/docs/guide/start.md"]),
            ("resources/none/", []), ("../", []),
        ] as [(String, [String])])
    func completion(value: String, expected: [String]) async throws {
        try await StdioClient.with { client in
            let params: JSONValue = [
                "ref": ["type": "ref/resource", "uri": "viking://{+path}"],
                "argument": ["name": "path", "value": .string(value)], "context": ["arguments": ["other": "x"]],
            ]
            let answer = try await client.request("completion/complete", params.stateless)
            let values = (answer.at("result", "completion", "values")?.array ?? []).compactMap(\.string)
            if value.isEmpty {
                #expect(values.first == "resources/")
            } else {
                #expect(values == expected)
                #expect(answer.at("result", "completion", "total") == .integer(Int64(expected.count)))
            }
            #expect(answer.at("result", "completion", "hasMore") == false)
        }
    }

    @Test("MCP §7 completion: at most 100 values, with the total")
    func manyCompletions() async throws {
        let store = Samples.store
        store.edit { contents in
            for number in 0..<250 { contents.documents[Samples.uri("viking://resources/many/\(number).md")] = [97] }
        }
        try await StdioClient.with(store) { client in
            let params: JSONValue = [
                "ref": ["type": "ref/prompt", "name": "what-changed"],
                "argument": ["name": "uri", "value": "viking://resources/many/"],
            ]
            let completion = try await client.request("completion/complete", params.stateless).at(
                "result", "completion")
            #expect(completion?["values"]?.array?.count == 100)
            #expect(completion?["total"] == 250)
            #expect(completion?["hasMore"] == true)
        }
    }

    @Test(
        "MCP §7 completion: an unknown reference, prompt or argument is -32602",
        arguments: [
            [:], ["ref": ["type": "ref/other"], "argument": ["name": "a", "value": ""]],
            [
                "ref": ["type": "ref/resource", "uri": "file://{p}"],
                "argument": ["name": "path", "value": ""],
            ],
            ["ref": ["type": "ref/prompt", "name": "none"], "argument": ["name": "uri", "value": ""]],
            ["ref": ["type": "ref/prompt", "name": "what-changed"], "argument": ["name": "none", "value": ""]],
            ["ref": ["type": "ref/resource", "uri": "viking://{+path}"], "argument": ["name": "path"]],
        ] as [JSONValue])
    func wrongCompletions(params: JSONValue) async throws {
        try await StdioClient.with { client in
            let answer = try await client.request("completion/complete", params.stateless)
            #expect(answer.errorCode == -32602)
        }
    }

    @Test("MCP §7 prompts: listed, filled in; unknown ones and missing arguments are -32602")
    func prompts() async throws {
        try await StdioClient.with { client in
            let list = try await client.request("prompts/list", stateless([:]))
            let names = list.at("result", "prompts")?.array?.compactMap { $0["name"]?.string }
            #expect(names == ["what-changed", "answer-from-sources"])
            let answer = try await client.request(
                "prompts/get",
                stateless([
                    "name": "answer-from-sources",
                    "arguments": ["question": "Why?", "uri": "viking://resources/docs"],
                ]))
            let text = answer.at("result", "messages", "0", "content", "text")?.string ?? ""
            #expect(text.contains("Why?"))
            #expect(text.contains("viking://resources/docs"))
            #expect(answer.at("result", "messages", "0", "role") == "user")
            for params in [
                ["name": "none"], ["name": "answer-from-sources"], [:],
                ["name": "answer-from-sources", "arguments": ["question": 5]],
            ] as [JSONValue] {
                #expect(try await client.request("prompts/get", params.stateless).errorCode == -32602)
            }
        }
    }

    @Test("MCP §7 templates: one, for everything")
    func templates() async throws {
        try await StdioClient.with { client in
            let answer = try await client.request("resources/templates/list", stateless([:]))
            #expect(answer.at("result", "resourceTemplates", "0", "uriTemplate") == "viking://{+path}")
        }
    }
}
