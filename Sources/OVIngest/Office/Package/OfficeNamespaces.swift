// SPDX-License-Identifier: Apache-2.0

/// The namespaces of Office Open XML (ISO/IEC 29500), each in its transitional and its strict spelling, by the prefixes
/// that the standard uses for them.
enum OfficeNamespaces {
    static let prefixes: [String: String] = {
        var prefixes = [
            "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
            "http://schemas.openxmlformats.org/package/2006/metadata/core-properties": "cp",
            "http://purl.org/dc/elements/1.1/": "dc", "http://purl.org/dc/terms/": "dcterms",
            "urn:schemas-microsoft-com:vml": "v", "urn:schemas-microsoft-com:office:office": "o",
        ]
        let both = [
            "wordprocessingml/": "w", "spreadsheetml/": "x", "presentationml/": "p", "drawingml/": "a",
            "officeDocument/relationships": "r", "officeDocument/math": "m", "drawingml/wordprocessingDrawing": "wp",
            "drawingml/picture": "pic", "drawingml/chart": "c", "drawingml/diagram": "dgm",
        ]
        for (name, prefix) in both {
            let isMain = name.hasSuffix("/")
            let parts = name.split(separator: "/")
            let rest = parts.dropFirst().joined(separator: "/")
            let transitional = isMain ? "\(parts[0])/2006/main" : "\(parts[0])/2006/\(rest)"
            prefixes["http://schemas.openxmlformats.org/" + transitional] = prefix
            prefixes["http://purl.oclc.org/ooxml/" + (isMain ? "\(parts[0])/main" : "\(parts[0])/\(rest)")] = prefix
        }
        return prefixes
    }()

    /// Whether the value of a switch is on; one without a value is.
    static func isOn(_ value: String?) -> Bool {
        switch value {
        case "0", "false", "off", "none": false
        default: true
        }
    }
}
