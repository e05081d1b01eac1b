// SPDX-License-Identifier: Apache-2.0

import OVIngest
import OVTestTraits
import Testing

/// Compares the words of real pages with those that a person would read in them, where such pages are.
@Suite(.inTurn, .enabled(if: SharedTestData.exists)) struct HTMLReadabilityTests {
    /// How often each word occurs.
    private typealias Words = [String: Int]

    @Test func keepsTheArticleAndNotMuchElse() throws {
        var scores: [Double] = []
        for name in try SharedTestData.files(in: "readability") where !name.contains(".") {
            let source = try SharedTestData.read("readability/\(name)/source.html")
            let expected = Self.words(ofPage: try SharedTestData.read("readability/\(name)/expected.html"))
            let converted = try #require(try HTMLPages.convert(source, at: "http://fakehost/test/page.html"))
            let actual = Self.words(ofMarkdown: converted.bytes)
            let common = expected.reduce(0) { $0 + min($1.value, actual[$1.key] ?? 0) }
            let (wanted, found) = (expected.values.reduce(0, +), actual.values.reduce(0, +))
            #expect(Double(common) >= 0.93 * Double(wanted), "\(name) lacks words of the article")
            scores.append(2 * Double(common) / Double(wanted + found))
        }
        #expect(!scores.isEmpty)
        #expect(scores.reduce(0, +) / Double(scores.count) > 0.955, "mean F1")
        print("readability: mean F1 \(scores.reduce(0, +) / Double(scores.count)) of \(scores.count) pages")
    }

    private static func words(_ text: [UInt8]) -> Words {
        var words: Words = [:]
        for word in text.split(whereSeparator: {
            !($0 >= 0x80 || $0 >= 48 && $0 <= 57 || $0 | 0x20 >= 97 && $0 | 0x20 <= 122)
        }) {
            words[String(decoding: word, as: UTF8.self).lowercased(), default: 0] += 1
        }
        return words
    }

    private static func words(ofPage page: [UInt8]) -> Words {
        var tokenizer = HTMLTokenizer(page)
        var text: [UInt8] = []
        while let token = tokenizer.next() {
            switch token {
            case .text(let bytes): text += bytes
            case .startTag(let tag), .endTag(let tag):
                if !["a", "b", "i", "em", "strong", "span", "code", "sup", "sub"].contains(tag.name) {
                    text.append(32)
                }
            case .comment, .doctype: break
            }
        }
        return words(text)
    }

    /// Without front matter, images and the addresses of links.
    private static func words(ofMarkdown markdown: [UInt8]) -> Words {
        var text = String(decoding: markdown, as: UTF8.self)[...]
        if text.hasPrefix("---\n"), let end = text.firstRange(of: "\n---\n") { text = text[end.upperBound...] }
        let plain = text.replacing(#/!\[[^\]]*\]\([^)]*\)/#, with: " ").replacing(#/\]\([^)\s]*\)/#, with: " ")
        return words(Array(String(plain).utf8))
    }
}
