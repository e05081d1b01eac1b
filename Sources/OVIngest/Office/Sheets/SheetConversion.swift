// SPDX-License-Identifier: Apache-2.0

/// Makes Markdown of a workbook (ISO/IEC 29500-1 §18): a section for each sheet, with what it holds as one table.
enum SheetConversion {
    private struct Sheet {
        let name: String
        let id: String
        let isHidden: Bool
    }

    /// Bytes for what is said about rows and sheets that are left out.
    private static let reserve = 1024

    static func markdown(of package: inout OfficePackage, main: String, limit: Int) throws(ConversionError) -> [UInt8] {
        if main.lowercased().hasSuffix(".bin") {
            throw ConversionError("it is a workbook in the binary format, which is not read; save it as .xlsx")
        }
        let relationships = try package.relationships(of: main)
        func target(_ kind: String) -> String? {
            relationships.values.first { $0.kind == kind && !$0.isExternal }?.target
        }
        let (sheets, isFrom1904) = try self.sheets(&package, main)
        let strings = try SharedStrings.read(target("sharedStrings"), &package)
        let formats = try CellFormats.read(target("styles"), &package, isFrom1904: isFrom1904)
        let matter = try FrontMatter.properties(of: &package)
        var writer = DocumentWriter(limit: max(0, limit - matter.yaml.count - Self.reserve))
        for (index, sheet) in sheets.enumerated() {
            guard !writer.isFull else {
                writer.block(Array("*(\(sheets.count - index) more sheets are left out.)*".utf8))
                break
            }
            guard let relationship = relationships[sheet.id], relationship.kind == "worksheet" else { continue }
            writer.add(sheet.name + (sheet.isHidden ? " (hidden)" : ""))
            writer.endParagraph(.heading(2))
            guard let xml = try package.xml(relationship.target, OfficeNamespaces.prefixes) else { continue }
            let room = max(0, writer.limit - writer.output.bytes.count)
            var reader = SheetReader(xml, strings: strings, formats: formats, limit: room)
            do throws(XMLError) { try reader.read() } catch { throw .init(error, relationship.target) }
            let table = reader.table.markdown(limit: room)
            if !table.text.isEmpty { writer.block(table.text) }
            let left = reader.rowsLeftOut + table.rowsLeftOut
            if left > 0 { writer.block(Array("*(\(left) more rows are left out.)*".utf8)) }
        }
        let body = writer.finish()
        return matter.heading(body, firstHeading: nil)
    }

    private static func sheets(_ package: inout OfficePackage, _ main: String) throws(ConversionError)
        -> ([Sheet], isFrom1904: Bool)
    {
        guard var xml = try package.xml(main, OfficeNamespaces.prefixes) else {
            throw ConversionError("it is damaged: its part '\(main.prefix(200))' is missing")
        }
        var (sheets, isFrom1904): ([Sheet], Bool) = ([], false)
        do throws(XMLError) {
            while let event = try xml.next() {
                switch event {
                case .start("x:workbookPr"): isFrom1904 = OfficeNamespaces.isOn(xml.string("date1904") ?? "0")
                case .start("x:sheet") where sheets.count < 10_000:
                    let state = xml.string("state") ?? "visible"
                    sheets.append(
                        Sheet(
                            name: xml.string("name") ?? "", id: xml.string("r:id") ?? "", isHidden: state != "visible"))
                default: break
                }
            }
        } catch { throw .init(error, main) }
        return (sheets, isFrom1904)
    }
}
