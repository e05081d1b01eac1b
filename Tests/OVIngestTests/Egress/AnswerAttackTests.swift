// SPDX-License-Identifier: Apache-2.0

import CZlib
import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// The fourth table of EGRESS.md: answers that are out to keep us busy, or to fill memory.
@Suite(.inTurn) struct AnswerAttackTests {
    private func attack(_ limits: Limits, _ steps: [ScriptedServer.Step]) async throws -> (FetchError?, ScriptedServer)
    {
        let server = try ScriptedServer { _ in steps }
        let error = await #expect(throws: FetchError.self) {
            try await makeURLFetcher().record(.url(server.origin + "/page"), limits: limits)
        }
        return (error, server)
    }

    /// Little patience, and room for a MiB.
    private var limits: Limits {
        var limits = Limits()
        limits.idleTimeout = .seconds(2)
        limits.fetchDuration = Milliseconds(500)
        limits.documentBytes = 1 << 20
        return limits
    }

    /// Each sends something now and then, so that it is never silent for long.
    @Test(arguments: [
        ("a status line", "", "H"), ("headers", "HTTP/1.1 200 OK\r\n", "x"),
        ("headers, line by line", "HTTP/1.1 200 OK\r\n", "X-Slow: 1\r\n"),
        ("a body without length", "HTTP/1.1 200 OK\r\n\r\n", "x"),
        ("a body with length", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", "x"),
        ("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
        ("a chunk's extension", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "x"),
        ("trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-Slow: 1\r\n"),
        ("what is packed", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", "\u{1F}"),
        ("an error page", "HTTP/1.1 500 No\r\n\r\n", "x"),
        ("a redirect", "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", "x"),
        ("notices to go on", "", "HTTP/1.1 100 Continue\r\n\r\n"),
        ("early hints", "", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
    ])
    func aSlowLorisEndsWithTheTimeForOneFetch(_ what: String, _ start: String, _ drop: String) async throws {
        let (error, _) = try await attack(limits, [.send(start), .drip(Array(drop.utf8), pause: 20)])
        #expect(["timed_out", "protocol_error"].contains(error?.cause), "\(what): \(String(describing: error))")
        // Bytes that come to no part of an answer are silence.
        let words = ["had not answered to the end after", "nothing came from"]
        #expect(error?.cause != "timed_out" || words.contains { error?.message.contains($0) == true }, "\(what)")
    }

    @Test func redirectsDoNotBeginTheTimeAnew() async throws {
        let server = try ScriptedServer { request in
            [.pause(40), .answer(302, [("Location", request.target + "x")])]
        }
        var limits = limits
        limits.redirects = 100
        let error = await #expect(throws: FetchError.self) {
            try await makeURLFetcher().record(.url(server.origin + "/"), limits: limits)
        }
        #expect(error?.cause == "timed_out", "\(String(describing: error))")
    }

    @Test(
        arguments: [
            ("a body", "HTTP/1.1 200 OK\r\n\r\n", "x", "limit_exceeded"),
            (
                "chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "400\r\n\(String(repeating: "x", count: 1024))\r\n",
                "limit_exceeded"
            ),
            ("an error page", "HTTP/1.1 404 Not Found\r\n\r\n", "x", "source_gone"),
            (
                "a redirect's page", "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n", "x",
                "address_refused"
            ),
            ("a header's value", "HTTP/1.1 200 OK\r\nX-Long: ", "x", "protocol_error"),
            ("a header's name", "HTTP/1.1 200 OK\r\n", "x", "protocol_error"),
            ("headers", "HTTP/1.1 200 OK\r\n", "A:\r\n", "protocol_error"),
            ("trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A:b\r\n", "protocol_error"),
            ("a chunk's extension", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "x", nil),
            ("a status line", "HTTP/1.1 200 ", "x", nil),
            ("notices to go on", "", "HTTP/1.1 100 Continue\r\n\r\n", nil),
            ("empty lines", "", "\r\n", nil),
            ("empty members", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", nil, nil),
            ("zeros behind a member", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", nil, "limit_exceeded"),
            ("empty blocks", "HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n", nil, "limit_exceeded"),
        ] as [(String, String, String?, String?)])
    func whatDoesNotEndIsCutOff(_ what: String, _ start: String, _ piece: String?, _ cause: String?) async throws {
        var (head, bytes) = (Array(start.utf8), Array((piece ?? "").utf8))
        switch what {
        case "empty members": bytes = PackedArchive.gzip([])
        case "zeros behind a member": (head, bytes) = (head + PackedArchive.gzip([65]), [0])
        // RFC 1951 §3.2.4: stored, of length 0.
        case "empty blocks": (head, bytes) = (head + [0x78, 0x9C], [0, 0, 0, 0xFF, 0xFF])
        default: break
        }
        let many = Array(repeatElement(bytes, count: max(1, 65536 / bytes.count)).joined())
        var limits = limits
        // Where it is not the time that ends it, the time must not.
        if cause != nil { limits.fetchDuration = .minutes(1) }
        let (error, _) = try await attack(limits, [.send(head), .sendForever(many)])
        let causes = cause.map { [$0] } ?? ["protocol_error", "timed_out", "limit_exceeded", "connection_lost"]
        #expect(causes.contains(error?.cause ?? ""), "\(what): \(String(describing: error))")
    }

    @Test(arguments: [
        "gzip, gzip", "gzip,gzip,gzip,gzip", "deflate, gzip", "gzip, br", "br", "zstd", "compress", "x-bomb",
        String(repeating: "gzip, ", count: 1000) + "gzip",
    ])
    func whatIsPackedMoreThanOnceIsNotUnpacked(_ encoding: String) async throws {
        let bomb = PackedArchive.gzip(PackedArchive.gzip([UInt8](repeating: 0, count: 8 << 20)))
        let (error, _) = try await attack(Limits(), [.answer(200, [("Content-Encoding", encoding)], bomb)])
        #expect(error?.cause == "protocol_error" && error?.message.contains("which nobody asked for") == true)
        #expect(error?.message.utf8.count ?? 0 < 300)
    }

    @Test(arguments: ["gzip", "deflate"]) func aBombIsUnpackedToTheLimitAndNoFurther(_ encoding: String) async throws {
        let bytes = [UInt8](repeating: 0, count: 64 << 20)
        let bomb = PackedArchive.deflated(bytes, windowBits: encoding == "gzip" ? 31 : 15)
        let (error, _) = try await attack(limits, [.answer(200, [("Content-Encoding", encoding)], bomb)])
        #expect(error?.cause == "limit_exceeded")
        // Two headers that say one each are two encodings.
        let twice = [("Content-Encoding", encoding), ("Content-Encoding", encoding)]
        #expect(try await attack(limits, [.answer(200, twice, bomb)]).0?.cause == "protocol_error")
    }

    @Test(arguments: [
        "zz\r\n", "-1\r\nx\r\n", "ffffffffffffffff\r\nx", "10000000000000000\r\nx", "0x1\r\nx\r\n", "1\nx\n0\n\n ",
        "3\r\nx\r\n0\r\n\r\n",
        "1\r\nxyz\r\n0\r\n\r\n", "\r\n\r\n", "1 1\r\nx\r\n", "1\u{0}\r\nx\r\n",
    ])
    func chunksThatMakeNoSenseAreNoDocument(_ chunks: String) async throws {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let (error, _) = try await attack(limits, [.send(head + chunks), .close])
        #expect(
            ["protocol_error", "connection_lost", "timed_out", "limit_exceeded"].contains(error?.cause),
            "\(String(describing: error))")
    }

    /// The client would end the process, on the mistaken belief that the mistake is its own.
    @Test(arguments: [
        "HTTP/1.1 000 No\r\n\r\n", "HTTP/1.1 099 No\r\n\r\nbody", "HTTP/1.1 099 No\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 000 No\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        "HTTP/1.1 001 No\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nx",
    ])
    func aStatusThatIsNoneDoesNotEndTheProcess(_ answer: String) async throws {
        for end in [ScriptedServer.Step.close, .reset, .hang] {
            let (error, _) = try await attack(limits, [.send(answer), end])
            #expect(
                ["protocol_error", "connection_lost", "timed_out"].contains(error?.cause),
                "\(String(describing: error))")
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad", "HTTP/1.1 200 OK\r\n\r\nbad",
        "HTTP/1.1 100 Continue\r\n\r\n", "x", "\r\n\r\n",
        "HTTP/1.1 000 No\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbad\r\n0\r\n\r\n",
    ])
    func anAnswerThatNobodyAskedForDoesNotEndTheProcess(_ more: String) async throws {
        let first = "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
        for steps in [
            // In one piece, in two, and again and again.
            [ScriptedServer.Step.send(first + more)], [.send(first), .send(more)], [.send(first + more + more + more)],
            [.send(first + more), .pause(20), .send(more)],
        ] {
            let server = try ScriptedServer { request in
                request.target == "/b" ? [.answer(200, [], "good"), .send(more), .pause(10), .send(more)] : steps
            }
            for _ in 0..<3 {
                // Whether it is fetched depends on what comes first; what is fetched is a whole answer.
                let record = try? await makeURLFetcher().record(.url(server.origin + "/a"), limits: limits)
                #expect(record.map { ["good", "bad"].contains($0.texts[""]) } ?? true)
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\nx", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nX: a\u{0}b\r\nContent-Length: 1\r\n\r\nx", "HTTP/1.1 200 OK\rX: y\r\r",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nx", "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 000 No\r\n\r\n", "HTTP/1.1 99 No\r\n\r\n", "ICY 200 OK\r\n\r\n", "* OK IMAP4rev1\r\n",
        "220 smtp ESMTP\r\n",
    ])
    func anAnswerThatCouldBeReadInTwoWaysIsNoDocument(_ answer: String) async throws {
        let (error, _) = try await attack(limits, [.send(answer), .close])
        #expect(error != nil && error?.cause != "limit_exceeded")
    }
}
