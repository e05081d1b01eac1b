// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// Books in EPUB 2 and 3 (W3C EPUB 3.3, §4 to §6), which become one document of Markdown: the chapters in the order in
/// which they are read.
package struct BookConverter: Converter {
    package init() {}

    package let version = 2

    static let mediaType = "application/epub+zip"

    package func convert(_ document: FetchedDocument, limits: Limits) throws(ConversionError) -> ConvertedDocument? {
        guard document.mediaType == Self.mediaType else { return nil }
        var package = try OfficePackage(document.bytes, limits: limits)
        let markdown = try Self.markdown(of: &package, limit: Int(clamping: limits.documentBytes))
        return try .markdown(markdown, of: document, limits: limits)
    }

    private static func markdown(of package: inout OfficePackage, limit: Int) throws(ConversionError) -> [UInt8] {
        let book = try BookPackage(&package)
        let locked = try BookPackage.encryptedPaths(&package)
        var (body, missing): ([UInt8], Int) = ([], 0)
        for chapter in book.chapters where body.count <= limit {
            guard !locked.contains(chapter.lowercased()) else {
                throw ConversionError(
                    "it is protected (DRM): its chapters are encrypted, and only its reader has the key")
            }
            guard let bytes = try package.part(chapter) else {
                missing += 1
                continue
            }
            let text = chapterText(bytes, limit: limit)
            guard !text.isEmpty else { continue }
            if !body.isEmpty { body.append(10) }
            body += text
        }
        guard !body.isEmpty || missing == 0 else { throw ConversionError("it is damaged: its chapters are missing") }
        return book.properties.heading(body, firstHeading: nil)
    }

    private static func chapterText(_ bytes: [UInt8], limit: Int) -> [UInt8] {
        let text =
            bytes.starts(with: [0xEF, 0xBB, 0xBF])
            ? Array(bytes.dropFirst(3)) : (try? XMLReader.text(of: bytes, charset: nil, isLenient: true).0) ?? bytes
        let tree = HTMLTreeBuilder.tree(of: text, isXML: true)
        let facts = HTMLFacts(tree)
        let content = PageContent(tree, facts, level: .visible)
        return MarkdownWriter.markdown(
            of: content, links: HTMLLinks(tree, facts, location: nil, leavesOutRelative: true), limit: limit)
    }
}
