// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Logging
import OVCore
import OVTestTraits
import Synchronization
import Testing

@testable import OVHTTP

@Suite(.inTurn) struct HTTPValueTests {
    @Test(arguments: [
        ("bytes=0-4", ByteRange.part(0..<5)), ("bytes=5-", .part(5..<10)), ("bytes=-3", .part(7..<10)),
        ("bytes=-30", .part(0..<10)), ("bytes=9-99999999999999999999", .part(9..<10)), ("Bytes=0-0", .part(0..<1)),
        ("bytes=10-", .outside), ("bytes=99999999999999999999-", .outside), ("bytes=-0", .outside),
        ("bytes=4-2", .whole), ("bytes=", .whole), ("bytes=-", .whole), ("bytes=a-b", .whole), ("bytes=1-2-3", .whole),
        ("bytes=0-1,2-3", .whole), ("items=0-1", .whole), ("", .whole), ("bytes=--5", .whole),
    ])
    func `a range of ten bytes`(text: String, range: ByteRange) {
        #expect(ByteRange.parse(text, of: 10) == range)
    }

    @Test(arguments: [
        (Int64(0), "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400_000, "Tue, 29 Feb 2000 00:00:00 GMT"), (-1000, "Wed, 31 Dec 1969 23:59:59 GMT"),
    ])
    func `times in headers go both ways`(milliseconds: Int64, text: String) {
        let time = Timestamp(milliseconds: milliseconds)
        #expect(HTTPTime.text(of: time) == text)
        #expect(HTTPTime.parse(text) == time)
    }

    @Test(arguments: ["", "Sun, 06 Nov 1994", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT", "GMT"])
    func `what is no time is none`(text: String) {
        #expect(HTTPTime.parse(text) == nil)
    }

    @Test(arguments: [
        ("gzip", true), ("br, gzip", true), ("*", true), ("GZIP;q=0.1", true), ("gzip;q=0", false),
        ("gzip; q=0.000", false), ("deflate, br", false), ("", false), ("identity", false), (";;,q=", false),
    ])
    func `who takes gzip`(header: String, takes: Bool) {
        #expect(ContentCoding.takesGzip(header) == takes)
    }

    @Test(
        arguments: [
            ("a%20b", "a b"), ("a+b", "a b"), ("a%2Bb", "a+b"), ("a%2520b", "a%20b"), ("%C3%BC", "ü"), ("", ""),
            ("%", nil), ("%4", nil), ("%zz", nil), ("%ff", nil), ("%c3", nil), ("%+1", nil),
        ] as [(String, String?)])
    func `percent-encoding is undone once`(text: String, decoded: String?) {
        #expect(PercentDecoding.decode(text.utf8, plusIsSpace: true) == decoded)
    }

    @Test(arguments: [
        ("a,b", ["a", "b"]), ("*.{md,txt}, b ", ["*.{md,txt}", "b"]), ("", []), (" , ,", []), ("{a,b", ["{a,b"]),
        ("a}b,c", ["a}b", "c"]),
    ])
    func `lists in one text`(text: String, parts: [String]) {
        var values = FieldValues()
        values.set("include", .string(text))
        #expect(values.list("include") == parts)
    }

    @Test func `parameters of a header`() {
        let header = HeaderParameters(#"form-data; name="a;b"; FILENAME="c\"d\\e.md"; x=y ; broken; z"#)
        #expect(header.value == "form-data")
        #expect(header["name"] == "a;b")
        #expect(header["filename"] == #"c"d\e.md"#)
        #expect(header["x"] == "y")
        #expect(header["z"] == nil)
        #expect(HeaderParameters(#"a; name="C:\dir\file""#)["name"] == #"C:\dir\file"#)
        #expect(HeaderParameters(#"a; name="open"#)["name"] == "open")
    }

    @Test(arguments: [
        ("/a/b?c=d", ["a", "b"], "c=d"), ("/a/b/", ["a", "b"], ""), ("/", [], ""), ("", [], ""),
        ("/a//b", ["a", "", "b"], ""),
        ("http://host:1/a?b", ["a"], "b"), ("http://host", [], ""), ("/a#b?c", ["a"], ""), ("/a?b?c", ["a"], "b?c"),
    ])
    func `targets are taken apart`(text: String, segments: [String], query: String) {
        let target = RequestTarget(text)
        #expect(target.segments.map { String(Substring($0)) } == segments)
        #expect(String(Substring(target.query)) == query)
    }
}

@Suite(.inTurn) struct HostCheckTests {
    private static let check = HostCheck(names: ["Knowledge.example.com", "10.0.0.5"])

    @Test(
        arguments: [
            ("localhost", nil), ("localhost:1933", nil), ("LOCALHOST", nil), ("127.0.0.1:1933", nil),
            ("[::1]:1933", nil),
            ("knowledge.example.com", nil), ("knowledge.example.com.", nil), ("10.0.0.5:80", nil), (nil, nil),
            ("localhost:1933", "http://localhost:1933"), ("127.0.0.1:1933", "http://localhost:1933"),
            ("localhost:1933", "https://knowledge.example.com"),
            ("knowledge.example.com", "https://knowledge.example.com"),
        ] as [(String?, String?)])
    func `requests under a known name pass`(host: String?, origin: String?) {
        #expect(throws: Never.self) { try Self.check.check(host: host, origin: origin) }
    }

    @Test(
        arguments: [
            ("evil.example", nil), ("localhost.evil.example", nil), ("", nil), ("localhost:x", nil),
            ("localhost@evil", nil),
            ("127.0.0.2", nil), ("[::1", nil), ("localhost:1933", "http://evil.example"), ("localhost:1933", "null"),
            ("localhost:1933", "http://localhost:3000"), ("localhost:1933", "http://localhost"),
            ("localhost:1933", "file://"), ("localhost:1933", ""), (nil, "http://evil.example"),
        ] as [(String?, String?)])
    func `requests under another name, or from another site, do not`(host: String?, origin: String?) {
        let error = #expect(throws: OVError.self) { try Self.check.check(host: host, origin: origin) }
        #expect(error?.code == .permissionDenied)
    }
}

@Suite(.inTurn) struct RequestNumberingTests {
    @Test func `numbers are UUIDs, all different, in the order of the requests`() async {
        let numbering = RequestNumbering(random: SystemRandomSource())
        let mine = (0..<1000).map { _ in numbering.next() }
        #expect(mine == mine.sorted())
        #expect(
            mine.allSatisfy {
                $0.count == 36 && TaskID($0) != nil && Array($0)[14] == "4" && "89ab".contains(Array($0)[19])
            })
        let others = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<4 { group.addTask { (0..<1000).map { _ in numbering.next() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(mine + others).count == 5000)
    }

    @Test func `two servers name nothing alike`() {
        let (one, other) = (
            RequestNumbering(random: SystemRandomSource()), RequestNumbering(random: SystemRandomSource())
        )
        #expect(one.next().prefix(18) != other.next().prefix(18))
    }
}

@Suite(.inTurn) struct FrameworkLogTests {
    private struct Failure: Error {}

    @Test func `what is worth a line goes on to the log, without what the framework keeps for itself`() {
        let lines = Lines()
        var base = Logger(label: "test") { _ in Recorder(lines: lines) }
        base.logLevel = .debug
        var logger = Logger(label: "test") { [base] _ in FrameworkLog(base) }
        logger[metadataKey: "hb.request.id"] = "7"
        logger.debug("all that it does")
        logger.error("it broke", error: Failure(), metadata: ["where": "here"])
        #expect(lines.kept.withLock { $0 } == ["error it broke Failure() [where]"])
    }

    private final class Lines: Sendable {
        let kept = Mutex<[String]>([])
    }

    private struct Recorder: LogHandler {
        let lines: Lines
        var logLevel = Logger.Level.debug
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let keys = (event.metadata ?? [:]).merging(metadata) { $1 }.keys.sorted()
            let line = "\(event.level) \(event.message) \(event.error.map { "\($0)" } ?? "-") \(keys)"
            lines.kept.withLock { $0.append(line.replacing("\"", with: "")) }
        }
    }
}
