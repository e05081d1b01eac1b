// SPDX-License-Identifier: Apache-2.0

/// Makes Markdown of an OpenDocument file (ISO/IEC 26300): text, sheets or slides.
enum OpenDocumentConversion {
    static let prefixes = [
        "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
        "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
        "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
        "urn:oasis:names:tc:opendocument:xmlns:style:1.0": "style",
        "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0": "draw",
        "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0": "presentation",
        "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0": "fo",
        "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0": "svg",
        "urn:oasis:names:tc:opendocument:xmlns:meta:1.0": "meta", "http://www.w3.org/1999/xlink": "xlink",
        "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0": "manifest", "http://purl.org/dc/elements/1.1/": "dc",
    ]

    static func markdown(of package: inout OfficePackage, limit: Int) throws(ConversionError) -> [UInt8] {
        if try isEncrypted(&package) {
            throw ConversionError("it is encrypted; save it without a password to have its text read")
        }
        var styles = OpenDocumentStyles()
        for part in ["styles.xml", "content.xml"] {
            guard var xml = try package.xml(part, prefixes) else { continue }
            do throws(XMLError) { try styles.read(&xml) } catch { throw .init(error, part) }
        }
        guard let xml = try package.xml("content.xml", prefixes) else {
            throw ConversionError("it is damaged: its part 'content.xml' is missing")
        }
        var reader = OpenDocumentReader(xml, styles: styles, formulas: formulas(in: &package), limit: limit)
        do throws(XMLError) { try reader.read() } catch { throw .init(error, "content.xml") }
        let body = reader.finish()
        return properties(of: &package).heading(body, firstHeading: reader.firstHeading)
    }

    /// The formulas, which are documents of their own in the package, as text (MathML Core).
    private static func formulas(in package: inout OfficePackage) -> [String: [UInt8]] {
        var formulas: [String: [UInt8]] = [:]
        let suffix = "/content.xml"
        let paths = package.paths.filter { $0.hasSuffix(suffix) }
        for path in paths.sorted().prefix(1000) {
            guard var xml = try? package.xml(path, ["http://www.w3.org/1998/Math/MathML": ""]),
                (try? xml.next()) == .start("math"), let text = try? MathText.readMathML(&xml)
            else { continue }
            formulas[String(path.dropLast(suffix.count))] = text
        }
        return formulas
    }

    private static func isEncrypted(_ package: inout OfficePackage) throws(ConversionError) -> Bool {
        guard var xml = try? package.xml("META-INF/manifest.xml", prefixes) else { return false }
        while let event = try? xml.next() { if event == .start("manifest:encryption-data") { return true } }
        return false
    }

    private static func properties(of package: inout OfficePackage) -> FrontMatter {
        var matter = FrontMatter()
        guard var xml = try? package.xml("meta.xml", prefixes) else { return matter }
        while let event = try? xml.next() {
            guard case .start(let name) = event, name.hasPrefix("dc:") || name.hasPrefix("meta:") else { continue }
            guard let bytes = try? xml.readText() else { break }
            let text = String(decoding: bytes.collapsedHTML(), as: UTF8.self)
            guard !text.isEmpty else { continue }
            switch name {
            case "dc:title": matter.title = text
            case "dc:description": matter.description = text
            case "dc:subject": matter.description = matter.description ?? text
            case "meta:initial-creator": matter.author = text
            case "dc:creator": matter.author = matter.author ?? text
            case "meta:creation-date": matter.published = text
            case "dc:date": matter.modified = text
            case "dc:language": matter.language = text
            default: break
            }
        }
        return matter
    }
}
