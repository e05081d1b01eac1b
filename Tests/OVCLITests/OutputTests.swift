// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVTestTraits
import Testing

@testable import OVCLI

@Suite(.inTurn) struct OutputTests {
    @Test(arguments: [
        ("viking://resources/guide", 12, "viking…guide"), ("short", 12, "short"), ("日本語文書", 7, "日…書"), ("abc", 2, "a…"),
        ("abc", 0, ""),
    ])
    func `a middle is left out`(text: String, width: Int, expected: String) {
        let short = DisplayText.shorteningMiddle(text, to: width)
        #expect(short == expected)
        #expect(DisplayText.width(of: short) <= width)
    }

    @Test(arguments: [
        ("abcdef", 4, "abc…"), ("日本語", 4, "日…"), ("abc", 3, "abc"), ("e\u{301}e\u{301}", 2, "e\u{301}e\u{301}"),
    ])
    func `an end is left out`(text: String, width: Int, expected: String) {
        #expect(DisplayText.shorteningEnd(text, to: width) == expected)
    }

    @Test(arguments: [
        ("a\u{1B}[2Jb", "a\u{FFFD}[2Jb"), ("a\nb\tc\rd", "a b c d"), ("\u{202E}exe", "\u{FFFD}exe"),
        ("\u{9B}31m", "\u{FFFD}31m"), ("grün", "grün"),
    ])
    func `a terminal is given nothing to act on`(text: String, expected: String) {
        #expect(DisplayText.line(text) == expected)
    }

    @Test(arguments: [
        (Int64(0), "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (1_048_575, "1023 KiB"),
        (5 << 30, "5.0 GiB"), (.max, "7.9 EiB"), (-1, "0 B"),
    ])
    func `sizes are short`(bytes: Int64, expected: String) { #expect(HumanFormat.bytes(bytes) == expected) }

    private static let relativeTimes: [(Milliseconds, String)] = [
        (.zero, "now"), (Milliseconds(-999), "now"), (.seconds(5), "in 5s"), (.seconds(-89), "89s ago"),
        (.seconds(-90), "1m ago"), (.minutes(12), "in 12m"), (.hours(-3), "3h ago"), (.hours(-47), "47h ago"),
        (.hours(72), "in 3d"),
    ]

    @Test(arguments: relativeTimes)
    func `times are relative`(offset: Milliseconds, expected: String) {
        let time = Samples.now.advanced(by: offset)
        #expect(HumanFormat.relative(time, to: Samples.now) == expected)
    }

    @Test(
        arguments: [
            (0.5, "30s"), (1.0 / 60, "1s"), (1.5, "90s"), (0.01, "0.6s"), (0.000001, "0.001s"), (30.0, "30m"),
            (90, "90m"),
            (120, "2h"), (1440, "1d"), (5_256_000, "3650d"),
        ] as [(Double, String)])
    func `intervals are in the unit that fits`(minutes: Double, expected: String) throws {
        #expect(HumanFormat.interval(try Interval(minutes: minutes)) == expected)
    }

    @Test func `times do not depend on where one is`() {
        #expect(HumanFormat.time(Samples.now) == "2026-08-22 09:30Z")
    }

    @Test(arguments: [20, 30, 40, 60, 80, 100])
    func `a table fits its terminal as far as its columns can shrink`(width: Int) {
        var table = Table([
            .init(title: "A", shortening: .middle, minimum: 4), .init(title: "B", alignsRight: true),
            .init(title: "C", shortening: .end, minimum: 4), .init(title: "OPTIONAL", isOptional: true),
        ])
        table.rows = [[.init(String(repeating: "a", count: 50)), "12", .init(String(repeating: "c", count: 40)), "x"]]
        let lines = String(decoding: table.rendered(width: width, header: true, styled: false), as: UTF8.self)
        for line in lines.split(separator: "\n") { #expect(DisplayText.width(of: String(line)) <= width) }
        let piped = String(decoding: table.rendered(width: nil, header: false, styled: false), as: UTF8.self)
        #expect(piped.contains(String(repeating: "a", count: 50)) && piped.hasSuffix("  x\n"))
    }

    @Test func `a deep tree is drawn without gaps`() {
        let entries = ["a", "a/b", "a/b/c.md", "d"].map { Samples.entry($0, folder: !$0.hasSuffix(".md")) }
        let text = TreeDrawing(root: "viking://resources", entries: entries.reversed()).text
        #expect(text == "viking://resources\n├── a/\n│   └── b/\n│       └── c.md\n└── d/\n\n3 folders, 1 document\n")
    }
}
