// SPDX-License-Identifier: Apache-2.0

/// What a document says of itself, as YAML between two lines of hyphens in front of it.
enum FrontMatterWriter {
    private static let maximumScalars = 1000

    /// - Returns: nothing when there is nothing to say.
    static func text(_ fields: [(name: String, value: String?)]) -> [UInt8] {
        var text = ""
        for (name, value) in fields {
            guard let value = value.map(quoted), value != "\"\"" else { continue }
            text += "\(name): \(value)\n"
        }
        return text.isEmpty ? [] : Array("---\n\(text)---\n".utf8)
    }

    /// A YAML scalar in double quotes, on one line, without what is not printable.
    private static func quoted(_ value: String) -> String {
        var output = "\""
        for scalar in value.unicodeScalars.prefix(maximumScalars) {
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
