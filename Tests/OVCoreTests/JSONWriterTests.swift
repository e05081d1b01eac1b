// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct JSONWriterTests {
    private static func random(_ random: inout SplitMix64, depth: Int = 0) -> JSONValue {
        switch Int.random(in: 0...(depth < 5 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0...63, using: &random))
        case 3:
            let value = Double(bitPattern: random.next())
            return .number(value.isFinite ? value : 0.5)
        case 4, 5: return .string(text(&random))
        case 6:
            return .array(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in Self.random(&random, depth: depth + 1) })
        default:
            return .object(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    (text(&random), Self.random(&random, depth: depth + 1))
                })
        }
    }

    private static func text(_ random: inout SplitMix64) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let limit: UInt32 = Bool.random(using: &random) ? 0x80 : 0x110000
            scalars.append(Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) ?? "\u{FFFD}")
        }
        return String(scalars)
    }

    @Test("Any value is read back as it was written, on one line or indented", arguments: 0..<300 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let value = Self.random(&generator)
        for indented in [false, true] {
            let text = JSONWriter.text(of: value, indented: indented)
            let read = try JSONValue(parsing: Array(text.utf8))
            // Whole floating-point numbers are written without a fraction only where they stay numbers.
            #expect(Self.isSame(read, value), "\(text)")
            #expect(indented || !text.contains("\n"), "one line")
        }
    }

    /// Equal byte by byte in strings, where `==` would take canonical equivalents for equal.
    private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.number(let left), .number(let right)): left.bitPattern == right.bitPattern
        case (.array(let left), .array(let right)): left.count == right.count && zip(left, right).allSatisfy(isSame)
        case (.object(let left), .object(let right)):
            left.count == right.count
                && zip(left, right).allSatisfy {
                    $0.name.utf8.elementsEqual($1.name.utf8) && isSame($0.value, $1.value)
                }
        default: left == right
        }
    }

    @Test(
        "Strings are escaped where RFC 8259 asks for it and nowhere else",
        arguments: [
            ("", #""""#), ("a/b", #""a/b""#), ("\"\\", #""\"\\""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
            ("\u{0}\u{1F}\u{B}", #""\u0000\u001f\u000b""#), ("é🦉\u{7F}\u{2028}", "\"é🦉\u{7F}\u{2028}\""),
        ])
    func strings(value: String, text: String) {
        #expect(JSONWriter.text(of: value) == text)
    }

    @Test("Numbers keep their value, and what JSON cannot say is null")
    func numbers() {
        #expect(JSONWriter.text(of: 30.0) == "30.0")
        #expect(JSONWriter.text(of: 1e-9) == "1e-09")
        #expect(JSONWriter.text(of: 0.1) == "0.1")
        #expect(JSONWriter.text(of: Int.min) == "-9223372036854775808")
        for value in [Double.nan, .infinity, -.infinity] {
            #expect(JSONWriter.text(of: value) == "null")
        }
    }

    private static let sample = JSONValue.object([
        ("name", .string("docs")), ("empty", .object([])), ("none", .array([])), ("n", .integer(1)),
        ("list", .array([.integer(1), .array([.bool(true), .null]), .object([("a", .number(0.5))])])),
    ])

    @Test("Indented text has one member per line and two blanks per level")
    func indented() {
        let expected = """
            {
              "name": "docs",
              "empty": {},
              "none": [],
              "n": 1,
              "list": [
                1,
                [
                  true,
                  null
                ],
                {
                  "a": 0.5
                }
              ]
            }
            """
        #expect(JSONWriter.text(of: Self.sample, indented: true) == expected)
    }

    @Test("One line has no blanks")
    func compact() {
        let expected = #"{"name":"docs","empty":{},"none":[],"n":1,"list":[1,[true,null],{"a":0.5}]}"#
        #expect(JSONWriter.text(of: Self.sample) == expected)
    }

    @Test("Members are written by name, optional ones as null or not at all")
    func members() {
        var json = JSONWriter()
        json.object { json in
            json.member("s", "x")
            json.member("b", true)
            json.member("i", 3)
            json.member("d", 1.5)
            json.member("t", Timestamp(milliseconds: 0))
            json.member("l", ["a", "b"])
            json.member("null", orNull: String?.none)
            json.member("some", orNull: "y")
            json.member("left out", ifAny: String?.none)
            json.member("put in", ifAny: "z")
            json.name("raw")
            json.raw("[1]".utf8)
        }
        let text = String(decoding: json.bytes, as: UTF8.self)
        let head = #"{"s":"x","b":true,"i":3,"d":1.5,"t":"1970-01-01T00:00:00.000Z","l":["a","b"],"#
        #expect(text == head + #""null":null,"some":"y","put in":"z","raw":[1]}"#)
    }

    @Test("A large array is the same text whoever makes its blocks", arguments: [0, 1, 256, 257, 2000], [false, true])
    func blocks(count: Int, indented: Bool) {
        let list = Listing(elements: (0..<count).map { .object([("n", .integer(Int64($0))), ("e", .array([]))]) })
        var text: [UInt8] = []
        // The last block first, as threads may have it.
        var json = JSONWriter(
            indented: indented,
            makeInOrder: { count, make, take in
                var blocks = [[UInt8]](repeating: [], count: count)
                for number in blocks.indices.reversed() { make(number, &blocks[number]) }
                for block in blocks { take(block) }
            }, drainingTo: { text += $0 })
        list.write(to: &json)
        text += json.bytes
        #expect(String(decoding: text, as: UTF8.self) == JSONWriter.text(of: list, indented: indented))
    }

    private struct Listing: JSONWritable {
        let elements: [JSONValue]

        func write(to json: inout JSONWriter) {
            json.object { json in
                json.member("total", elements.count)
                json.name("elements")
                json.array(of: elements)
                json.member("more", false)
            }
        }
    }

    @Test("One writer writes many documents, a line each")
    func lines() {
        var json = JSONWriter()
        for number in 1...2 {
            json.object { $0.member("n", number) }
            json.newline()
        }
        #expect(String(decoding: json.bytes, as: UTF8.self) == "{\"n\":1}\n{\"n\":2}\n")
    }
}
