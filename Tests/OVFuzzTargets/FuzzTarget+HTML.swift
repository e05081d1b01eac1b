// SPDX-License-Identifier: Apache-2.0

import OVCore

@testable import OVIngest

extension FuzzTarget {
    static let html = [
        FuzzTarget("html-tokenizer") { bytes in
            let (choice, page) = split(bytes)
            let states: [HTMLTokenizer.State] = [.data, .rcdata, .rawText, .scriptData, .plainText, .cdata]
            var tokenizer = HTMLTokenizer(
                page, state: states[Int(choice & 7) % states.count], lastStartTag: choice & 8 == 0 ? "" : "script")
            tokenizer.allowsCDATA = choice & 16 != 0
            var size = HTMLTokenSize()
            while let token = tokenizer.next() {
                size.add(token)
                if choice & 32 != 0, case .startTag(let tag) = token { tokenizer.enter(tag.name) }
            }
            try check(size.tokens <= page.count, "\(size.tokens) tokens of \(page.count) bytes")
            // A zero byte is three as U+FFFD, and so are some short references.
            try check(size.bytes <= 3 * page.count, "\(size.bytes) bytes of \(page.count)")
        },
        FuzzTarget("html-markdown") { bytes in
            let (choice, page) = split(bytes)
            var limits = Limits()
            limits.documentBytes = 1 << 20
            let charsets = [nil, "utf-8", "iso-8859-1", "utf-16", "shift_jis", "none-such"]
            let document = FetchedDocument(
                path: "page", bytes: page, name: "page",
                declaredType: choice & 8 == 0 ? "text/html" : "application/xhtml+xml",
                declaredCharset: charsets[Int(choice & 7) % charsets.count],
                location: choice & 16 == 0 ? exampleURL : nil, validator: nil)
            guard let converted = try? HTMLConverter().convert(document, limits: limits) else { return }
            try check(converted.bytes.count <= limits.documentBytes, "\(converted.bytes.count) bytes")
            try check(isUTF8(converted.bytes), "no UTF-8")
        },
        FuzzTarget("page-links") { bytes in
            let (choice, page) = split(bytes)
            guard let exampleURL else { return }
            let links =
                choice & 1 == 0
                ? PageLinks(html: page, at: exampleURL, isWhole: choice & 2 == 0)
                : PageLinks(markdown: page, at: exampleURL)
            try check(Set(links.links).count == links.links.count, "a link comes twice")
            // That reads each of them twice; a few thousand tell as much as all.
            for url in links.links.prefix(2000) { try checkPrintsToItself(url) }
        },
    ]
}

let exampleURL = try? WebURL(parsing: "https://example.org/folder/page.html?query")

private struct HTMLTokenSize {
    private(set) var (tokens, bytes) = (0, 0)

    mutating func add(_ token: HTMLToken) {
        tokens += 1
        switch token {
        case .text(let text), .comment(let text): bytes += text.count
        case .startTag(let tag), .endTag(let tag):
            bytes += tag.name.utf8.count
            for attribute in tag.attributes { bytes += attribute.name.utf8.count + attribute.value.count }
        case .doctype(let doctype):
            for text in [doctype.name, doctype.publicID, doctype.systemID] { bytes += text?.utf8.count ?? 0 }
        }
    }
}

extension HTMLTokenizer {
    fileprivate mutating func enter(_ name: String) {
        switch name {
        case "title", "textarea": switchTo(.rcdata)
        case "style", "xmp", "iframe", "noembed", "noframes": switchTo(.rawText)
        case "script": switchTo(.scriptData)
        case "plaintext": switchTo(.plainText)
        default: break
        }
    }
}
