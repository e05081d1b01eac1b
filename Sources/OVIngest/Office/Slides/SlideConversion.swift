// SPDX-License-Identifier: Apache-2.0

/// Makes Markdown of a presentation (ISO/IEC 29500-1 §19): a section for each slide, in the order of the show.
enum SlideConversion {
    static func markdown(of package: inout OfficePackage, main: String, limit: Int) throws(ConversionError) -> [UInt8] {
        let relationships = try package.relationships(of: main)
        var writer = DocumentWriter(limit: limit)
        for (index, id) in try slides(&package, main).enumerated() {
            guard !writer.isFull else { break }
            guard let part = relationships[id]?.target, let bytes = try package.part(part) else { continue }
            do throws(XMLError) {
                let title = try SlideReader.title(of: bytes)
                let isHidden = try SlideReader.isHidden(bytes)
                writer.add("Slide \(index + 1)" + (isHidden ? " (hidden)" : "") + (title.isEmpty ? "" : ": "))
                writer.add(title[...])
                writer.endParagraph(.heading(2))
            } catch { throw .init(error, part) }
            let links = try package.relationships(of: part)
            try read(bytes, part, links, into: &writer)
            try readCharts(&package, links, into: &writer)
            try readNotes(&package, links, into: &writer)
        }
        let body = writer.finish()
        return try FrontMatter.properties(of: &package).heading(body, firstHeading: nil)
    }

    private static func slides(_ package: inout OfficePackage, _ main: String) throws(ConversionError) -> [String] {
        guard var xml = try package.xml(main, OfficeNamespaces.prefixes) else {
            throw ConversionError("it is damaged: its part '\(main.prefix(200))' is missing")
        }
        var ids: [String] = []
        do throws(XMLError) {
            while let event = try xml.next() {
                if event == .start("p:sldId"), let id = xml.string("r:id"), ids.count < 100_000 { ids.append(id) }
            }
        } catch { throw .init(error, main) }
        return ids
    }

    private static func read(
        _ bytes: [UInt8], _ part: String, _ links: [String: OfficePackage.Relationship],
        into writer: inout DocumentWriter
    ) throws(ConversionError) {
        do throws(XMLError) {
            var reader = SlideReader(try XMLReader(bytes, prefixes: OfficeNamespaces.prefixes), links, writer)
            try reader.read()
            writer = reader.writer
        } catch { throw .init(error, part) }
    }

    /// What the charts of a slide show, below its text.
    private static func readCharts(
        _ package: inout OfficePackage, _ links: [String: OfficePackage.Relationship],
        into writer: inout DocumentWriter
    ) throws(ConversionError) {
        let charts = links.filter { $0.value.kind == "chart" }.sorted {
            ($0.key.count, $0.key) < ($1.key.count, $1.key)
        }
        for (_, link) in charts where !writer.isFull {
            guard var xml = try package.xml(link.target, OfficeNamespaces.prefixes) else { continue }
            do throws(XMLError) {
                let chart = try ChartTable(&xml)
                let table = chart.markdown(limit: writer.limit)
                guard !table.isEmpty else { continue }
                writer.add("Chart" + (chart.title.isEmpty ? "" : ": "))
                writer.add(chart.title[...])
                writer.endParagraph(.plain)
                writer.block(table)
            } catch { throw .init(error, link.target) }
        }
    }

    /// What the speaker wrote below a slide, as a quote.
    private static func readNotes(
        _ package: inout OfficePackage, _ links: [String: OfficePackage.Relationship],
        into writer: inout DocumentWriter
    ) throws(ConversionError) {
        guard let part = links.values.first(where: { $0.kind == "notesSlide" })?.target,
            let bytes = try package.part(part)
        else { return }
        let notesLinks = try package.relationships(of: part)
        do throws(XMLError) {
            var reader = SlideReader(
                try XMLReader(bytes, prefixes: OfficeNamespaces.prefixes), notesLinks,
                DocumentWriter(limit: writer.limit), isNotes: true)
            try reader.read()
            let text = reader.takeText()
            guard !text.isEmpty else { return }
            writer.enter(first: "> ", rest: "> ")
            writer.block(Array("Notes:".utf8))
            writer.block(Array(text.dropLast()))
            writer.leave()
        } catch { throw .init(error, part) }
    }
}
