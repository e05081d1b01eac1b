// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestTraits
import Testing

@Suite(.inTurn) struct SheetTests {
    private func value(_ number: String, _ format: String, more: String = "") throws -> String {
        let rows = "<row><c s='1'><v>\(number)</v></c></row>"
        let text = try PackageBytes.markdown(
            PackageBytes.workbook(rows, formats: [format], more: more), name: "a.xlsx")
        return String(text.split(separator: "\n")[1].dropFirst(2).dropLast(2))
    }

    private static let numbers: [(String, String, String)] = [
        ("45322", "yyyy\\-mm\\-dd", "2024-01-31"), ("45322.573", "d/m/yy h:mm", "2024-01-31 13:45"),
        ("1", "d.m.yyyy", "1900-01-01"),
        ("59", "m/d/yy", "1900-02-28"), ("61", "m/d/yy", "1900-03-01"), ("0.5", "h:mm AM/PM", "12:00"),
        ("0.999999", "h:mm:ss", "00:00:00"), ("1.25", "[h]:mm:ss", "30:00:00"),
        ("2958465", "yyyy", "9999-12-31"),
        ("2958466", "yyyy", "2958466"), ("-1", "yyyy", "-1"), ("0.125", "0%", "12%"), ("0.125", "0.0%", "12.5%"),
        ("1234.5", "#,##0.00", "1234.50"),
        ("1234.5", "[$€-407] #,##0.00", "€1234.50"), ("-3", "0.0;[Red]-0.0", "-3.0"),
        ("0.30000000000000004", "General", "0.3"),
        ("1E-3", "General", "0.001"), ("123456789012345678", "General", "1.23456789012346e+17"), ("x", "0.0", "x"),
        ("5", "0 &quot;pcs&quot;", "5 pcs"),
        ("45322", "mmm\\ yy", "2024-01-31"), ("0.5", "# ?/?", "0.5"), ("12", "0.00E+00", "12"),
    ]

    @Test(arguments: numbers)
    func showsNumbersByTheirFormat(_ number: String, _ format: String, _ expected: String) throws {
        #expect(try value(number, format) == expected)
    }

    @Test func countsFrom1904() throws {
        #expect(try value("0", "yyyy-mm-dd", more: "<workbookPr date1904='1'/>") == "1904-01-01")
    }

    @Test func readsEveryKindOfCell() throws {
        let strings = "<si><t>sh|ared</t></si><si><r><t>ri</t></r><r><t>ch</t></r><rPh><t>no</t></rPh></si>"
        let rows = """
            <row r='3'><c r='C3' t='s'><v>0</v></c><c r='D3' t='s'><v>1</v></c><c r='F3' t='s'><v>9</v></c></row>\
            <row r='5'><c r='C5' t='b'><v>1</v></c><c r='D5' t='e'><v>#DIV/0!</v></c><c t='str'><f>A1</f><v>x</v></c></row>\
            <row r='6'><c r='D6' t='inlineStr'><is><t>in\nline</t></is></c></row>
            """
        #expect(
            try PackageBytes.markdown(PackageBytes.workbook(rows, strings: strings), name: "a.xlsx") == """
                ## S

                | sh\\|ared | rich | |
                | --- | --- | --- |
                | TRUE | #DIV/0! | x |
                | | in<br>line |
                """)
    }

    @Test func saysHowManyRowsAreLeftOut() throws {
        var limits = Limits()
        limits.documentBytes = 40_000
        let rows = (0..<5000).map { "<row><c><v>\($0)</v></c><c><v>7</v></c></row>" }.joined()
        let document = try #require(
            try PackageBytes.convert(PackageBytes.workbook(rows), name: "a.xlsx", limits: limits))
        let text = String(decoding: document.bytes, as: UTF8.self)
        let shown = text.split(separator: "\n").count - 4
        #expect(document.bytes.count <= 40_000)
        #expect(text.hasSuffix("*(\(5000 - shown - 1) more rows are left out.)*\n"))
    }

    /// A cell in every corner would be a table of many millions.
    @Test func keepsSmallWhatIsSparse() throws {
        let rows = (0..<2000).map { index in
            let letters = (0..<3).map { place in
                String(UnicodeScalar(UInt8(65 + (index / [676, 26, 1][place]) % 26)))
            }.joined()
            return "<row r='\(index * 500 + 1)'><c r='\(letters)\(index * 500 + 1)'><v>1</v></c></row>"
        }
        let text = try PackageBytes.markdown(PackageBytes.workbook(rows.joined()), name: "a.xlsx")
        #expect(text.utf8.count < 12_000_000)
    }
}
