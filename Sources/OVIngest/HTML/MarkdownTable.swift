// SPDX-License-Identifier: Apache-2.0

/// A table of data while its cells are read, and as Markdown.
struct MarkdownTable {
    let node: HTMLTree.Index
    var isInCell = false
    private var rows: [[[UInt8]]] = []
    private var row: [[UInt8]] = []
    /// For each column, in how many more rows a cell from above reaches into it.
    private var spans: [Int] = []
    private var column = 0
    /// How many columns the next cell takes, and rows.
    private var span = (columns: 1, rows: 1)

    /// How many more cells may be empty because others reach into their place: a few for each cell, so that the text
    /// grows no faster than the page.
    private var emptyCells = 256

    /// What a cell reaches over at most, in columns and in rows.
    private static let maximumSpan = 32
    /// Columns from which on cells stand where they come.
    private static let maximumColumns = 1000

    init(node: HTMLTree.Index) { self.node = node }

    mutating func beginRow() {
        endRow()
        column = 0
    }

    mutating func beginCell(columns: Int, rows: Int) {
        isInCell = true
        span = (min(max(columns, 1), Self.maximumSpan), min(max(rows, 1), Self.maximumSpan))
        emptyCells += 4
        while column < spans.count, spans[column] > 0 {
            spans[column] -= 1
            addEmptyCell()
            column += 1
        }
    }

    mutating func endCell(_ text: [UInt8]) {
        isInCell = false
        for index in 0..<(emptyCells > 0 ? span.columns : 1) {
            if index == 0 { row.append(text) } else { addEmptyCell() }
            if column < spans.count {
                spans[column] = span.rows - 1
            } else if column < Self.maximumColumns {
                spans.append(span.rows - 1)
            }
            column += 1
        }
    }

    private mutating func addEmptyCell() {
        guard emptyCells > 0 else { return }
        emptyCells -= 1
        row.append([])
    }

    mutating func endRow() {
        while column < spans.count {
            if spans[column] > 0 { spans[column] -= 1 }
            column += 1
        }
        while row.last?.isEmpty == true { row.removeLast() }
        if !row.isEmpty { rows.append(row) }
        row = []
    }

    /// Nil when all cells are empty.
    func markdown() -> [UInt8]? {
        guard let header = rows.first, let width = rows.map(\.count).max() else { return nil }
        var text: [UInt8] = []
        Self.write(header + Array(repeating: [], count: width - header.count), to: &text)
        text.append(10)
        Self.write(Array(repeating: Array("---".utf8), count: width), to: &text)
        for row in rows.dropFirst() {
            text.append(10)
            Self.write(row, to: &text)
        }
        return text
    }

    private static func write(_ row: [[UInt8]], to text: inout [UInt8]) {
        text.append(UInt8(ascii: "|"))
        for cell in row {
            text.append(32)
            text += cell
            if !cell.isEmpty { text.append(32) }
            text.append(UInt8(ascii: "|"))
        }
    }
}
