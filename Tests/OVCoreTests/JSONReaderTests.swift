// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct JSONReaderTests {
    private static func parse(_ text: String) throws(JSONError) -> JSONValue {
        try JSONValue(parsing: Array(text.utf8))
    }

    static let valid: [(String, JSONValue)] = [
        ("null", .null), ("true", .bool(true)), ("false", .bool(false)), (" \t\r\n null \n", .null),
        ("0", .integer(0)), ("-0", .integer(0)), ("7", .integer(7)), ("-12", .integer(-12)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)),
        ("-9223372036854775809", .number(-9_223_372_036_854_775_808)),
        ("123456789012345678901234567890", .number(1.2345678901234568e29)),
        ("1.0", .number(1)), ("-0.0", .number(-0.0)), ("1.5", .number(1.5)), ("1e3", .number(1000)),
        ("1E+3", .number(1000)), ("25e-1", .number(2.5)), ("1e308", .number(1e308)), ("1e-400", .number(0)),
        ("1e00000000000000000001", .number(10)), ("4.9e-324", .number(.leastNonzeroMagnitude)),
        (#""""#, .string("")), (#""a b""#, .string("a b")), (#""é日🦉""#, .string("é日🦉")),
        ("\"\u{7F}\"", .string("\u{7F}")),
        (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")), (#""\u0041\u00e9\u65E5""#, .string("Aé日")),
        (#""\u0000""#, .string("\u{0}")), (#""\ud83e\udd89""#, .string("🦉")),
        (#""\uDBFF\uDFFF""#, .string("\u{10FFFF}")),
        // A surrogate alone is replaced, and what stands behind it is kept.
        (#""\ud83e""#, .string("\u{FFFD}")), (#""\udd89x""#, .string("\u{FFFD}x")),
        (#""\ud83e\u0041""#, .string("\u{FFFD}A")), (#""\ud83e\ud83e\udd89""#, .string("\u{FFFD}🦉")),
        (#""\ud83e\n""#, .string("\u{FFFD}\n")),
        ("[]", .array([])), ("[ ]", .array([])),
        ("[1,[2],{}]", .array([.integer(1), .array([.integer(2)]), .object([])])),
        ("{}", .object([])), (#"{"":0}"#, .object([("", .integer(0))])),
        (#" { "b" : 1 , "a" : [ null ] } "#, .object([("b", .integer(1)), ("a", .array([.null]))])),
    ]

    @Test("Every JSON text has its value", arguments: valid)
    func reads(text: String, value: JSONValue) throws {
        #expect(try Self.parse(text) == value)
    }

    @Test(
        "Whatever is no JSON text is refused, with the byte at which it goes wrong",
        arguments: [
            ("", 0), (" ", 1), ("nul", 0), ("nulll", 4), ("True", 0), ("NaN", 0), ("Infinity", 0), ("-", 1), ("+1", 0),
            ("01", 2), ("-01", 3), ("1.", 2), (".5", 0), ("1e", 2), ("1e+", 3), ("0x10", 1), ("1_000", 1), ("--1", 1),
            ("1e400", 5), ("-1e400", 6), ("1 2", 2), ("[", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,]", 1),
            ("[1 2]", 3),
            ("]", 0), ("{", 1), ("{a:1}", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1,}"#, 7), (#"{"a" 1}"#, 5),
            ("{1:1}", 1), ("[1}", 2), (#"{"a":1]"#, 6), (#"""#, 1), (#""\""#, 3), (#""\x""#, 3), (#""\u12""#, 3),
            (#""\u12g4""#, 5), (#""\ud83e\u12""#, 9), ("\"a\nb\"", 2), ("\"\u{0}\"", 1), (#""\n"# + "\u{1}\"", 4),
            ("'a'", 0), ("[1] // note", 4), ("/**/1", 0), ("\u{FEFF}1", 0), ("[1]]", 3), ("\u{A0}1", 0),
        ])
    func refuses(text: String, offset: Int) throws {
        let error = try #require(throws: JSONError.self) { try Self.parse(text) }
        #expect(error.offset == offset, "\(error)")
        #expect(error.description.contains("at byte \(error.offset)"))
    }

    @Test(
        "Bytes that are not UTF-8 are refused",
        arguments: [[0xFF], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]]
            as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [34] + bytes + [34]) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: [34, 92, 110] + bytes + [34]) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
    }

    @Test(
        "128 levels are read and a hundred thousand cannot exhaust the stack",
        arguments: [("[", "]"), (#"{"a":"#, "}")])
    func depth(open: String, close: String) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: open, count: depth - 1) + (open == "[" ? "[]" : "{}")
                + String(repeating: close, count: depth - 1)
        }
        _ = try Self.parse(nested(128))
        let error = try #require(throws: JSONError.self) { try Self.parse(nested(129)) }
        #expect(error.reason.contains("128"))
        #expect(throws: JSONError.self) { try Self.parse(nested(100_000)) }
    }

    @Test("Siblings do not count as depth")
    func breadth() throws {
        let text = "[" + String(repeating: "[[]],", count: 1000) + "0]"
        #expect(try Self.parse(text).array?.count == 1001)
    }

    static let sample = #"{"a":[1,-2.5e3,"x\u00e9\ud83e\udd89\n",null,true,false,{}],"é":{"b":[[]]}}"#

    @Test("A text that is cut off at any byte is refused")
    func truncated() throws {
        let bytes = Array(Self.sample.utf8)
        _ = try JSONValue(parsing: bytes)
        for count in 0..<bytes.count {
            #expect(throws: JSONError.self, "cut at \(count)") { try JSONValue(parsing: Array(bytes[..<count])) }
        }
    }

    @Test("A reader of a part of a buffer sees nothing behind its end")
    func bounded() throws {
        let bytes = Array("[12345]true".utf8)
        for end in 1..<7 {
            var reader = JSONReader(bytes, in: 0..<end)
            #expect(throws: JSONError.self, "ends at \(end)") { try reader.value() }
        }
        var reader = JSONReader(bytes, in: 1..<4)
        let part = try reader.integer()
        #expect(part == 123)
        try reader.finish()
        var literal = JSONReader(bytes, in: 7..<10)
        #expect(throws: JSONError.self) { try literal.bool() }
    }

    @Test("What means something in a string is seen wherever it stands", arguments: 0..<20)
    func specialBytes(offset: Int) throws {
        let plain = String(repeating: "x", count: offset)
        for tail in ["", "yyyyyyyyyyyyyyyy"] {
            #expect(try Self.parse("\"\(plain)\u{E9}\(tail)\"") == .string("\(plain)\u{E9}\(tail)"))
            #expect(try Self.parse("\"\(plain)\\n\(tail)\"") == .string("\(plain)\n\(tail)"))
            #expect(throws: JSONError.self) { try Self.parse("\"\(plain)\n\(tail)\"") }
            #expect(throws: JSONError.self) { try Self.parse("\"\(plain)\u{1F}\(tail)\"") }
            #expect(throws: JSONError.self) { try Self.parse("\"\(plain)\(tail)") }
            #expect(throws: JSONError.self) { try JSONValue(parsing: Array("\"\(plain)".utf8) + [0xFF, 34]) }
            let pair = Array("\"\(plain)\(tail)\"1".utf8)
            var reader = JSONReader(pair, in: 0..<pair.count - 2)
            #expect(throws: JSONError.self, "its end is behind the part") { try reader.string() }
        }
        #expect(try Self.parse("[\"\(plain)\",1]") == .array([.string(plain), .integer(1)]))
    }

    @Test("Times and identities are read from strings, escaped ones too, and what is none is quoted")
    func plainValues() throws {
        let text =
            #"["2026-08-22T09:30:00.000Z","2026-08-22T09:30:00.00\u0030Z",""#
            + #"7f02e980-8df9-4f27-a570-000000000001","7F02E980-8df9-4f27-a570-00000000000\u0031","x\ty",5]"#
        var reader = JSONReader(Array(text.utf8))
        var (times, ids): ([Timestamp], [TaskID]) = ([], [])
        try reader.array { reader throws(JSONError) in
            if times.count < 2 {
                times.append(try reader.timestamp())
            } else if ids.count < 2 {
                ids.append(try reader.taskID())
            } else {
                var other = reader
                #expect(throws: JSONError.self) { try other.taskID() }
                let error = #expect(throws: JSONError.self) { try reader.timestamp() }
                #expect(["malformed time: 'x\ty'", "expected '\"'"].contains(error?.reason))
                _ = try? reader.integer()
            }
        }
        try reader.finish()
        #expect(times == [Timestamp("2026-08-22T09:30:00.000Z"), Timestamp("2026-08-22T09:30:00.000Z")])
        #expect(ids[0] == ids[1])
    }

    @Test("Changing any byte gives a value or an error, never a crash", arguments: 0..<100 as Range<UInt64>)
    func mutated(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var (bytes, refused) = (Array(Self.sample.utf8), 0)
        for _ in 0..<50 {
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            if (try? JSONValue(parsing: bytes)) == nil { refused += 1 }
        }
        #expect(refused > 0)
    }

    @Test("The pull interface reads what a schema asks for and names what it found wanting")
    func pulls() throws {
        var reader = JSONReader(Array(#"{"n":3,"d":4,"b":true,"s":"x","z":null,"rest":[1,{"a":2}],"list":[5,6]}"#.utf8))
        var seen: [JSONValue] = []
        try reader.object { name, reader throws(JSONError) in
            switch name {
            case "n": seen.append(.integer(try reader.integer()))
            case "d": seen.append(.number(try reader.double()))
            case "b": seen.append(.bool(try reader.bool()))
            case "s": seen.append(.string(try reader.string()))
            case "z": seen.append(.bool(reader.skipNull()))
            case "list": try reader.array { reader throws(JSONError) in seen.append(.integer(try reader.integer())) }
            default: try reader.skip()
            }
        }
        try reader.finish()
        #expect(
            seen == [
                .integer(3), .number(4), .bool(true), .string("x"), .bool(true), .integer(5), .integer(6),
            ])
        var fraction = JSONReader(Array("1.5".utf8))
        #expect(throws: JSONError.self) { try fraction.integer() }
        var text = JSONReader(Array(#""1""#.utf8))
        #expect(throws: JSONError.self) { try text.double() }
        var word = JSONReader(Array("nil".utf8))
        let isNull = word.skipNull()
        #expect(!isNull)
    }

    @Test("Members are found by name, the last one of two, and values by their type")
    func lookUp() throws {
        let value = try Self.parse(#"{"a":1,"b":"x","a":2.5,"c":[true]}"#)
        #expect(value["a"]?.double == 2.5)
        #expect(value["a"]?.integer == nil)
        #expect(value["b"]?.string == "x")
        #expect(value["c"]?.array?.first?.bool == true)
        #expect(value["d"] == nil)
        #expect(JSONValue.null["a"] == nil)
        #expect(JSONValue.integer(2).double == 2)
        #expect(JSONValue.string("2").double == nil && JSONValue.bool(true).integer == nil)
    }
}
