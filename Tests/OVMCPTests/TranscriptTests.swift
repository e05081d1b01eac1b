// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVMCP
import OVTestTraits
import Synchronization
import Testing

/// Conversations as they are on the wire, message by message: lines with `>` go in, lines with `<` come out.
///
/// `OV_RECORD=1` writes what comes out anew.
@Suite(.inTurn) struct TranscriptTests {
    @Test("the transcripts of both eras over pipes", arguments: ["stdio-session", "stdio-stateless"])
    func pipes(name: String) async throws {
        let transcript = try Transcript(name)
        let found = Mutex<[String]>([])
        try await StdioClient.with { client in
            for line in transcript.requests {
                found.withLock { $0.append("> " + line) }
                try await client.send(text: line + "\n")
                guard line.contains(#""id":"#), let answer = try await client.next() else { continue }
                found.withLock { $0.append("< " + JSONWriter.text(of: answer)) }
            }
        }
        try transcript.check(found.withLock { $0 })
    }

    @Test("the transcripts of both eras over HTTP", arguments: ["http-session", "http-stateless"])
    func http(name: String) async throws {
        let transcript = try Transcript(name)
        let found = Mutex<[String]>([])
        try await EndpointClient.with { client in
            var session: String?
            for line in transcript.requests {
                let message = try JSONValue(parsing: Array(line.utf8))
                var request = EndpointClient.request(.post, nil, session: session, headers: message.headers)
                request.body = Array(line.utf8)
                let reply = await client.send(request)
                session = session ?? reply.header("Mcp-Session-Id")
                let answer = await reply.last().map { " " + JSONWriter.text(of: $0) } ?? ""
                found.withLock { $0 += ["> " + line, "< \(reply.status)" + answer] }
            }
        }
        try transcript.check(found.withLock { $0 })
    }
}

extension JSONValue {
    /// The headers that the stateless era wants beside a message.
    fileprivate var headers: MessageHeaders {
        let version = at("params", "_meta", "io.modelcontextprotocol/protocolVersion")?.string
        guard let version else { return MessageHeaders() }
        let name = at("params", self["method"] == "resources/read" ? "uri" : "name")?.string
        return MessageHeaders(protocolVersion: version, method: self["method"]?.string, name: name)
    }
}

/// A file of `fixtures/mcp`.
private struct Transcript: Sendable {
    let path: String
    let lines: [String]

    init(_ name: String) throws {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        path = "\(root)/fixtures/mcp/\(name).txt"
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        lines = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
    }

    var requests: [String] { lines.filter { $0.hasPrefix("> ") }.map { String($0.dropFirst(2)) } }

    func check(_ found: [String]) throws {
        guard found != lines else { return }
        if getenv("OV_RECORD") != nil {
            let file = try #require(fopen(path, "w"))
            defer { fclose(file) }
            fputs(found.joined(separator: "\n") + "\n", file)
            Issue.record("recorded \(path)")
            return
        }
        for (line, expected) in zip(found, lines) where line != expected {
            Issue.record("\(path)\nfound:    \(line)\nexpected: \(expected)")
            return
        }
        Issue.record("\(path): \(found.count) lines, expected \(lines.count)")
    }
}
