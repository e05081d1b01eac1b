// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// Documents of offices, which become Markdown: Office Open XML (ISO/IEC 29500) and OpenDocument (ISO/IEC 26300).
///
/// What a document is, its content says: a text document may be called `.doc`, and one in the binary format of earlier
/// versions `.docx`.
package struct OfficeConverter: Converter {
    package init() {}

    package let version = 2

    package func convert(_ document: FetchedDocument, limits: Limits) throws(ConversionError) -> ConvertedDocument? {
        guard let family = Self.families[document.mediaType] else { return nil }
        if document.bytes.starts(with: CompoundFile.signature) {
            throw ConversionError(CompoundFile.words(about: document.bytes, family))
        }
        if family.isBinary, !document.bytes.starts(with: [0x50, 0x4B]) {
            throw ConversionError("it is in a format of earlier versions of Office, which is not read")
        }
        var package = try OfficePackage(document.bytes, limits: limits)
        let markdown = try Self.markdown(of: &package, limit: Int(clamping: limits.documentBytes))
        return try .markdown(markdown, of: document, limits: limits)
    }

    private static func markdown(of package: inout OfficePackage, limit: Int) throws(ConversionError) -> [UInt8] {
        if package.has("content.xml") { return try OpenDocumentConversion.markdown(of: &package, limit: limit) }
        let relationships = try package.relationships(of: "")
        guard let main = relationships.values.first(where: { $0.kind == "officeDocument" })?.target else {
            throw ConversionError("it has no part that is the document")
        }
        switch main.split(separator: "/").first?.lowercased() {
        case "xl": return try SheetConversion.markdown(of: &package, main: main, limit: limit)
        case "ppt": return try SlideConversion.markdown(of: &package, main: main, limit: limit)
        default: return try WordConversion.markdown(of: &package, main: main, limit: limit)
        }
    }

    struct Family: Hashable {
        /// What to save it as.
        let ending: String
        /// Whether its type is one of those before 2007.
        var isBinary = false
    }

    private static let families: [String: Family] = {
        let office = "application/vnd.openxmlformats-officedocument."
        let macros = "application/vnd.ms-"
        var families = [
            "application/msword": Family(ending: ".docx", isBinary: true),
            macros + "excel": Family(ending: ".xlsx", isBinary: true),
            macros + "powerpoint": Family(ending: ".pptx", isBinary: true),
            macros + "excel.sheet.binary.macroenabled.12": Family(ending: ".xlsx"),
        ]
        for kind in ["document", "template"] {
            families[office + "wordprocessingml." + kind] = Family(ending: ".docx")
            families[macros + "word.\(kind).macroenabled.12"] = Family(ending: ".docx")
        }
        for kind in ["sheet", "template"] {
            families[office + "spreadsheetml." + kind] = Family(ending: ".xlsx")
            families[macros + "excel.\(kind).macroenabled.12"] = Family(ending: ".xlsx")
        }
        for kind in ["presentation", "template", "slideshow"] {
            families[office + "presentationml." + kind] = Family(ending: ".pptx")
            families[macros + "powerpoint.\(kind).macroenabled.12"] = Family(ending: ".pptx")
        }
        for kind in ["text", "spreadsheet", "presentation"] {
            let ending = [".odt", ".ods", ".odp"][["text", "spreadsheet", "presentation"].firstIndex(of: kind) ?? 0]
            for suffix in ["", "-template"] {
                families["application/vnd.oasis.opendocument." + kind + suffix] = Family(ending: ending)
            }
        }
        return families
    }()
}
