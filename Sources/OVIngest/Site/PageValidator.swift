// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// What a run has to know of a page that it read before: what its server said of the version, and where it leads to,
/// because a page that is not sent again shows no links.
struct PageValidator: Hashable, Sendable {
    /// Where the document was read.
    let url: String
    /// Nil when the server told nothing that can be trusted: it is read again.
    var web: WebValidator?
    /// What the sitemap said of it.
    var lastModified: String?
    var isEmpty = false
    /// The pages of the site that it links to; nil when it was not read for its links.
    var links: [String]?

    private static let mark = "site1"
    /// Beyond that a page is read anew each time.
    static let maximumLinks = 5000

    init(url: String, web: WebValidator?, lastModified: String?, isEmpty: Bool = false, links: [String]? = nil) {
        self.url = url
        self.web = web
        self.lastModified = lastModified
        self.isEmpty = isEmpty
        self.links = links
    }

    /// Reads what `validator` made; anything else is nil.
    init?(_ validator: Validator) {
        let lines = validator.text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard lines.count >= 6, lines[0] == Self.mark, !lines[1].isEmpty else { return nil }
        url = lines[1]
        web = WebValidator(entityTag: lines[2], lastModified: lines[3])
        lastModified = lines[4].isEmpty ? nil : lines[4]
        isEmpty = lines[5].hasPrefix("e")
        guard lines[5].hasSuffix("+") else {
            links = nil
            return
        }
        var (links, last): ([String], String) = ([], url)
        for line in lines[6...] {
            guard let link = Self.unfolded(line, after: last) else { return nil }
            links.append(link)
            last = link
        }
        self.links = links
    }

    var validator: Validator {
        var text =
            "\(Self.mark)\n\(url)\n\(web?.entityTag ?? "")\n\(web?.lastModified ?? "")\n\(lastModified ?? "")\n"
            + "\(isEmpty ? "e" : "-")\(links == nil ? "-" : "+")"
        var last = url
        // Sorted addresses share most of what they begin with, and there may be hundreds for each of thousands of pages.
        for link in (links ?? []).sorted() {
            text += "\n" + Self.folded(link, after: last)
            last = link
        }
        return Validator(text)
    }

    private static func folded(_ link: String, after last: String) -> String {
        let shared = zip(link.utf8, last.utf8).prefix { $0 == $1 }.count
        return "\(shared) \(String(decoding: link.utf8.dropFirst(shared), as: UTF8.self))"
    }

    private static func unfolded(_ line: String, after last: String) -> String? {
        let parts = line.utf8.split(separator: 32, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let shared = Int(String(Substring(parts[0]))), shared >= 0, shared <= last.utf8.count
        else { return nil }
        return String(decoding: Array(last.utf8.prefix(shared)) + Array(parts[1]), as: UTF8.self)
    }
}
