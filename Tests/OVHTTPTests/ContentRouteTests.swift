// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVHTTP

@Suite(.inTurn) struct ContentRouteTests {
    private static let guide = "uri=viking://resources/docs/guide.md"

    @Test func `folders are listed in every form`() async throws {
        try await RestWorld.test { world in
            try await world.ingestDocs([
                "guide.md": "# Guide\n\nHello.\n", "sub/a.md": "# A\n", "sub/deep/b.md": "# B\n",
            ])
            func names(_ query: String) async throws -> [String] {
                let answer = try await world.get("/api/v1/fs/\(query)")
                return (answer.result?.array ?? []).compactMap { $0["rel_path"]?.string ?? $0.string }
            }
            let root = "uri=viking://resources/docs"
            #expect(try await names("ls?\(root)") == ["guide.md", "sub"])
            #expect(
                try await names("ls?\(root)&recursive=true") == [
                    "guide.md", "sub", "sub/a.md", "sub/deep", "sub/deep/b.md",
                ])
            #expect(try await names("ls?\(root)&simple=true").first == "viking://resources/docs/guide.md")
            #expect(try await names("tree?\(root)&level_limit=1") == ["guide.md", "sub"])
            #expect(try await names("ls?\(root)&recursive=1&offset=1&limit=2") == ["sub", "sub/a.md"])
            let cut = try await world.get("/api/v1/fs/ls?\(root)&node_limit=1&abs_limit=5&show_all_hidden=false")
            #expect(cut.json["has_more"]?.bool == true)
            #expect(cut.result?.array?.first?["abstract"]?.string == "")
            let agent = try await world.get("/api/v1/fs/ls?\(root)&output=agent")
            #expect(agent.json["has_more"]?.bool == false)
            #expect(agent.result?.array?.first?["abstract"]?.string == "Hello.")
        }
    }

    @Test func `a document is read whole, by lines, and in short, and every answer says how fresh it is`() async throws
    {
        try await RestWorld.test { world in
            try await world.ingestDocs(["guide.md": "# Guide\n\nHello there.\n\n## Part\n"])
            let whole = try await world.get("/api/v1/content/read?\(Self.guide)&offset=0&limit=-1&raw=true")
            #expect(whole.result?.string == "# Guide\n\nHello there.\n\n## Part\n")
            let line = try await world.get("/api/v1/content/read?\(Self.guide)&offset=2&limit=1")
            #expect(line.result?.string == "Hello there.\n")
            let abstract = try await world.get("/api/v1/content/abstract?\(Self.guide)")
            #expect(abstract.result?.string == "Hello there.")
            let overview = try await world.get("/api/v1/content/overview?\(Self.guide)")
            #expect(overview.result?.string?.contains("Part") == true)
            let bytes = try await world.get("/api/v1/content/download?\(Self.guide)")
            for answer in [whole, line, abstract, overview, bytes] {
                #expect(answer.headers[.lastChecked].flatMap { Timestamp($0) } != nil)
                #expect(answer.headers[.lastChanged].flatMap { Timestamp($0) } != nil)
            }
            let folder = try await world.get("/api/v1/content/read?uri=viking://resources/docs")
            #expect(folder.status == 412)
        }
    }

    @Test func `a download is answered in part or not at all where that is enough`() async throws {
        try await RestWorld.test { world in
            try await world.ingestDocs(["guide.md": "0123456789"])
            let target = "/api/v1/content/download?\(Self.guide)"
            let whole = try await world.get(target)
            #expect(whole.text == "0123456789")
            #expect(whole.headers[.contentType] == "text/markdown; charset=utf-8")
            #expect(whole.headers[.acceptRanges] == "bytes")
            let tag = try #require(whole.headers[.eTag])
            let date = try #require(whole.headers[.lastModified])
            let part = try await world.get(target, headers: [.range: "bytes=2-4"])
            #expect(part.status == 206 && part.text == "234")
            #expect(part.headers[.contentRange] == "bytes 2-4/10")
            #expect(part.headers[.contentLength] == "3")
            let outside = try await world.get(target, headers: [.range: "bytes=10-"])
            #expect(outside.status == 416 && outside.headers[.contentRange] == "bytes */10")
            let conditions: [(HTTPFields, Int)] = [
                ([.ifNoneMatch: tag], 304), ([.ifNoneMatch: "\"x\", W/\(tag)"], 304), ([.ifNoneMatch: "*"], 304),
                ([.ifNoneMatch: "\"x\""], 200), ([.ifModifiedSince: date], 304),
                ([.ifModifiedSince: "Sun, 06 Nov 1994 08:49:37 GMT"], 200),
                ([.ifModifiedSince: date, .ifNoneMatch: "\"x\""], 200), ([.ifModifiedSince: "yesterday"], 200),
                ([.range: "bytes=0-0", .ifRange: tag], 206), ([.range: "bytes=0-0", .ifRange: "\"x\""], 200),
                ([.range: "bytes=0-0", .ifRange: date], 206), ([.range: "bytes=0-1,3-4"], 200),
                ([.range: "lines=0-1"], 200),
            ]
            for (headers, status) in conditions {
                let answer = try await world.get(target, headers: headers)
                #expect(answer.status == status, "\(headers)")
                if status == 304 { #expect(answer.bytes.isEmpty && answer.headers[.contentLength] == nil) }
            }
        }
    }

    @Test func `the name of a download survives in its header`() async throws {
        try await RestWorld.test { world in
            try await world.ingestDocs(["büro \"1\".md": "x"])
            let answer = try await world.get(
                "/api/v1/content/download?uri=viking://resources/docs/b%C3%BCro+%221%22.md")
            #expect(
                answer.headers[.contentDisposition] == "attachment; filename*=UTF-8''b%C3%BCro%20%221%22.md",
                "\(answer)")
        }
    }

    @Test func `long answers are compressed for those who take it`() async throws {
        try await RestWorld.test { world in
            try await world.ingestDocs(["guide.md": String(repeating: "Knowledge grows stale. ", count: 500)])
            let target = "/api/v1/content/read?\(Self.guide)"
            let plain = try await world.get(target)
            #expect(plain.headers[.contentEncoding] == nil)
            #expect(plain.headers[.vary] == "Accept-Encoding")
            let compressed = try await world.get(target, headers: [.acceptEncoding: "br;q=1, gzip;q=0.5"])
            #expect(compressed.headers[.contentEncoding] == "gzip")
            #expect(compressed.bytes.count < plain.bytes.count / 10)
            #expect(compressed.bytes.starts(with: [0x1F, 0x8B]))
            #expect(compressed.headers[.contentLength] == String(compressed.bytes.count))
            let download = try await world.get(
                "/api/v1/content/download?\(Self.guide)", headers: [.acceptEncoding: "gzip"])
            #expect(download.headers[.eTag]?.hasPrefix("W/\"") == true)
            #expect(try await world.get("/health", headers: [.acceptEncoding: "gzip"]).headers[.contentEncoding] == nil)
        }
    }

    @Test func `a resource is removed as a whole, and folders above only when that is asked for`() async throws {
        try await RestWorld.test { world in
            try await world.ingestDocs()
            #expect(try await world.send(.delete, "/api/v1/fs?\(Self.guide)").status == 412)
            #expect(try await world.send(.delete, "/api/v1/fs?uri=viking://resources").status == 412)
            let removed = try await world.send(.delete, "/api/v1/fs?uri=viking://resources&recursive=true&wait=true")
            #expect(removed.result?["removed"]?.array?.first?.string == "viking://resources/docs")
            #expect(try await world.get("/api/v1/fs/stat?\(Self.guide)").status == 404)
        }
    }
}

