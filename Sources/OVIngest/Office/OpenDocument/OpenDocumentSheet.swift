// SPDX-License-Identifier: Apache-2.0

/// Reads one sheet of an OpenDocument workbook: what its cells show.
struct OpenDocumentSheet {
    private(set) var table = SheetTable()
    private(set) var rowsLeftOut = 0
    private let limit: Int
    private var row = 0
    private var column = 0
    /// The cells of the row that is being read: rows that are the same follow each other as one.
    private var cells: [(column: Int, text: [UInt8])] = []

    /// How often one that has something in it is repeated at most.
    private static let maximumRepeats = 1000

    init(limit: Int) { self.limit = limit }

    /// Reads the table that has just begun, to its end.
    mutating func read(_ xml: inout XMLReader) throws(XMLError) {
        let depth = xml.depth - 1
        var rowRepeats = 1
        while xml.depth > depth, let event = try xml.next() {
            switch event {
            case .start("table:table-row"):
                rowRepeats = Self.count(xml.string("table:number-rows-repeated"))
                (column, cells) = (0, [])
            case .end("table:table-row"): endRow(repeats: rowRepeats)
            case .start("table:table-cell"): try readCell(&xml)
            case .start("table:covered-table-cell"):
                column += Self.count(xml.string("table:number-columns-repeated"))
                try xml.skip()
            case .start("table:shapes"), .start("office:forms"), .start("table:table"): try xml.skip()
            default: break
            }
        }
    }

    private static func count(_ text: String?) -> Int { min(max(text.flatMap { Int($0) } ?? 1, 1), 1 << 24) }

    private mutating func readCell(_ xml: inout XMLReader) throws(XMLError) {
        let repeats = Self.count(xml.string("table:number-columns-repeated"))
        let depth = xml.depth - 1
        var (text, isInParagraph): ([UInt8], Bool) = ([], false)
        while xml.depth > depth, let event = try xml.next() {
            switch event {
            case .start("office:annotation"), .start("draw:frame"): try xml.skip()
            case .start("text:p"):
                if !text.isEmpty { text.append(10) }
                isInParagraph = true
            case .end("text:p"): isInParagraph = false
            case .start("text:s"), .start("text:tab"), .start("text:line-break"): text.append(32)
            case .text(let piece) where isInParagraph: text += piece
            default: break
            }
        }
        if !text.isEmpty {
            for place in 0..<min(repeats, Self.maximumRepeats) { cells.append((column + place, text)) }
        }
        column = min(column + repeats, 1 << 24)
    }

    private mutating func endRow(repeats: Int) {
        if !cells.isEmpty {
            for place in 0..<min(repeats, Self.maximumRepeats) {
                guard table.bytes <= limit else {
                    rowsLeftOut += 1
                    continue
                }
                for cell in cells { table.add(cell.text[...], row: row + place, column: cell.column) }
            }
        }
        row = min(row + repeats, 1 << 28)
        cells = []
    }
}
