// SPDX-License-Identifier: Apache-2.0

import OVIngest
import OVTestTraits
import Testing

@Suite(.inTurn) struct TextDecoderTests {
    private func decode(_ bytes: [UInt8], _ label: String, limit: Int = 1 << 20) throws -> TextDecoder.Output {
        try TextDecoder(TextEncoding(label: label)).decode(bytes, limit: limit)
    }

    @Test(
        arguments: [
            ("latin1", "café", [0x63, 0x61, 0x66, 0xE9]),
            ("us-ascii", "plain", [0x70, 0x6C, 0x61, 0x69, 0x6E]),
            ("windows-1252", "“€” Ž\u{81}", [0x93, 0x80, 0x94, 0x20, 0x8E, 0x81]),
            ("windows-1251", "Привет", [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2]),
            ("koi8-r", "Привет", [0xF0, 0xD2, 0xC9, 0xD7, 0xC5, 0xD4]),
            ("ibm866", "Привет", [0x8F, 0xE0, 0xA8, 0xA2, 0xA5, 0xE2]),
            ("iso-8859-15", "€œ", [0xA4, 0xBD]),
            ("iso-8859-2", "Łódź", [0xA3, 0xF3, 0x64, 0xBC]),
            ("iso-8859-7", "Αθήνα", [0xC1, 0xE8, 0xDE, 0xED, 0xE1]),
            ("windows-1255", "שלום", [0xF9, 0xEC, 0xE5, 0xED]),
            ("windows-874", "ไทย", [0xE4, 0xB7, 0xC2]),
            ("macintosh", "é", [0x8E]),
            ("shift_jis", "日本語ｶﾅ", [0x93, 0xFA, 0x96, 0x7B, 0x8C, 0xEA, 0xB6, 0xC5]),
            ("euc-jp", "日本", [0xC6, 0xFC, 0xCB, 0xDC]),
            ("iso-2022-jp", "日本", [0x1B, 0x24, 0x42, 0x46, 0x7C, 0x4B, 0x5C, 0x1B, 0x28, 0x42]),
            ("gb18030", "中文😀", [0xD6, 0xD0, 0xCE, 0xC4, 0x94, 0x39, 0xFC, 0x36]),
            ("gb2312", "中文", [0xD6, 0xD0, 0xCE, 0xC4]),
            ("big5", "中文", [0xA4, 0xA4, 0xA4, 0xE5]),
            ("euc-kr", "한국어", [0xC7, 0xD1, 0xB1, 0xB9, 0xBE, 0xEE]),
            ("utf-16", "a😀", [0x61, 0, 0x3D, 0xD8, 0, 0xDE]),
            ("utf-16be", "aé", [0, 0x61, 0, 0xE9]),
            ("utf-32le", "a😀", [0x61, 0, 0, 0, 0, 0xF6, 1, 0]),
            ("utf-32be", "é", [0, 0, 0, 0xE9]),
            ("utf-8", "é", [0xC3, 0xA9]),
        ] as [(String, String, [UInt8])])
    func decodesTheCharset(_ label: String, _ text: String, _ bytes: [UInt8]) throws {
        let output = try decode(bytes, label)
        #expect(String(decoding: output.bytes, as: UTF8.self) == text)
        #expect(output.replacements == 0)
    }

    @Test(arguments: [
        " UTF-8 ", "Latin1", "latin-1", "latin_1", "utf_8", "utf-8-unix", "iso-8859-1-dos", "SJIS", "cp1252",
    ])
    func knowsALabelAsPeopleWriteIt(_ label: String) throws {
        #expect(try decode([0x61], label).bytes == [0x61])
    }

    @Test(arguments: [
        "", "klingon", "utf-7", "iso-2022-cn-ext", "hz-gb-2312", "x-user-defined", "UTF-8//TRANSLIT", "../../evil",
        String(repeating: "a", count: 100_000),
    ])
    func refusesALabelThatIsNotOfTheStandard(_ label: String) {
        let error = #expect(throws: ConversionError.self) { try TextEncoding(label: label) }
        #expect((error?.message.utf8.count ?? 0) < 100)
    }

    @Test(
        arguments: [
            ("utf-8", [0x61, 0xFF, 0x62], "a\u{FFFD}b", 1),
            ("utf-8", [0x61, 0xE2, 0x82], "a\u{FFFD}", 1),
            ("utf-8", [0xEF, 0xBF, 0xBD, 0xFF], "\u{FFFD}\u{FFFD}", 1),
            ("utf-8", [0xED, 0xA0, 0x80, 0x61], "\u{FFFD}\u{FFFD}\u{FFFD}a", 3),
            ("shift_jis", [0x61, 0x81], "a\u{FFFD}", 1),
            ("euc-kr", [0xFF, 0x61, 0xFF], "\u{FFFD}a\u{FFFD}", 2),
            ("utf-16le", [0, 0xD8, 0x61, 0], "\u{FFFD}a", 1),
            ("utf-16be", [0xDC, 0, 0, 0x61, 0], "\u{FFFD}a\u{FFFD}", 2),
            ("utf-32le", [0, 0, 0, 0xFF, 0x61, 0, 0, 0], "\u{FFFD}a", 1),
        ] as [(String, [UInt8], String, Int)])
    func replacesWhatIsDamagedAndGoesOn(_ label: String, _ bytes: [UInt8], _ text: String, _ count: Int) throws {
        let output = try decode(bytes, label)
        #expect(String(decoding: output.bytes, as: UTF8.self) == text)
        #expect(output.replacements == count)
    }

    @Test(arguments: ["windows-1251", "windows-1252", "utf-16"])
    func decodesMoreThanABlockAndKeepsToTheLimit(_ label: String) throws {
        let bytes = [UInt8](repeating: 0xE9, count: 300_000)
        let output = try decode(bytes, label)
        #expect(output.bytes.count >= 300_000)
        #expect(String(validating: output.bytes, as: UTF8.self) != nil)
        #expect(throws: ConversionError.self) { try decode(bytes, label, limit: output.bytes.count - 1) }
        #expect(try decode(bytes, label, limit: output.bytes.count) == output)
    }

    @Test(arguments: 1...20)
    func takesAnyBytesInAnyCharset(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let bytes = (0..<2000).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        for label in ["utf-8", "shift_jis", "gb18030", "euc-kr", "euc-jp", "big5", "iso-2022-jp", "utf-16", "utf-32"] {
            let output = try decode(bytes, label)
            #expect(String(validating: output.bytes, as: UTF8.self) != nil, "\(label), seed \(seed)")
            #expect(output.bytes.count <= 4 * bytes.count)
        }
    }
}
