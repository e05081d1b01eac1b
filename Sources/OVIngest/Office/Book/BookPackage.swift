// SPDX-License-Identifier: Apache-2.0

/// What a book's package document says (EPUB 3.3 §5): its metadata, and which files are its chapters.
struct BookPackage {
    /// Paths in the archive.
    private(set) var chapters: [String] = []
    private(set) var properties = FrontMatter()

    private struct Item {
        let path: String
        let type: String
        let properties: [Substring]
    }

    private static let prefixes = [
        "urn:oasis:names:tc:opendocument:xmlns:container": "", "http://www.idpf.org/2007/opf": "",
        "http://purl.org/dc/elements/1.1/": "dc", "http://www.w3.org/2001/04/xmlenc#": "enc",
    ]

    init(_ package: inout OfficePackage) throws(ConversionError) {
        let path = try Self.packagePath(&package)
        guard var xml = try package.xml(path, Self.prefixes) else {
            throw ConversionError("it is damaged: its part '\(path.prefix(200))' is missing")
        }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        var (items, spine, guide): ([String: Item], [String], Set<String>) = ([:], [], [])
        do throws(XMLError) {
            while let event = try xml.next() {
                guard case .start(let name) = event else { continue }
                switch name {
                case "item":
                    guard let id = xml.string("id"), let href = xml.string("href") else { continue }
                    items[id] = Item(
                        path: OfficePackage.resolve(Self.decoded(href), in: folder),
                        type: xml.string("media-type") ?? "",
                        properties: (xml.string("properties") ?? "").split(separator: " "))
                case "itemref":
                    // What is not linear is beside the text: answers, notes.
                    if let id = xml.string("idref"), spine.count < 100_000 { spine.append(id) }
                case "reference":
                    guard let href = xml.string("href"), ["cover", "toc"].contains(xml.string("type")) else { continue }
                    guide.insert(OfficePackage.resolve(Self.decoded(href), in: folder))
                case "meta":
                    if xml.string("property") == "dcterms:modified" {
                        properties.modified = Self.line(try xml.readText())
                    }
                default: if name.hasPrefix("dc:") { try readProperty(name, &xml) }
                }
            }
        } catch { throw .init(error, path) }
        let found = spine.compactMap { items[$0] }.filter { item in
            item.type.hasSuffix("html+xml") || item.type == "text/html" || item.type == "text/x-oeb1-document"
        }
        let text = found.filter { !$0.properties.contains("nav") && !guide.contains($0.path) }
        chapters = (text.isEmpty ? found : text).map(\.path)
    }

    private static func packagePath(_ package: inout OfficePackage) throws(ConversionError) -> String {
        let part = "META-INF/container.xml"
        guard var xml = try package.xml(part, prefixes) else {
            throw ConversionError("it is no EPUB inside: '\(part)' is missing")
        }
        do throws(XMLError) {
            while let event = try xml.next() {
                if event == .start("rootfile") || event == .start("*:rootfile"), let path = xml.string("full-path") {
                    return OfficePackage.resolve(path, in: "")
                }
            }
        } catch { throw .init(error, part) }
        throw ConversionError("it is damaged: '\(part)' names no package")
    }

    private mutating func readProperty(_ name: String, _ xml: inout XMLReader) throws(XMLError) {
        let event = xml.string("event")
        guard let text = Self.line(try xml.readText()) else { return }
        switch name {
        case "dc:title": properties.title = properties.title ?? text
        case "dc:creator": properties.author = properties.author.map { $0 + ", " + text } ?? text
        case "dc:description": properties.description = properties.description ?? Self.withoutTags(text)
        case "dc:language": if text.utf8.count > 1 { properties.language = properties.language ?? text }
        case "dc:date":
            if event == "modification" {
                properties.modified = properties.modified ?? text
            } else {
                properties.published = properties.published ?? text
            }
        default: break
        }
    }

    private static func line(_ text: [UInt8]) -> String? {
        let line = text.collapsedHTML()
        return line.isEmpty ? nil : String(decoding: line.prefix(4096), as: UTF8.self)
    }

    /// Shops write descriptions in HTML.
    private static func withoutTags(_ text: String) -> String {
        guard text.contains("<") else { return text }
        let tree = HTMLTreeBuilder.tree(of: Array(text.utf8), isXML: false)
        return tree.plainText(of: HTMLTree.body)
    }

    /// A path as it is, of one that is written as an address.
    private static func decoded(_ href: String) -> String {
        var output: [UInt8] = []
        var bytes = Array(href.utf8.prefix { $0 != UInt8(ascii: "#") })[...]
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "%"), bytes.count >= 2,
                let value = UInt8(String(decoding: bytes.prefix(2), as: UTF8.self), radix: 16)
            {
                output.append(value)
                bytes = bytes.dropFirst(2)
            } else {
                output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    // MARK: Encryption

    /// What is encrypted, in lower case (EPUB 3.3 §4.2.6.3.2). Fonts often are, if only to make copying them harder.
    static func encryptedPaths(_ package: inout OfficePackage) throws(ConversionError) -> Set<String> {
        let part = "META-INF/encryption.xml"
        guard var xml = try package.xml(part, prefixes) else { return [] }
        var paths: Set<String> = []
        do throws(XMLError) {
            while let event = try xml.next() {
                guard event == .start("enc:CipherReference"), let path = xml.string("URI") else { continue }
                paths.insert(OfficePackage.resolve(decoded(path), in: "").lowercased())
            }
        } catch { throw .init(error, part) }
        return paths
    }
}
