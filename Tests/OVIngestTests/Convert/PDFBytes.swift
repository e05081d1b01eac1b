// SPDX-License-Identifier: Apache-2.0

/// Writes PDF documents of a few lines a page.
enum PDFBytes {
    /// - Parameter trailer: what else the trailer has.
    static func document(_ pages: [[String]], title: String? = nil, trailer: String = "") -> [UInt8] {
        var objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
        let kids = pages.indices.map { "\(4 + 2 * $0) 0 R" }.joined(separator: " ")
        objects.append("<< /Type /Pages /Kids [\(kids)] /Count \(pages.count) >>")
        objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
        for (index, lines) in pages.enumerated() {
            objects.append(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents \(5 + 2 * index) 0 R "
                    + "/Resources << /Font << /F1 3 0 R >> >> >>")
            let text = lines.enumerated().map { line, words in
                "BT /F1 12 Tf 72 \(700 - 40 * line) Td (\(words)) Tj ET"
            }.joined(separator: "\n")
            objects.append("<< /Length \(text.utf8.count) >>\nstream\n\(text)\nendstream")
        }
        if let title { objects.append("<< /Title (\(title)) /CreationDate (D:20240229120000Z) >>") }
        var (text, places) = ("%PDF-1.4\n", [Int]())
        for (index, object) in objects.enumerated() {
            places.append(text.utf8.count)
            text += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = text.utf8.count
        text += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for place in places {
            let digits = String(place)
            text += String(repeating: "0", count: 10 - digits.utf8.count) + digits + " 00000 n \n"
        }
        let information = title == nil ? "" : " /Info \(objects.count) 0 R"
        text += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R\(information) \(trailer) >>\n"
        return Array((text + "startxref\n\(start)\n%%EOF\n").utf8)
    }
}
