// SPDX-License-Identifier: Apache-2.0

/// What a chart shows (ISO/IEC 29500-1 §21.2), as a table: a row for each category, a column for each series.
struct ChartTable {
    private struct Series {
        var name: [UInt8] = []
        var categories: [Int: [UInt8]] = [:]
        var values: [Int: [UInt8]] = [:]
    }

    private(set) var title: [UInt8] = []
    private var series: [Series] = []

    private static let maximumSeries = 256
    private static let maximumPoints = 10_000

    init(_ xml: inout XMLReader) throws(XMLError) {
        var (part, index, isInTitle): (String, Int, Bool) = ("", 0, false)
        while let event = try xml.next() {
            switch event {
            case .start("c:title"): isInTitle = true
            case .end("c:title"): isInTitle = false
            case .start("a:t") where isInTitle && series.isEmpty: title += try xml.readText()
            case .start("c:ser"):
                guard series.count < Self.maximumSeries else { return }
                series.append(Series())
            case .start("c:tx"), .start("c:cat"), .start("c:val"), .start("c:xVal"), .start("c:yVal"):
                if case .start(let name) = event { part = name }
            case .start("c:pt"): index = xml.string("idx").flatMap { Int($0) } ?? index + 1
            case .start("c:v"): add(try xml.readText(), part, index)
            case .start("c:dLbls"), .start("c:extLst"), .start("c:trendline"), .start("c:errBars"): try xml.skip()
            default: break
            }
        }
    }

    private mutating func add(_ text: [UInt8], _ part: String, _ index: Int) {
        guard let last = series.indices.last, (0..<Self.maximumPoints).contains(index) else { return }
        switch part {
        case "c:tx": series[last].name = text
        case "c:cat", "c:xVal": series[last].categories[index] = text
        default: series[last].values[index] = text
        }
    }

    /// Empty for a chart without data.
    func markdown(limit: Int) -> [UInt8] {
        var table = SheetTable()
        let points = Set(series.flatMap(\.values.keys)).sorted()
        guard !points.isEmpty else { return [] }
        table.add(Array("Category".utf8)[...], row: 0, column: 0)
        for (column, one) in series.enumerated() {
            table.add(one.name.isEmpty ? Array("Value".utf8)[...] : one.name[...], row: 0, column: column + 1)
        }
        let format = NumberFormat()
        for (row, point) in points.enumerated() {
            let category = series.lazy.compactMap { $0.categories[point] }.first ?? Array(String(point + 1).utf8)
            table.add(category[...], row: row + 1, column: 0)
            for (column, one) in series.enumerated() {
                guard let value = one.values[point] else { continue }
                table.add(format.text(of: value, isFrom1904: false)[...], row: row + 1, column: column + 1)
            }
        }
        return table.markdown(limit: limit).text
    }
}
