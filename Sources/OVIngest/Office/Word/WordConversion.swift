// SPDX-License-Identifier: Apache-2.0

/// Makes Markdown of a Word document.
enum WordConversion {
    /// - Parameter main: the part that has the text.
    static func markdown(of package: inout OfficePackage, main: String, limit: Int) throws(ConversionError) -> [UInt8] {
        let prefixes = OfficeNamespaces.prefixes
        let relationships = try package.relationships(of: main)
        func target(_ kind: String) -> String? {
            relationships.values.first { $0.kind == kind && !$0.isExternal }?.target
        }
        guard let xml = try package.xml(main, prefixes) else {
            throw ConversionError("it is damaged: its part '\(main.prefix(200))' is missing")
        }
        let (styles, numbering) = try definitions(&package, target("styles"), target("numbering"))
        var reader = WordReader(
            xml, styles: styles, numbering: numbering, relationships: relationships, limit: limit)
        do throws(XMLError) { try reader.read() } catch { throw .init(error, main) }
        var texts: [String: [UInt8]] = [:]
        for kind in ["footnotes", "endnotes"] where !reader.notes.isEmpty {
            guard let part = target(kind), let xml = try package.xml(part, prefixes) else { continue }
            var notes = WordReader(
                xml, styles: styles, numbering: numbering, relationships: try package.relationships(of: part),
                limit: limit)
            do throws(XMLError) { try notes.read() } catch { throw .init(error, part) }
            texts.merge(notes.noteTexts) { first, _ in first }
        }
        for (index, note) in reader.notes.enumerated() {
            guard let text = texts[note] else { continue }
            reader.writer.enter(first: "[^\(index + 1)]: ", rest: "    ")
            reader.writer.block(Array(text.dropLast()))
            reader.writer.leave()
        }
        let body = reader.writer.finish()
        return try FrontMatter.properties(of: &package).heading(body, firstHeading: reader.writer.firstHeading)
    }

    private static func definitions(_ package: inout OfficePackage, _ styles: String?, _ numbering: String?)
        throws(ConversionError) -> (WordStyles, WordNumbering)
    {
        var read = (WordStyles(), WordNumbering())
        if let styles, var xml = try package.xml(styles, OfficeNamespaces.prefixes) {
            do throws(XMLError) { read.0 = try WordStyles(&xml) } catch { throw .init(error, styles) }
        }
        if let numbering, var xml = try package.xml(numbering, OfficeNamespaces.prefixes) {
            do throws(XMLError) { read.1 = try WordNumbering(&xml) } catch { throw .init(error, numbering) }
        }
        return read
    }
}
