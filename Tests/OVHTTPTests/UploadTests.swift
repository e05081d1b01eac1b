// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVHTTP

/// A form with one file.
private func form(_ name: String, _ text: String, fileName: String = "guide.md") -> String {
    "--xx\r\nContent-Disposition: form-data; name=\"upload_mode\"\r\n\r\nlocal\r\n--xx\r\n"
        + "Content-Disposition: form-data; name=\"\(name)\"; filename=\"\(fileName)\"\r\n"
        + "Content-Type: application/octet-stream\r\n\r\n\(text)\r\n--xx--\r\n"
}

extension RestWorld {
    fileprivate func upload(_ body: String) async throws -> Exchange {
        try await send(
            .post, "/api/v1/resources/temp_upload", body,
            headers: [.contentType: "multipart/form-data; boundary=xx"])
    }

    fileprivate var uploads: [String] {
        guard let folder = try? Descriptor(opening: home + "/uploads", 0),
            let listing = try? FolderListing(of: folder, atMost: 100)
        else { return [] }
        return listing.entries.map { String(decoding: listing.name(of: $0), as: UTF8.self) }
    }
}

@Suite(.inTurn) struct UploadTests {
    @Test func `an upload becomes a resource, replaces the one before, and is gone once it was used`() async throws {
        try await RestWorld.test { world in
            for text in ["# First\n", "# Second\n"] {
                let uploaded = try await world.upload(form("file", text, fileName: "C:\\notes\\guide.md"))
                let id = try #require(uploaded.result?["temp_file_id"]?.string, "\(uploaded)")
                #expect(world.uploads == [id])
                let body = #"{"temp_file_id":"\#(id)","wait":true,"watch_interval":0}"#
                let added = try await world.post("/api/v1/resources", body)
                #expect(added.status == 200, "\(added)")
                #expect(added.result?["root_uri"]?.string == "viking://resources/guide.md")
                #expect(added.result?["outcome"]?.string == "updated")
                let read = try await world.get("/api/v1/content/read?uri=viking://resources/guide.md")
                #expect(read.result?.string == text)
                #expect(world.uploads == [])
                #expect(try await world.post("/api/v1/resources", body).status == 404)
            }
        }
    }

