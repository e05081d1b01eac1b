// SPDX-License-Identifier: Apache-2.0

/// The formats of a workbook's cells, by the number that cells give (§18.8).
struct CellFormats {
    private var formats: [NumberFormat] = []
    private var isFrom1904 = false

    static func read(_ part: String?, _ package: inout OfficePackage, isFrom1904: Bool) throws(ConversionError)
        -> CellFormats
    {
        var formats = CellFormats()
        formats.isFrom1904 = isFrom1904
        guard let part, var xml = try package.xml(part, OfficeNamespaces.prefixes) else { return formats }
        var custom: [Int: NumberFormat] = [:]
        var isOfCells = false
        do throws(XMLError) {
            while let event = try xml.next() {
                switch event {
                case .start("x:numFmt"):
                    guard let id = xml.string("numFmtId").flatMap({ Int($0) }) else { continue }
                    custom[id] = NumberFormat(code: xml.string("formatCode") ?? "")
                case .start("x:cellXfs"): isOfCells = true
                case .end("x:cellXfs"): isOfCells = false
                case .start("x:xf") where isOfCells && formats.formats.count < 100_000:
                    let id = xml.string("numFmtId").flatMap { Int($0) } ?? 0
                    formats.formats.append(custom[id] ?? NumberFormat(builtIn: id) ?? NumberFormat())
                default: break
                }
            }
        } catch { throw .init(error, part) }
        return formats
    }

    func text(of value: [UInt8], format: Int) -> [UInt8] {
        let format = formats.indices.contains(format) ? formats[format] : NumberFormat()
        return format.text(of: value, isFrom1904: isFrom1904)
    }
}
