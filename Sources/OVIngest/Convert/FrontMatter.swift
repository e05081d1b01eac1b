// SPDX-License-Identifier: Apache-2.0

/// What a document says of itself, at the head of the Markdown that is made of it.
struct FrontMatter {
    var title: String?
    var description: String?
    var author: String?
    var published: String?
    var modified: String?
    var address: String?
    var language: String?
    var pages: Int?

    private static let maximumTitle = 1000

    /// Of a document that says no more of itself than its title, of which a long one is cut.
    static func titled(_ title: String?) -> FrontMatter {
        let title = title.map { String($0.unicodeScalars.prefix(maximumTitle)) }
        return FrontMatter(title: title?.isEmpty == true ? nil : title)
    }

    /// YAML between its marks; empty for a document that has no title.
    var yaml: [UInt8] {
        guard let title else { return [] }
        var text = "---\n"
        let fields = [
            ("title", title), ("description", description), ("author", author), ("published", published),
            ("modified", modified), ("url", address), ("language", language), ("pages", pages.map { String($0) }),
        ]
        for (name, value) in fields {
            guard let value = value.map(Self.quoted), value != "\"\"" else { continue }
            text += "\(name): \(value)\n"
        }
        return Array((text + "---\n").utf8)
    }

    /// A YAML scalar in double quotes, on one line, without what is not printable.
    private static func quoted(_ value: String) -> String {
        var output = "\""
        for scalar in value.unicodeScalars.prefix(2000) {
            // Whoever reads the title reads lines of so many bytes.
            guard output.utf8.count < 3000 else { break }
            switch scalar {
            case "\"", "\\": output += "\\" + String(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{A0}", "\u{2028}", "\u{2029}": output += " "
            case "\u{FEFF}", "\u{FFFE}", "\u{FFFF}", "\u{200B}", "\u{AD}": continue
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output + "\""
    }
}
