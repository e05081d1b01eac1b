// SPDX-License-Identifier: Apache-2.0

import OVIngest
import OVTestTraits
import Testing

@Suite(.inTurn) struct XMLHostileTests {
    private static let sample = """
        <?xml version="1.0" encoding="UTF-8"?><!DOCTYPE a [<!ENTITY b "c">]>
        <a xmlns="u" xmlns:p='v'><!-- x --><p:b c="d&amp;e" p:f='é'>g &#x20AC; h</p:b><![CDATA[<i>]]><?j k?><l/></a>
        """

    @Test func bringsNoEntityToLife() {
        let laughs = (1...9).map { "<!ENTITY l\($0) '\(String(repeating: "&l\($0 - 1);", count: 10))'>" }
        let document = "<!DOCTYPE a [<!ENTITY l0 'ha'>\(laughs.joined())]><a>&l9;</a>"
        #expect(xmlEvents(of: document).hasSuffix("! undefinedEntity \(document.utf8.count - 8)"))
        #expect(xmlEvents(of: document, mode: .lenient) == "<a>\n&l9;\n</a>")
        let file = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"
        #expect(xmlEvents(of: file, mode: .lenient) == "<a>\n&x;\n</a>")
    }

    @Test(arguments: [XMLReader.Mode.strict, .lenient])
    func endsWhereItIsCut(_ mode: XMLReader.Mode) {
        let bytes = Array(Self.sample.utf8)
        for length in 0..<bytes.count {
            let result = xmlEvents(of: Array(bytes[..<length]), mode: mode)
            if mode == .strict { #expect(result.contains("! "), "cut at \(length): \(result)") }
        }
    }

    @Test(arguments: [XMLReader.Mode.strict, .lenient])
    func survivesChangedBytes(_ mode: XMLReader.Mode) {
        var generator = SeededGenerator(seed: 7)
        let bytes = Array(Self.sample.utf8)
        for _ in 0..<5000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<changed.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: changed[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: changed.remove(at: place)
                default: changed.insert(Array("<>&\"'/!?[]=:; ".utf8).randomElement(using: &generator) ?? 0, at: place)
                }
            }
            _ = xmlEvents(of: changed, mode: mode)
        }
    }

    @Test func readsAMillionNestedElements() throws {
        let count = 1_000_000
        let document = [UInt8]([[UInt8]](repeating: Array("<a>".utf8), count: count).joined())
        #expect(xmlEvents(of: document).hasSuffix("! limitExceeded 30003"))
        var limits = XMLLimits()
        limits.depth = count
        var reader = try XMLReader(document, mode: .lenient, limits: limits)
        var ends = 0
        while let event = try reader.next() { if case .end = event { ends += 1 } }
        #expect(ends == count)
    }

    @Test func staysLinearWithEndTagsOfNothing() throws {
        var limits = XMLLimits()
        limits.depth = 200_000
        let text = String(repeating: "<a>", count: 200_000) + String(repeating: "</b>", count: 500_000)
        var reader = try XMLReader(Array(text.utf8), mode: .lenient, limits: limits)
        while try reader.next() != nil {}
        #expect(reader.depth == 0)
    }

    /// Documents that each go beyond one limit; by name, so that no test is called by its whole document.
    private static let excesses = [
        "attributes": "<a \((0..<600).map { "x\($0)='1'" }.joined(separator: " "))/>",
        "name": "<\(String(repeating: "a", count: 2000))/>",
        "names": "<a>\((0..<100_001).map { "<b\($0)/>" }.joined())</a>",
        "namespaces": "<a>\((0..<10_001).map { "<b xmlns='u\($0)'/>" }.joined())</a>",
        "namespace": "<a xmlns='\(String(repeating: "a", count: 2000))'/>",
    ]

    @Test(arguments: excesses.keys.sorted())
    func keepsToItsLimits(_ name: String) {
        for mode in [XMLReader.Mode.strict, .lenient] {
            let events = xmlEvents(of: Self.excesses[name] ?? "", mode: mode)
            #expect(events.split(separator: "\n").last?.hasPrefix("! limitExceeded") == true)
        }
    }

    @Test func throwsTheSameAgain() throws {
        var reader = try XMLReader(Array("<a></b>".utf8))
        _ = try reader.next()
        for _ in 0..<3 { #expect(throws: XMLError.self) { _ = try reader.next() } }
    }
}

@Suite(.inTurn) struct XMLEncodingTests {
    private static let expected = "<a x=é>\n€é\n</a>"

    private static func utf16(_ text: String, bigEndian: Bool, mark: Bool) -> [UInt8] {
        let units = (mark ? [0xFEFF] : []) + Array(text.utf16)
        return units.flatMap { bigEndian ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0 & 255), UInt8($0 >> 8)] }
    }

    @Test(arguments: [true, false], [true, false])
    func readsUTF16(_ bigEndian: Bool, _ mark: Bool) {
        let document = Self.utf16(
            "<?xml version='1.0' encoding='UTF-16'?><a x='é'>€é</a>", bigEndian: bigEndian, mark: mark)
        #expect(xmlEvents(of: document) == Self.expected)
    }

    @Test func readsMarksDeclarationsAndWhatIsGiven() {
        let text = Array("<a x='é'>€é</a>".utf8)
        #expect(xmlEvents(of: [0xEF, 0xBB, 0xBF] + text) == Self.expected)
        #expect(xmlEvents(of: [0xEF, 0xBB, 0xBF] + Array("<?xml version='1.0'?>".utf8) + text) == Self.expected)
        let windows = Array("<a x='".utf8) + [0xE9] + Array("'>".utf8) + [0x80, 0xE9] + Array("</a>".utf8)
        let declaration = Array("<?xml version='1.0' encoding='windows-1252'?>".utf8)
        #expect(xmlEvents(of: declaration + windows) == Self.expected)
        #expect(xmlEvents(of: windows, charset: "windows-1252") == Self.expected)
        #expect(xmlEvents(of: windows) == "! encoding 6")
        #expect(xmlEvents(of: windows, mode: .lenient) == Self.expected)
        #expect(xmlEvents(of: windows, charset: "utf-8", mode: .lenient) == "<a x=\u{FFFD}>\n\u{FFFD}\u{FFFD}\n</a>")
        #expect(xmlEvents(of: text, charset: "klingon") == "! encoding 0")
    }
}
