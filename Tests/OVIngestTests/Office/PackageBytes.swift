// SPDX-License-Identifier: Apache-2.0

import CZlib
import OVCore
import OVIngest

/// Makes zip archives of parts, and documents of them.
enum PackageBytes {
    /// An archive of parts that are stored as they are.
    static func zip(_ parts: [(path: String, content: [UInt8])]) -> [UInt8] {
        var (archive, directory): ([UInt8], [UInt8]) = ([], [])
        for (path, content) in parts {
            let name = Array(path.utf8)
            let sum = content.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
            let sizes = bytes(UInt64(sum), 4) + bytes(UInt64(content.count), 4) + bytes(UInt64(content.count), 4)
            let fields =
                bytes(20, 2) + bytes(0x800, 2) + bytes(0, 2) + bytes(0, 4) + sizes + bytes(UInt64(name.count), 2)
            directory += [0x50, 0x4B, 1, 2] + bytes(20, 2) + fields + bytes(0, 2) + bytes(0, 2) + bytes(0, 2)
            directory += bytes(0, 2) + bytes(0, 4) + bytes(UInt64(archive.count), 4) + name
            archive += [0x50, 0x4B, 3, 4] + fields + bytes(0, 2) + name + content
        }
        let counts = bytes(UInt64(parts.count), 2) + bytes(UInt64(parts.count), 2)
        let place = bytes(UInt64(directory.count), 4) + bytes(UInt64(archive.count), 4)
        return archive + directory + [0x50, 0x4B, 5, 6] + bytes(0, 4) + counts + place + bytes(0, 2)
    }

    private static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }

    static func zip(_ parts: [String: String]) -> [UInt8] {
        zip(parts.sorted { $0.key < $1.key }.map { ($0.key, Array($0.value.utf8)) })
    }

    private static let types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

    private static func relationships(_ list: [(String, String, String)]) -> String {
        let entries = list.map { id, kind, target in
            let mode = target.contains("://") ? " TargetMode='External'" : ""
            return "<Relationship Id='\(id)' Type='\(types)\(kind)' Target='\(target)'\(mode)/>"
        }
        return "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
            + entries.joined() + "</Relationships>"
    }

    /// A Word document with that body.
    static func word(_ body: String, styles: String = "", numbering: String = "", footnotes: String = "") -> [UInt8] {
        let names = [
            "w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'",
            "r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'",
            "m='http://schemas.openxmlformats.org/officeDocument/2006/math'",
            "mc='http://schemas.openxmlformats.org/markup-compatibility/2006'",
            "wp='http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing'",
        ].map { "xmlns:" + $0 }.joined(separator: " ")
        return zip([
            "_rels/.rels": relationships([("1", "officeDocument", "word/document.xml")]),
            "word/_rels/document.xml.rels": relationships([
                ("s", "styles", "styles.xml"), ("n", "numbering", "numbering.xml"),
                ("f", "footnotes", "/word/notes.xml"),
                ("h", "hyperlink", "https://example.org/x"),
            ]),
            "word/document.xml": "<w:document \(names)><w:body>\(body)</w:body></w:document>",
            "word/styles.xml": "<w:styles \(names)>\(styles)</w:styles>",
            "word/numbering.xml": "<w:numbering \(names)>\(numbering)</w:numbering>",
            "word/notes.xml": "<w:footnotes \(names)>\(footnotes)</w:footnotes>",
        ])
    }

    /// A workbook with one sheet of these rows.
    static func workbook(_ rows: String, formats: [String] = [], strings: String = "", more: String = "") -> [UInt8] {
        let names =
            "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' "
            + "xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'"
        let codes = formats.enumerated().map { "<numFmt numFmtId='\(164 + $0)' formatCode='\($1)'/>" }.joined()
        let cells = formats.indices.map { "<xf numFmtId='\(164 + $0)'/>" }.joined()
        return zip([
            "_rels/.rels": relationships([("1", "officeDocument", "xl/workbook.xml")]),
            "xl/_rels/workbook.xml.rels": relationships([
                ("1", "worksheet", "sheet.xml"), ("2", "styles", "styles.xml"), ("3", "sharedStrings", "strings.xml"),
            ]),
            "xl/workbook.xml": "<workbook \(names)>\(more)<sheets><sheet name='S' r:id='1'/></sheets></workbook>",
            "xl/styles.xml":
                "<styleSheet \(names)><numFmts>\(codes)</numFmts><cellXfs><xf numFmtId='0'/>\(cells)</cellXfs></styleSheet>",
            "xl/strings.xml": "<sst \(names)>\(strings)</sst>",
            "xl/sheet.xml": "<worksheet \(names)><sheetData>\(rows)</sheetData></worksheet>",
        ])
    }

    static func convert(_ bytes: [UInt8], name: String, limits: Limits = Limits()) throws -> ConvertedDocument? {
        let document = FetchedDocument(path: name, bytes: bytes, name: name, validator: Validator("v"))
        if let converted = try OfficeConverter().convert(document, limits: limits) { return converted }
        return try BookConverter().convert(document, limits: limits)
    }

    /// The Markdown of a document, without the line feed at its end.
    static func markdown(_ bytes: [UInt8], name: String) throws -> String {
        String(decoding: try convert(bytes, name: name)?.bytes.dropLast() ?? [], as: UTF8.self)
    }
}
