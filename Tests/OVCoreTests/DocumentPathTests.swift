// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct DocumentPathTests {
    /// Raw bytes, the path they give (nil: none), whether it says the same.
    static let paths: [([UInt8], String?, Bool)] = [
        (Array("a".utf8), "a", true),
        (Array("docs/Guide 1.md".utf8), "docs/Guide 1.md", true),
        (Array("caf\u{E9}/日本.md".utf8), "caf\u{E9}/日本.md", true),
        (Array("cafe\u{301}.md".utf8), "caf\u{E9}.md", true),
        (Array("...".utf8), "...", true),
        (Array("a/\u{301}b".utf8), "a/\u{301}b", true),
        ([97, 0xFF, 98], "a%FFb", false),
        ([0xC3], "%C3", false),
        ([0xC3, 0x28], "%C3(", false),
        ([0xE2, 0x82], "%E2%82", false),
        ([0xED, 0xA0, 0x80], "%ED%A0%80", false),
        ([0xC0, 0xAF], "%C0%AF", false),
        ([0xC3, 0xA9, 0xFF, 0xC3, 0xA9], "é%FFé", false),
        (Array("a\nb".utf8), "a%0Ab", false),
        (Array("a\u{0}".utf8), "a%00", false),
        (Array("a\u{7F}".utf8), "a%7F", false),
        (Array("a\u{85}".utf8), "a%C2%85", false),
        (Array("~".utf8), "%7E", false),
        (Array("a/~/b".utf8), "a/%7E/b", false),
        (Array("~a/b~".utf8), "~a/b~", true),
        (Array("".utf8), nil, true),
        (Array("/".utf8), nil, true),
        (Array("/etc/passwd".utf8), nil, true),
        (Array("a/".utf8), nil, true),
        (Array("a//b".utf8), nil, true),
        (Array("./a".utf8), nil, true),
        (Array("../a".utf8), nil, true),
        (Array("a/../../b".utf8), nil, true),
        (Array("..".utf8), nil, true),
        (Array("../\u{301}a".utf8), nil, true),
        (Array("a/..".utf8) + [0x2F, 0xCC, 0x81], nil, true),
    ]

    @Test("Every file has a path and no path leads out of its resource", arguments: paths)
    func canonical(bytes: [UInt8], expected: String?, isExact: Bool) {
        let result = DocumentPath.canonical(bytes)
        #expect(result.map { Array($0.path.utf8) } == expected.map { Array($0.utf8) })
        if let result { #expect(result.isExact == isExact) }
    }

    @Test("A path is at most as long as an address, escapes counted")
    func length() {
        #expect(DocumentPath.canonical([UInt8](repeating: 97, count: 2048)) != nil)
        #expect(DocumentPath.canonical([UInt8](repeating: 97, count: 2049)) == nil)
        #expect(DocumentPath.canonical([UInt8](repeating: 0xFF, count: 682)) != nil)
        #expect(DocumentPath.canonical([UInt8](repeating: 0xFF, count: 683)) == nil)
        #expect(DocumentPath.canonical([UInt8](repeating: 0xFF, count: 50_000_000)) == nil)
    }

    @Test("Whatever bytes come, the path appended to an address can be read again", arguments: 0..<300 as Range<UInt64>)
    func addressable(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let alphabet: [UInt8] = [47, 46, 46, 97, 126, 0, 10, 0xCC, 0x81, 0xC3, 0xA9, 0xE2, 0x82, 0xFF, 0xF0, 0x9F]
        let count = Int.random(in: 1...24, using: &random)
        let bytes = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
        guard let path = DocumentPath.canonical(bytes)?.path else { return }
        let uri = VikingURI.resources.appending(path: "r").appending(path: path)
        #expect(try VikingURI(parsing: uri.text, user: "") == uri, "\(bytes)")
        #expect(uri.relativePath(to: .resources) == "r/" + path)
        #expect(DocumentPath.canonical(path.utf8)?.path == path, "canonical twice is canonical once")
    }
}
