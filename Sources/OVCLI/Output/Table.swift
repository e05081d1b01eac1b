// SPDX-License-Identifier: Apache-2.0

/// Rows under a header, laid out for a terminal or for a pipe.
struct Table {
    struct Column {
        enum Shortening {
            case never, end, middle
        }

        let title: String
        var shortening = Shortening.never
        /// Columns that are left of it at least, when it is shortened.
        var minimum = 8
        /// Whether it is left out before anything is shortened.
        var isOptional = false
        var alignsRight = false
    }

    struct Cell: ExpressibleByStringInterpolation {
        let text: String
        var style: Style = .plain

        init(_ text: String, _ style: Style = .plain) {
            self.text = DisplayText.line(text)
            self.style = style
        }

        init(stringLiteral value: String) { self.init(value) }
    }

    private static let gap = 2

    let columns: [Column]
    var rows: [[Cell]] = []

    init(_ columns: [Column], rows: [[Cell]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// The table as text.
    /// - Parameter width: columns of the terminal; nil cuts nothing.
    func rendered(width: Int?, header: Bool, styled: Bool) -> [UInt8] {
        let titles = columns.map { Cell($0.title, .bold) }
        let layout = layout(width: width, header: header)
        var bytes: [UInt8] = []
        if header { append(titles, layout, styled: styled, to: &bytes) }
        for row in rows { append(row, layout, styled: styled, to: &bytes) }
        return bytes
    }

    /// Which columns are shown, and how wide.
    private func layout(width: Int?, header: Bool) -> [(index: Int, width: Int)] {
        var widths = columns.map { header ? DisplayText.width(of: $0.title) : 0 }
        for row in rows {
            for (index, cell) in row.enumerated() {
                widths[index] = max(widths[index], DisplayText.width(of: cell.text))
            }
        }
        var shown = Array(columns.indices)
        guard let width else { return shown.map { ($0, widths[$0]) } }
        func total() -> Int { shown.reduce(0) { $0 + widths[$1] } + Self.gap * (shown.count - 1) }
        if total() > width { shown.removeAll { columns[$0].isOptional } }
        while total() > width {
            let candidates = shown.filter { columns[$0].shortening != .never && widths[$0] > columns[$0].minimum }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] = max(columns[widest].minimum, widths[widest] - max(1, (total() - width) / candidates.count))
        }
        return shown.map { ($0, widths[$0]) }
    }

    private func append(_ row: [Cell], _ layout: [(index: Int, width: Int)], styled: Bool, to bytes: inout [UInt8]) {
        for (position, (index, width)) in layout.enumerated() {
            let (cell, column) = (row[index], columns[index])
            let text = shortened(cell.text, column.shortening, to: width)
            let padding = repeatElement(UInt8(32), count: max(0, width - DisplayText.width(of: text)))
            let isLast = position == layout.count - 1
            if column.alignsRight { bytes.append(contentsOf: padding) }
            bytes.append(contentsOf: styled ? cell.style.applied(to: text).utf8 : text.utf8)
            if !column.alignsRight, !isLast { bytes.append(contentsOf: padding) }
            if !isLast { bytes.append(contentsOf: repeatElement(32, count: Self.gap)) }
        }
        while bytes.last == 32 { bytes.removeLast() }
        bytes.append(10)
    }

    private func shortened(_ text: String, _ shortening: Column.Shortening, to width: Int) -> String {
        switch shortening {
        case .never: text
        case .end: DisplayText.shorteningEnd(text, to: width)
        case .middle: DisplayText.shorteningMiddle(text, to: width)
        }
    }
}

/// How a word is shown on a terminal with colours (ECMA-48 select graphic rendition).
enum Style: String {
    case plain = ""
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"

    func applied(to text: String) -> String {
        self == .plain || text.isEmpty ? text : "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
    }
}
