// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestTraits
import Testing

/// Runs the html5lib tokenizer tests, where they are. Its README has their format.
@Suite(.inTurn, .enabled(if: SharedTestData.exists)) struct HTMLTokenizerConformanceTests {
    @Test(arguments: try SharedTestData.files(in: "html5lib-tokenizer", withSuffix: ".test"))
    func followsTheStandard(_ file: String) throws {
        let json = try JSONValue(parsing: SharedTestData.read("html5lib-tokenizer/" + file))
        let tests = try #require((json["tests"] ?? json["xmlViolationTests"])?.array)
        let isXML = json["xmlViolationTests"] != nil
        var (runs, passed) = (0, 0)
        for test in tests {
            let isEscaped = test["doubleEscaped"]?.bool == true
            let text = try #require(test["input"]?.string)
            let input = isEscaped ? Self.unescaped(text) : text
            // Old tests have errors among the tokens; which errors a page has is not reported.
            let output = try #require(test["output"]?.array).filter { $0.string != "ParseError" }
            let expected = Self.coalesced(output.map { Self.expected($0, isEscaped: isEscaped) })
            for name in test["initialStates"]?.array?.compactMap(\.string) ?? ["Data state"] {
                let state = try #require(Self.states[name])
                var actual = Self.tokens(input, state, test["lastStartTag"]?.string ?? "")
                if isXML { actual = actual.map(Self.coerced) }
                let what = Comment(rawValue: test["description"]?.string ?? input)
                #expect(actual == expected, what)
                (runs, passed) = (runs + 1, passed + (actual == expected ? 1 : 0))
            }
        }
        #expect(runs > 0)
        print("\(file): \(passed) of \(runs) pass")
    }

    /// What the standard has done to tokens that are to become XML (§13.2.9), which some tests are about.
    private static func coerced(_ token: Token) -> Token {
        switch token {
        case .text(let text):
            return .text(
                String(
                    String.UnicodeScalarView(
                        text.unicodeScalars.map { $0 == "\u{C}" ? " " : $0 == "\u{FFFF}" ? "\u{FFFD}" : $0 })))
        case .comment(let text): return .comment(text.replacing("--", with: "- -"))
        default: return token
        }
    }

    private static let states: [String: HTMLTokenizer.State] = [
        "Data state": .data, "RCDATA state": .rcdata, "RAWTEXT state": .rawText, "Script data state": .scriptData,
        "PLAINTEXT state": .plainText, "CDATA section state": .cdata,
    ]

    /// A token as the tests write it.
    private enum Token: Hashable {
        case text(String)
        case start(String, [String: String], isSelfClosing: Bool)
        case end(String)
        case comment(String)
        case doctype(name: String?, publicID: String?, systemID: String?, isRight: Bool)
        case unknown
    }

    private static func tokens(_ input: String, _ state: HTMLTokenizer.State, _ lastStartTag: String) -> [Token] {
        var tokenizer = HTMLTokenizer(Array(input.utf8), state: state, lastStartTag: lastStartTag)
        var tokens: [Token] = []
        while let token = tokenizer.next() {
            switch token {
            case .text(let bytes): tokens.append(.text(String(decoding: bytes, as: UTF8.self)))
            case .startTag(let tag):
                let pairs = tag.attributes.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }
                tokens.append(
                    .start(tag.name, Dictionary(uniqueKeysWithValues: pairs), isSelfClosing: tag.isSelfClosing))
            case .endTag(let tag): tokens.append(.end(tag.name))
            case .comment(let bytes): tokens.append(.comment(String(decoding: bytes, as: UTF8.self)))
            case .doctype(let doctype):
                tokens.append(
                    .doctype(
                        name: doctype.name, publicID: doctype.publicID, systemID: doctype.systemID,
                        isRight: !doctype.forcesQuirks))
            }
        }
        return coalesced(tokens)
    }

    private static func coalesced(_ tokens: [Token]) -> [Token] {
        tokens.reduce(into: []) { tokens, token in
            if case .text(let text) = token, case .text(let before)? = tokens.last {
                tokens[tokens.count - 1] = .text(before + text)
            } else {
                tokens.append(token)
            }
        }
    }

    private static func expected(_ token: JSONValue, isEscaped: Bool) -> Token {
        let items = token.array ?? []
        func text(_ index: Int) -> String? {
            guard index < items.count, let text = items[index].string else { return nil }
            return isEscaped ? unescaped(text) : text
        }
        switch text(0) {
        case "Character": return .text(text(1) ?? "")
        case "Comment": return .comment(text(1) ?? "")
        case "EndTag": return .end(text(1) ?? "")
        case "DOCTYPE":
            return .doctype(
                name: text(1), publicID: text(2), systemID: text(3), isRight: items.last?.bool ?? false)
        case "StartTag":
            guard items.count > 2, case .object(let members) = items[2] else { return .unknown }
            let pairs = members.map { ($0.name, isEscaped ? unescaped($0.value.string ?? "") : $0.value.string ?? "") }
            return .start(
                text(1) ?? "", Dictionary(uniqueKeysWithValues: pairs), isSelfClosing: items.count > 3)
        default: return .unknown
        }
    }

    /// The further round of `\uHHHH` that some tests need.
    private static func unescaped(_ text: String) -> String {
        var units: [UInt16] = []
        var rest = text.utf16[...]
        while let unit = rest.first {
            let digits = rest.dropFirst(2).prefix(4)
            if unit == 92, rest.dropFirst().first == 117, digits.count == 4,
                let value = UInt16(String(decoding: digits, as: UTF16.self), radix: 16)
            {
                units.append(value)
                rest = rest.dropFirst(6)
            } else {
                units.append(unit)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: units, as: UTF16.self)
    }
}
