// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// Web pages, which become Markdown: their content, with what they say of themselves as front matter.
package struct HTMLConverter: Converter {
    package init() {}

    package let version = 3

    package func convert(_ document: FetchedDocument, limits: Limits) throws(ConversionError) -> ConvertedDocument? {
        let type = document.mediaType
        let isXML = type == "application/xhtml+xml"
        guard isXML || type == "text/html" else { return nil }
        // Places in the page are numbers of 32 bits.
        guard document.bytes.count <= 512 << 20 else { throw ConversionError("the page has more than 512 MiB") }
        let known = document.withKnownCharset()
        guard
            let text = try DecodedText(known, mediaType: type, isCertain: true, mayHaveZeros: true, limits: limits)
        else { return nil }
        let markdown = Self.markdown(
            of: text.bytes, isXML: isXML, location: document.location, limit: Int(clamping: limits.documentBytes))
        return try .markdown(markdown, of: document, limits: limits, remark: text.remark)
    }

    /// - Parameter limit: bytes after which nothing more is written.
    private static func markdown(of page: [UInt8], isXML: Bool, location: WebURL?, limit: Int) -> [UInt8] {
        let tree = HTMLTreeBuilder.tree(of: page, isXML: isXML)
        let facts = HTMLFacts(tree)
        let links = HTMLLinks(tree, facts, location: location)
        let metadata = PageMetadata(tree, facts, links, location: location)
        var body: [UInt8] = []
        for level in PageContent.Level.allCases where body.isEmpty {
            let content = PageContent(tree, facts, level: level)
            body = MarkdownWriter.markdown(of: content, links: links, limit: limit)
        }
        let whole = wholeText(metadata.paragraphs, limit: limit)
        // Behind a paywall, or where scripts put the text on the page.
        if whole.count > 500, whole.count > 2 * body.count { body = whole }
        var document = metadata.frontMatter
        if body.isEmpty, let title = metadata.title {
            body = [UInt8(ascii: "#"), 32] + plain(title, as: .heading) + [10]
        }
        if !document.isEmpty, !body.isEmpty { document.append(10) }
        return document + body
    }

    private static func plain(_ text: String, as place: InlineRenderer.Place) -> [UInt8] {
        var run = InlineRun()
        run.add(text: Array(text.utf8)[...], InlineRun.Marks())
        return InlineRenderer.render(run, as: place, addresses: [])
    }

    private static func wholeText(_ paragraphs: [String], limit: Int) -> [UInt8] {
        var output = MarkdownOutput()
        for paragraph in paragraphs where output.bytes.count <= limit {
            output.block(plain(paragraph, as: .paragraph))
        }
        return output.bytes
    }
}

extension FetchedDocument {
    /// Without a declared charset that nobody knows: browsers overlook what a server makes up.
    fileprivate func withKnownCharset() -> FetchedDocument {
        guard let declaredCharset, (try? TextEncoding(label: declaredCharset)) == nil else { return self }
        return FetchedDocument(
            path: path, bytes: bytes, name: name, declaredType: declaredType, location: location, validator: validator)
    }
}
