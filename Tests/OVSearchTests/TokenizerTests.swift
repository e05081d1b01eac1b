// SPDX-License-Identifier: Apache-2.0

import OVTestTraits
import Testing

@testable import OVSearch

@Suite(.inTurn) struct TokenizerTests {
    private static func words(_ text: String) -> [String] {
        var tokenizer = Tokenizer()
        var words: [String] = []
        Array(text.utf8).withUnsafeBufferPointer { buffer in
            _ = tokenizer.read(buffer) { words.append("\($0.position):" + String(decoding: $0.bytes, as: UTF8.self)) }
        }
        return words
    }

    @Test(
        "Text becomes folded words with their places",
        arguments: [
            ("Hello, World!", ["0:hello", "1:world"]),
            ("Größe ÉTÉ naïve", ["0:grosse", "1:ete", "2:naive"]),
            ("ΣΊΣΥΦΟΣ", ["0:σισυφοσ"]),
            ("ﬁn ｗｉｄｅ", ["0:fin", "1:wide"]),
            ("x\u{0301}y", ["0:xy"]),
            ("soft\u{AD}hyphen", ["0:softhyphen"]),
            ("", []), (" \n\t", []), ("--- *** ...", []),
            ("well-known a/b", ["0:well", "1:known", "2:a", "3:b"]),
            ("3.14 1,000", ["0:3.14", "0:3", "1:14", "2:1,000", "2:1", "3:000"]),
            ("end. Next", ["0:end", "1:next"]), ("end.", ["0:end"]), ("end.\"", ["0:end"]),
            ("a-b,c:d/e`f{g~", ["0:a", "1:b", "2:c", "3:d", "4:e", "5:f", "6:g"]),
            ("caf\u{E9} e\u{301}t", ["0:cafe", "1:et"]), ("w\u{2026}x", ["0:w", "1:x"]),
            ("привет мир", ["0:привет", "1:мир"]),
        ])
    func folds(text: String, expected: [String]) { #expect(Self.words(text) == expected) }

    @Test(
        "Identifiers are given whole and part by part",
        arguments: [
            ("parseHTTPHeader", ["0:parsehttpheader", "0:parse", "1:http", "2:header"]),
            ("snake_case_name", ["0:snake_case_name", "0:snake", "1:case", "2:name"]),
            ("a.b.c", ["0:a.b.c", "0:a", "1:b", "2:c"]),
            ("__init__", ["0:init"]),
            ("utf8", ["0:utf8", "0:utf", "1:8"]),
            ("don't it’s", ["0:don't", "0:don", "1:it's", "1:it"]),
            ("O'Neill", ["0:o'neill", "0:o", "1:neill"]),
            ("ab.c", ["0:ab.c", "0:ab", "1:c"]), ("ab.1", ["0:ab.1", "0:ab", "1:1"]), ("ab_", ["0:ab"]),
            ("Ab\u{2019}c", ["0:ab'c", "0:ab"]), ("I", ["0:i"]), ("A b", ["0:a", "1:b"]),
            ("HTML", ["0:html"]), ("Hello", ["0:hello"]), ("iPhone", ["0:iphone", "0:i", "1:phone"]),
        ])
    func identifiers(text: String, expected: [String]) { #expect(Self.words(text) == expected) }

    @Test("What looks like a code and not like an identifier stays whole")
    func codes() {
        let code = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"
        #expect(Self.words(code) == ["0:" + code])
    }

    @Test(
        "Scripts without blanks are given as pairs",
        arguments: [
            ("東京都", ["0:東京", "1:京都", "2:都"]), ("猫", ["0:猫"]), ("日本go", ["0:日本", "1:本", "2:go"]),
            ("안녕", ["0:안녕", "1:녕"]),
        ])
    func dense(text: String, expected: [String]) { #expect(Self.words(text) == expected) }

    @Test("Bytes that are no UTF-8 separate words, and very long words are cut")
    func hostile() {
        var tokenizer = Tokenizer()
        var words: [[UInt8]] = []
        let text: [UInt8] = [0x61, 0xFF, 0x62, 0xC3, 0x28, 0xE2, 0x82]
        text.withUnsafeBufferPointer { buffer in _ = tokenizer.read(buffer) { words.append(Array($0.bytes)) } }
        #expect(words == [[0x61], [0x62]])
        words = []
        [UInt8](repeating: 0x61, count: 1 << 20).withUnsafeBufferPointer { buffer in
            _ = tokenizer.read(buffer) { words.append(Array($0.bytes)) }
        }
        #expect(words.map(\.count) == [Tokenizer.maximumWordLength])
    }

    @Test("A small word as long as may be is whole, one longer is cut", arguments: [95, 96, 97])
    func limit(length: Int) {
        var tokenizer = Tokenizer()
        var found: [[Int]] = []
        ([UInt8](repeating: 0x61, count: length) + [32]).withUnsafeBufferPointer { buffer in
            _ = tokenizer.read(buffer) { found.append([$0.bytes.count, $0.range.count, $0.isCut ? 1 : 0]) }
        }
        #expect(found == [[min(length, Tokenizer.maximumWordLength), length, length > 96 ? 1 : 0]])
    }

    @Test(
        "English words have the stems of Porter2",
        arguments: [
            ("caresses", "caress"), ("flies", "fli"), ("dies", "die"), ("mules", "mule"), ("denied", "deni"),
            ("agreed", "agre"), ("owned", "own"), ("humbled", "humbl"), ("sized", "size"), ("meeting", "meet"),
            ("stating", "state"), ("itemization", "item"), ("sensational", "sensat"), ("traditional", "tradit"),
            ("reference", "refer"), ("colonizer", "colon"), ("plotted", "plot"), ("connections", "connect"),
            ("connected", "connect"), ("happiness", "happi"), ("generalizations", "general"), ("running", "run"),
            ("skies", "sky"), ("news", "news"), ("succeed", "succeed"), ("hopping", "hop"), ("hoping", "hope"),
            ("cry", "cri"), ("by", "by"), ("say", "say"), ("consign", "consign"), ("consistency", "consist"),
            ("knightly", "knight"), ("größer", "größer"), ("utf8", "utf8"),
        ])
    func stems(word: String, stem: String) {
        #expect(String(decoding: EnglishStemmer.stem(Array(word.utf8)), as: UTF8.self) == stem)
    }
}
