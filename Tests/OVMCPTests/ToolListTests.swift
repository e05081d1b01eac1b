// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVMCP
import OVTestTraits
import Synchronization
import Testing

/// What clients are told of the tools.
@Suite(.inTurn) struct ToolListTests {
    private static func tools(isReadOnly: Bool = false) async throws -> [JSONValue] {
        let found = Mutex<[JSONValue]>([])
        try await StdioClient.with(isReadOnly: isReadOnly) { client in
            let answer = try await client.request("tools/list", stateless([:]))
            found.withLock { $0 = answer.at("result", "tools")?.array ?? [] }
        }
        return found.withLock { $0 }
    }

    @Test("MCP §7 tools: names, object schemas without references, all four annotations")
    func shapes() async throws {
        let tools = try await Self.tools()
        let names = tools.compactMap { $0["name"]?.string }
        #expect(
            names == [
                "find", "grep", "glob", "list", "tree", "read", "changes", "add_resource", "list_watches",
                "cancel_watch", "forget", "health",
            ])
        for tool in tools {
            let name = tool["name"]?.string ?? ""
            #expect((1...63).contains(name.count))
            #expect(name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) })
            #expect((tool["description"]?.string?.count ?? 0) > 10)
            #expect(tool.at("inputSchema", "type") == "object")
            #expect(tool.at("inputSchema", "additionalProperties") == false)
            if tool.at("inputSchema", "properties") == nil {
                #expect(tool["inputSchema"] == ["type": "object", "additionalProperties": false])
            }
            for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
                #expect(tool.at("annotations", hint)?.bool != nil, "\(name) has no \(hint)")
            }
            let text = JSONWriter.text(of: tool)
            for word in ["$ref", "anyOf", "oneOf", "allOf"] { #expect(!text.contains(word)) }
        }
    }

    @Test("MCP §7 tools: a stable order, and few characters")
    func order() async throws {
        let (first, second) = (try await Self.tools(), try await Self.tools())
        #expect(first == second)
        let length = JSONWriter.text(of: ["tools": .array(first)] as JSONValue).count
        print("characters: tools/list \(length)")
        #expect(length < 6000, "tools/list has \(length) characters")
    }

    @Test("a server that only reads leaves out what writes")
    func readOnly() async throws {
        let names = try await Self.tools(isReadOnly: true).compactMap { $0["name"]?.string }
        #expect(Set(names).isDisjoint(with: ["add_resource", "cancel_watch", "forget"]))
        #expect(Set(names).isSuperset(of: ["find", "grep", "glob", "read"]))
        try await StdioClient.with(isReadOnly: true) { client in
            let answer = try await client.call("forget", ["uri": "viking://resources/notes.md"], stateless: true)
            #expect(answer.errorCode == -32602)
        }
    }

    @Test("MCP §7 tools: an unknown tool and a malformed call are -32602; a wrong argument is an answer with isError")
    func errors() async throws {
        try await StdioClient.with { client in
            for params in [
                ["name": "raed"], [:], ["name": 5], ["name": "read", "arguments": [1]],
            ] as [JSONValue] {
                #expect(try await client.request("tools/call", params.stateless).errorCode == -32602)
            }
            for arguments in [
                [:], ["uris": 5], ["uris": ["viking://resources/notes.md"], "offset": "many"],
                ["uris": ["viking://resources/notes.md"], "limt": 5], ["uris": []],
            ] as [JSONValue] {
                let answer = try await client.call("read", arguments, stateless: true)
                #expect(answer.at("result", "isError") == true)
                #expect(answer.toolText.contains("'"), "names the argument")
            }
        }
    }

    @Test(
        "arguments are read forgivingly",
        arguments: [
            ["uri": "viking://resources/notes.md"], ["path": "viking://resources/notes.md"],
            ["URIs": ["viking://resources/notes.md"]], ["uris": #"["viking://resources/notes.md"]"#],
            ["uris": ["viking://resources/notes.md"], "offset": "0", "limit": .number(5)],
            ["uris": ["viking://resources/notes.md"], "offset": .null],
        ] as [JSONValue])
    func forgiving(arguments: JSONValue) async throws {
        try await StdioClient.with { client in
            let answer = try await client.call("read", arguments, stateless: true)
            #expect(answer.at("result", "isError") == nil, "\(answer.toolText)")
            #expect(answer.toolText.hasSuffix("note\n"))
        }
    }
}
