// SPDX-License-Identifier: Apache-2.0

extension HTMLLinks {
    /// The address of a link in a document, ready to stand in Markdown; nil where it leads to a place in the document
    /// itself, to nothing, or runs something.
    static func destination(of address: String) -> [UInt8]? {
        let trimmed = Array(address.utf8).trimmedHTML()
        guard let first = trimmed.first, trimmed.count <= 8192, first != UInt8(ascii: "#") else { return nil }
        switch scheme(of: trimmed) {
        case "javascript", "data", "vbscript", "about", "blob", "ppaction": return nil
        default: return encoded(trimmed)
        }
    }
}
