// SPDX-License-Identifier: Apache-2.0

import OVIngest

/// What a reader makes of a document, in a short spelling: `<a x=1>`, `</a>`, text as it is, one a line; an error is the
/// last line, as `! reason offset`.
func xmlEvents(
    of document: [UInt8], charset: String? = nil, mode: XMLReader.Mode = .strict, prefixes: [String: String] = [:],
    limits: XMLLimits = XMLLimits()
) -> String {
    var lines: [String] = []
    var isText = false
    do throws(XMLError) {
        var reader = try XMLReader(document, charset: charset, mode: mode, prefixes: prefixes, limits: limits)
        while let event = try reader.next() {
            switch event {
            case .start(let name):
                let attributes = reader.allAttributes.map { " \($0.name)=\(String(decoding: $0.value, as: UTF8.self))" }
                lines.append("<\(name)\(attributes.joined())>")
            case .end(let name): lines.append("</\(name)>")
            case .text(let bytes):
                let text = String(decoding: bytes, as: UTF8.self)
                if isText { lines[lines.count - 1] += text } else { lines.append(text) }
                isText = true
                continue
            }
            isText = false
        }
    } catch {
        lines.append("! \(error.reason) \(error.offset)")
    }
    return lines.joined(separator: "\n")
}

func xmlEvents(of document: String, mode: XMLReader.Mode = .strict, prefixes: [String: String] = [:]) -> String {
    xmlEvents(of: Array(document.utf8), mode: mode, prefixes: prefixes)
}
