// SPDX-License-Identifier: Apache-2.0

/// Reads the cells of one sheet (§18.3).
struct SheetReader {
    private enum Kind { case number, shared, text, boolean, error }

    private var xml: XMLReader
    private let strings: SharedStrings
    private let formats: CellFormats
    /// Bytes of text after which rows are only counted.
    private let limit: Int
    private(set) var table = SheetTable()
    private(set) var rowsLeftOut = 0
    private var (row, column) = (-1, -1)
    private var kind = Kind.number
    private var format = 0

    init(_ xml: XMLReader, strings: SharedStrings, formats: CellFormats, limit: Int) {
        (self.xml, self.strings, self.formats, self.limit) = (xml, strings, formats, limit)
    }

    mutating func read() throws(XMLError) {
        while let event = try xml.next() {
            switch event {
            case .start("x:row"):
                row = xml["r"].flatMap(Self.number).map { $0 - 1 } ?? row + 1
                column = -1
                if table.bytes > limit {
                    rowsLeftOut += 1
                    try xml.skip()
                }
            case .start("x:c"): beginCell()
            case .start("x:v"): addValue(try xml.readText())
            case .start("x:is"): table.add(try readInlineText()[...], row: row, column: column)
            case .start("x:f"), .start("x:extLst"): try xml.skip()
            case .end("x:sheetData"): return
            default: break
            }
        }
    }

    private mutating func beginCell() {
        column = xml["r"].flatMap(Self.column) ?? column + 1
        format = xml["s"].flatMap(Self.number) ?? 0
        kind =
            switch xml.string("t") {
            case "s": .shared
            case "str", "inlineStr", "d": .text
            case "b": .boolean
            case "e": .error
            default: .number
            }
    }

    private mutating func addValue(_ value: [UInt8]) {
        switch kind {
        case .shared: table.add(strings[Self.number(value[...]) ?? -1], row: row, column: column)
        case .text, .error: table.add(value[...], row: row, column: column)
        case .boolean:
            let isTrue = value.first == UInt8(ascii: "1")
            table.add(Array((isTrue ? "TRUE" : "FALSE").utf8)[...], row: row, column: column)
        case .number: table.add(formats.text(of: value, format: format)[...], row: row, column: column)
        }
    }

    private mutating func readInlineText() throws(XMLError) -> [UInt8] {
        var text: [UInt8] = []
        let depth = xml.depth - 1
        while xml.depth > depth, let event = try xml.next() {
            if event == .start("x:t") { text += try xml.readText() }
            if event == .start("x:rPh") { try xml.skip() }
        }
        return text
    }

    /// A whole number without a sign, up to a billion.
    static func number(_ text: ArraySlice<UInt8>) -> Int? {
        guard !text.isEmpty, text.count <= 9 else { return nil }
        var value = 0
        for byte in text {
            guard byte.isDigit else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        return value
    }

    /// The column of a reference like `BC12`, from 0.
    static func column(_ reference: ArraySlice<UInt8>) -> Int? {
        var column = 0
        for byte in reference.prefix(4) {
            guard byte.isLetter else { break }
            column = column * 26 + Int(byte.lowercased - 96)
        }
        return column > 0 && column <= SheetTable.maximumColumns ? column - 1 : nil
    }
}
