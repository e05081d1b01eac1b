// SPDX-License-Identifier: Apache-2.0

/// The cells of a sheet that hold something, in the order in which they were read, and as a table of Markdown.
struct SheetTable {
    private struct Cell {
        let row: Int32
        let column: Int32
        let end: Int
    }

    private var text: [UInt8] = []
    private var cells: [Cell] = []
    private var usedColumns: [Bool] = []

    static let maximumColumns = 16_384
    static let maximumRows = 1 << 24

    /// How much is held, with what will stand between the cells.
    var bytes: Int { text.count + cells.count * 3 }

    mutating func add(_ value: ArraySlice<UInt8>, row: Int, column: Int) {
        guard !value.isEmpty, (0..<Self.maximumColumns).contains(column), (0..<Self.maximumRows).contains(row),
            !value.allSatisfy({ $0 <= 32 })
        else { return }
        text += value
        cells.append(Cell(row: Int32(row), column: Int32(column), end: text.count))
        while usedColumns.count <= column { usedColumns.append(false) }
        usedColumns[column] = true
    }

    /// Rows and columns without any content are left out, and rows with which it would be too long. The first row is the
    /// header.
    func markdown(limit: Int) -> (text: [UInt8], rowsLeftOut: Int) {
        var places: [Int] = []
        var width = 0
        for isUsed in usedColumns {
            places.append(width)
            if isUsed { width += 1 }
        }
        var (output, start, index, rows): ([UInt8], Int, Int, Int) = ([], 0, 0, 0)
        output.reserveCapacity(min(limit, bytes + cells.count) + 1024)
        while index < cells.count {
            let row = cells[index].row
            let before = (output: output.count, index: index)
            if rows > 0 { output.append(10) }
            output.append(UInt8(ascii: "|"))
            var place = 0
            while index < cells.count, cells[index].row == row, places[Int(cells[index].column)] >= place {
                let cell = cells[index]
                place = Self.separate(from: place, to: places[Int(cell.column)], &output)
                output.append(32)
                Self.write(text[start..<cell.end], to: &output)
                output += [32, UInt8(ascii: "|")]
                place += 1
                start = cell.end
                index += 1
            }
            rows += 1
            if rows == 1 { Self.writeRule(width, from: place, &output) }
            guard output.count <= limit else {
                output.removeLast(output.count - before.output)
                index = before.index
                break
            }
        }
        return (output, rowCount(from: index))
    }

    private static func separate(from place: Int, to end: Int, _ output: inout [UInt8]) -> Int {
        for _ in place..<max(place, end) { output += [32, UInt8(ascii: "|")] }
        return end
    }

    private static func writeRule(_ width: Int, from place: Int, _ output: inout [UInt8]) {
        _ = separate(from: place, to: width, &output)
        output += [10, UInt8(ascii: "|")]
        for _ in 0..<width { output += " --- |".utf8 }
    }

    private func rowCount(from index: Int) -> Int {
        var (count, last): (Int, Int32?) = (0, nil)
        for cell in cells[index...] where cell.row != last {
            count += 1
            last = cell.row
        }
        return count
    }

    /// Most cells hold a number or words, in which nothing has to be escaped.
    private static func write(_ value: ArraySlice<UInt8>, to output: inout [UInt8]) {
        let isPlain = value.allSatisfy { byte in
            byte.isAlphanumeric || byte == 32 || byte >= 0x80 && byte != 0xC2 && byte != 0xE2 && byte != 0xEF
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":")
                || byte == UInt8(ascii: "%") || byte == UInt8(ascii: ",")
        }
        if isPlain {
            output += value.collapsedHTML()
            return
        }
        var run = InlineRun()
        for (index, line) in value.split(separator: 10, omittingEmptySubsequences: true).enumerated() {
            if index > 0 { run.addBreak() }
            run.add(text: line, InlineRun.Marks())
        }
        output += InlineRenderer.render(run, as: .cell, addresses: [])
    }
}
