// SPDX-License-Identifier: Apache-2.0

internal import OVCore
@_spi(_Unicode) import Swift

/// The path of a page's document, made of nothing but the page's URL, so that it is the same on every run.
///
/// A page is Markdown once it is here, and is called so: `/guide`, `/guide.html` and `/guide.md` are `guide.md`, which
/// on nearly every site are one page. A folder is its `index.md`. Files of other types that are kept (`paper.pdf`) keep
/// their names. Everything else that differs in the URL differs in the path: a query stands behind a question mark in
/// the name, what cannot stand in a name stays percent-encoded, and a folder that is called like a file is spelled
/// otherwise (`notes%2Emd/`).
enum PagePath {
    static let index = "index.md"

    private static let maximumSegment = 200
    private static let maximumPath = 1024

    /// Types of files that are documents under their own names.
    static let keptExtensions: Set<String> = [
        "txt", "text", "pdf", "json", "xml", "csv", "tsv", "yaml", "yml", "toml", "rst", "adoc", "tex", "log",
        "markdown",
        "docx", "pptx", "xlsx", "odt", "odp", "ods", "epub", "ipynb",
    ]
    private static let pageExtensions: Set<String> = ["html", "htm", "xhtml", "shtml", "md"]

    /// - Parameters:
    ///   - path: the part of a URL's path that lies below the site's root, with a slash before it or empty.
    ///   - query: of the URL.
    static func path(_ path: String, query: String?) -> String {
        var segments = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { Array($0) }
        if segments.first?.isEmpty == true { segments.removeFirst() }
        let name = segments.popLast() ?? []
        let folders = segments.map { shortened(folder($0)) }
        let full = (folders + [shortened(file(name, query: query))]).joined(separator: "/")
        guard full.utf8.count <= maximumPath, let canonical = DocumentPath.canonical(Array(full.utf8)) else {
            return "long/\(hash(full)).md"
        }
        return canonical.path
    }

    private static func folder(_ segment: [UInt8]) -> String {
        // A percent sign that encodes nothing is in no other name.
        guard !segment.isEmpty else { return "%" }
        let name = readable(segment)
        guard let (stem, ending) = split(name), keptExtensions.contains(ending) || ending == "md" else { return name }
        return stem + "%2E" + name.utf8.dropFirst(stem.utf8.count + 1).text
    }

    private static func file(_ segment: [UInt8], query: String?) -> String {
        let name = readable(segment)
        let behind = query.map { "?" + readable(Array($0.utf8)) } ?? ""
        guard !name.isEmpty else { return "index" + behind + ".md" }
        guard let (stem, ending) = split(name) else { return name + behind + ".md" }
        if pageExtensions.contains(ending) { return stem + behind + ".md" }
        return keptExtensions.contains(ending) ? stem + behind + "." + ending : name + behind + ".md"
    }

    /// A name and its ending, in lower case.
    private static func split(_ name: String) -> (stem: String, ending: String)? {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.utf8.startIndex else { return nil }
        return (String(name[..<dot]), name.utf8[name.utf8.index(after: dot)...].text.lowercased())
    }

    /// Decoded as far as that loses nothing: two segments that differ still do.
    private static func readable(_ segment: [UInt8]) -> String {
        let decoded = WebURLReader.percentDecoded(segment)
        guard let text = String(validating: decoded, as: UTF8.self),
            String(String.UnicodeScalarView(text._nfc)).utf8.elementsEqual(text.utf8)
        else { return upperCased(segment) }
        var name = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%", "/", "?", "#": name += escaped(scalar)
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned: name += escaped(scalar)
                default: name.unicodeScalars.append(scalar)
                }
            }
        }
        return name
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        String(decoding: String(scalar).utf8.flatMap(\.percentEncoded), as: UTF8.self)
    }

    /// As it is written, in one spelling of the digits.
    private static func upperCased(_ segment: [UInt8]) -> String {
        let decoded = segment.flatMap { (byte: UInt8) in byte < 128 ? [byte] : byte.percentEncoded }
        var output: [UInt8] = []
        var left = 0
        for byte in decoded {
            output.append(left > 0 && (97...102).contains(byte) ? byte - 32 : byte)
            left = byte == UInt8(ascii: "%") ? 2 : max(0, left - 1)
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func shortened(_ segment: String) -> String {
        guard segment.utf8.count > maximumSegment else { return segment }
        var start = ""
        for character in segment.unicodeScalars.prefix(80) { start.unicodeScalars.append(character) }
        let ending = split(segment).flatMap { keptExtensions.contains($0.ending) ? $0.ending : nil } ?? "md"
        return "\(start)~\(hash(segment)).\(ending)"
    }

    /// FNV-1a over 64 bits: for what is long, not for what somebody made to look alike.
    static func hash(_ text: String) -> String {
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

extension Substring.UTF8View {
    fileprivate var text: String { String(Substring(self)) }
}
