// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// Small tables of values parted by commas, semicolons or tabs (RFC 4180), which become tables of Markdown, the first
/// row its header. Large ones stay what they are, as text: a table of a hundred thousand rows is data, and who wants
/// to work with it wants it as it was.
package struct TableConverter: Converter {
    package init() {}

    package let version = 1

    static let maximumBytes = 256 << 10
    static let maximumRows = 2000
    static let maximumColumns = 64

    package func convert(_ document: FetchedDocument, limits: Limits) throws(ConversionError) -> ConvertedDocument? {
        let type = document.mediaType
        guard type == "text/csv" || type == "text/tab-separated-values" else { return nil }
        guard document.bytes.count <= Self.maximumBytes,
            let text = try DecodedText(document, mediaType: type, isCertain: true, limits: limits),
            let rows = Self.rows(of: text.bytes, tabs: type != "text/csv")
        else { return nil }
        let markdown = Self.markdown(rows)
        guard markdown.count <= limits.documentBytes else { return nil }
        return try .markdown(markdown, of: document, limits: limits, remark: text.remark)
    }

    /// - Returns: nil for what is no table of a size that can be read.
    private static func rows(of text: [UInt8], tabs: Bool) -> [[[UInt8]]]? {
        var (text, delimiters): (ArraySlice<UInt8>, [UInt8]) = (text[...], tabs ? [9] : Array(",;\t|".utf8))
        // A line in which Excel is told.
        if text.count > 5, text.starts(with: "sep=".utf8),
            text[text.startIndex + 5] == 10 || text[text.startIndex + 5] == 13
        {
            delimiters = [text[text.startIndex + 4]]
            text = text.drop { $0 != 10 }.dropFirst()
        }
        var best: (rows: [[[UInt8]]], score: Int)?
        for delimiter in delimiters {
            guard let rows = DelimitedRows.rows(of: text, delimiter: delimiter), let width = rows.first?.count,
                width > 1, width <= maximumColumns, rows.allSatisfy({ $0.count <= maximumColumns })
            else { continue }
            // The one by which the most rows are as wide as the first one.
            let score = rows.count { $0.count == width } * 1000 + width
            if score > best?.score ?? 0 { best = (rows, score) }
        }
        guard let rows = best?.rows, rows.count <= maximumRows else { return nil }
        return rows
    }

    private static func markdown(_ rows: [[[UInt8]]]) -> [UInt8] {
        let width = rows.map(\.count).max() ?? 0
        var output: [UInt8] = []
        for (index, row) in rows.enumerated() {
            output.append(UInt8(ascii: "|"))
            for column in 0..<width {
                output.append(32)
                if column < row.count { append(row[column], to: &output) }
                output += Array(" |".utf8)
            }
            output.append(10)
            if index == 0 {
                output += Array("|".utf8) + Array(repeatElement(" --- |", count: width).joined().utf8) + [10]
            }
        }
        return output
    }

    /// On one line, and without what would end the cell.
    private static func append(_ cell: [UInt8], to output: inout [UInt8]) {
        let start = cell.drop { $0 == 32 || (9...13).contains($0) }
        let end = start.lastIndex { $0 != 32 && !(9...13).contains($0) } ?? start.startIndex - 1
        guard start.startIndex <= end else { return }
        var isAfterReturn = false
        for byte in start[...end] {
            switch byte {
            case UInt8(ascii: "|"): output += Array("\\|".utf8)
            case 10 where isAfterReturn: break
            case 10, 13: output += Array("<br>".utf8)
            case 9, 11, 12: output.append(32)
            default: output.append(byte)
            }
            isAfterReturn = byte == 13
        }
    }
}

/// Reads rows of fields: RFC 4180, with any delimiter and any line ending.
enum DelimitedRows {
    /// - Returns: nil when a quote is not closed, or something stands behind one that is.
    static func rows(of text: ArraySlice<UInt8>, delimiter: UInt8) -> [[[UInt8]]]? {
        var (rows, row, field): ([[[UInt8]]], [[UInt8]], [UInt8]) = ([], [], [])
        var (isQuoted, wasQuoted) = (false, false)
        let quote = UInt8(ascii: "\"")
        var index = text.startIndex
        func next() -> UInt8? { index + 1 < text.endIndex ? text[index + 1] : nil }
        while index < text.endIndex {
            let byte = text[index]
            if isQuoted {
                if byte != quote {
                    field.append(byte)
                } else if next() == quote {
                    field.append(quote)
                    index += 1
                } else {
                    (isQuoted, wasQuoted) = (false, true)
                }
            } else if byte == quote, field.isEmpty, !wasQuoted {
                isQuoted = true
            } else if byte == delimiter {
                row.append(field)
                (field, wasQuoted) = ([], false)
            } else if byte == 10 || byte == 13 {
                if byte == 13, next() == 10 { index += 1 }
                row.append(field)
                if row.count > 1 || !field.isEmpty || wasQuoted { rows.append(row) }
                (row, field, wasQuoted) = ([], [], false)
            } else if wasQuoted, byte != 32 {
                return nil
            } else if !wasQuoted {
                field.append(byte)
            }
            index += 1
        }
        guard !isQuoted else { return nil }
        row.append(field)
        if row.count > 1 || !field.isEmpty || wasQuoted { rows.append(row) }
        return rows
    }
}