@Suite(.inTurn) struct SystemRouteTests {
    @Test func `it says that it is well, in the forms that clients look for`() async throws {
        try await RestWorld.test { world in
            for path in ["/health", "/ready", "/ready/", "/health?now=1&now=2"] {
                let answer = try await world.get(path)
                #expect(answer.status == 200)
                #expect(answer.json["status"]?.string == "ok")
                #expect(answer.json["healthy"]?.bool == true)
                #expect(answer.json["version"]?.string == productVersion)
            }
            let status = try await world.get("/api/v1/system/status")
            #expect(status.result?["is_healthy"]?.bool == true)
            #expect(try await world.get("/api/v1/observer/system?format=json").text == status.text)
        }
    }

    @Test func `a store that cannot be read is not ready, and is alive`() async throws {
        try await RestWorld.test { world in
            try await world.ingestDocs()
            let bytes = try world.folder.read("home/state.json.gz")
            try world.folder.write("home/state.json.gz", [UInt8](repeating: 7, count: 500))
            let ready = try await world.get("/ready")
            #expect(ready.status == 503 && ready.code == "UNAVAILABLE", "\(ready)")
            #expect(try await world.get("/health").status == 200)
            let list = try await world.get("/api/v1/watches")
            #expect(list.status == 503 && list.headers[.retryAfter] != nil)
            try world.folder.write("home/state.json.gz", bytes)
            #expect(try await world.get("/api/v1/watches").status == 200)
        }
    }
}