    @Test func `an upload cannot be watched, nor take the place of something else`() async throws {
        try await RestWorld.test { world in
            try await world.ingestDocs()
            let id = try #require(try await world.upload(form("file", "x")).result?["temp_file_id"]?.string)
            let watched = try await world.post(
                "/api/v1/resources", #"{"temp_file_id":"\#(id)","to":"viking://resources/up","watch_interval":5}"#)
            #expect(watched.status == 400 && watched.code == "INVALID_ARGUMENT")
            let other = try await world.post(
                "/api/v1/resources", #"{"temp_file_id":"\#(id)","to":"viking://resources/docs"}"#)
            #expect(other.status == 409)
            #expect(world.uploads == [id])
        }
    }

    /// A tar archive, which is text as long as what is in it is.
    private static func tar(_ files: [(name: String, text: String)]) -> String {
        func octal(_ number: Int, _ width: Int) -> String {
            let digits = String(number, radix: 8)
            return String(repeating: "0", count: width - digits.count) + digits + "\0"
        }
        func filled(_ text: String, _ count: Int) -> String {
            text + String(repeating: "\0", count: count - text.utf8.count)
        }
        return files.map { name, text in
            let (start, size) = (filled(name, 100) + filled("0000644", 24), octal(text.utf8.count, 11))
            let end = filled("0" + filled("", 100) + "ustar\u{0}00", 356)
            let time = octal(0, 11)
            let sum = (start + size + time + "        " + end).utf8.reduce(0) { $0 + Int($1) }
            return start + size + time + octal(sum, 6) + " " + end + filled(text, 512)
        }.joined() + filled("", 1024)
    }

    @Test func `an archive becomes a folder, another takes its place, and what is none changes nothing`() async throws {
        try await RestWorld.test { world in
            for (text, outcome) in [("# First\n", "updated"), ("# Other\n", "updated"), ("# Other\n", "unchanged")] {
                let archive = Self.tar([("guide.md", text), ("sub/note.md", "note\n")])
                let uploaded = try await world.upload(form("file", archive, fileName: "docs.tar"))
                let id = try #require(uploaded.result?["temp_file_id"]?.string)
                let added = try await world.post("/api/v1/resources", #"{"temp_file_id":"\#(id)","wait":true}"#)
                #expect(added.result?["root_uri"]?.string == "viking://resources/docs", "\(added)")
                #expect(added.result?["outcome"]?.string == outcome)
                let read = try await world.get("/api/v1/content/read?uri=viking://resources/docs/guide.md")
                #expect(read.result?.string == text)
                #expect(world.uploads == [])
            }
            let uploaded = try await world.upload(form("file", "no archive", fileName: "docs.zip"))
            let id = try #require(uploaded.result?["temp_file_id"]?.string)
            let answer = try await world.post("/api/v1/resources", #"{"temp_file_id":"\#(id)","wait":true}"#)
            #expect(answer.status == 500 && answer.message.contains("not a zip archive"), "\(answer)")
            #expect(try await world.get("/api/v1/content/read?uri=viking://resources/docs/sub/note.md").status == 200)
        }
    }

    @Test func `what is no whole form leaves nothing behind`() async throws {
        try await RestWorld.test {
            $0.limits.uploadBytes = 10_000
        } _: { world in
            let whole = form("file", "text")
            let table = [
                (form("other", "text"), 422), (String(whole.dropLast(10)), 422), ("nothing like it", 422), ("", 422),
                (whole.replacing("name=\"file\"", with: "nome=\"file\""), 422),
                (form("file", "a").dropLast(8) + "\r\n" + form("file", "b"), 422),
                (form("file", String(repeating: "x", count: 20_000)), 413),
            ]
            for (body, status) in table {
                let answer = try await world.upload(body)
                #expect(answer.status == status, "\(body.prefix(300)): \(answer)")
                #expect(world.uploads == [])
            }
            let untyped = try await world.send(.post, "/api/v1/resources/temp_upload", whole)
            #expect(untyped.status == 422)
        }
    }

    @Test func `uploads that nobody used for a day are removed`() async throws {
        try await RestWorld.test { world in
            let id = try #require(try await world.upload(form("file", "x")).result?["temp_file_id"]?.string)
            world.interface.uploads.sweep()
            #expect(world.uploads == [id])
            let yesterday = SystemClock().now().advanced(by: .hours(-25)).milliseconds * 1_000_000
            try world.folder.setModified("home/uploads/\(id)", yesterday)
            world.interface.uploads.sweep()
            #expect(world.uploads == [])
        }
    }
}

@Suite(.inTurn) struct MultipartReaderTests {
    private func events(_ body: String, pieces: Int) throws -> [MultipartReader.Event] {
        var reader = try MultipartReader(contentType: "multipart/form-data; boundary=\"xx\"")
        var (events, rest): ([MultipartReader.Event], ArraySlice<UInt8>) = ([], Array(body.utf8)[...])
        while !rest.isEmpty {
            for event in try reader.read(rest.prefix(pieces)) {
                if case .data(let more) = event, case .data(let before)? = events.last {
                    events[events.count - 1] = .data(before + more)
                } else {
                    events.append(event)
                }
            }
            rest = rest.dropFirst(pieces)
        }
        #expect(reader.isComplete)
        return events
    }

    @Test(arguments: [1, 2, 3, 5, 7, 64, 10_000])
    func `a form reads the same in pieces of any size`(pieces: Int) throws {
        let tricky = "\r\n--x\r\n--\r\r\n--xy\r\n-"
        let read = try events("preamble\r\n" + form("file", tricky), pieces: pieces)
        #expect(
            read == [
                .part(name: "upload_mode", fileName: nil), .data(Array("local".utf8)), .partEnd,
                .part(name: "file", fileName: "guide.md"), .data(Array(tricky.utf8)), .partEnd,
            ])
    }

    @Test func `an empty file has no data`() throws {
        #expect(
            try events(form("file", ""), pieces: 10).suffix(2) == [.part(name: "file", fileName: "guide.md"), .partEnd])
    }

    @Test func `memory stays bounded while no boundary comes, and while a header does not end`() throws {
        var reader = try MultipartReader(contentType: "multipart/form-data; boundary=xx")
        for _ in 0..<100 { #expect(try reader.read([UInt8](repeating: 13, count: 10_000)).isEmpty) }
        _ = try reader.read(Array("\r\n--xx\r\n".utf8))
        #expect(throws: OVError.self) { try reader.read([UInt8](repeating: 120, count: 20_000)) }
    }

    @Test(arguments: [nil, "", "text/plain", "multipart/form-data", "multipart/form-data; boundary="])
    func `what names no boundary is refused`(type: String?) {
        #expect(throws: OVError.self) { try MultipartReader(contentType: type) }
    }
}
