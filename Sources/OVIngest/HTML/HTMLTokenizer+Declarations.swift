// SPDX-License-Identifier: Apache-2.0

// What begins with `<!` and `<?`: comments, the DOCTYPE, CDATA.

extension HTMLTokenizer {
    mutating func readDeclaration() -> HTMLToken? {
        if input.hasWord("<!--", at: position) { return readComment() }
        if input.hasWord("<!doctype", at: position) { return readDoctype() }
        // Its letters are the only ones of HTML whose case counts.
        if allowsCDATA, input[(position + 2)...].starts(with: "[CDATA[".utf8) {
            position += 9
            state = .cdata
            return nil
        }
        return readBogusComment(from: position + 2)
    }

    /// What is no comment but taken for one, to the next `>`.
    mutating func readBogusComment(from start: Int) -> HTMLToken {
        let end = input[start...].firstIndex(of: UInt8(ascii: ">")) ?? input.count
        position = min(end + 1, input.count)
        return .comment(replacingZeros(input[start..<end]))
    }

    private mutating func readComment() -> HTMLToken {
        let start = position + 4
        for opening in [">", "->"] as [StaticString] where input.hasWord(opening, at: start) {
            position = start + opening.utf8CodeUnitCount
            return .comment([])
        }
        position = start
        while position < input.count {
            if input[position] == UInt8(ascii: "-") {
                for closing in ["-->", "--!>"] as [StaticString] where input.hasWord(closing, at: position) {
                    let text = input[start..<position]
                    position += closing.utf8CodeUnitCount
                    return .comment(replacingZeros(text))
                }
            }
            position += 1
        }
        // At the end of the page, what might have begun the end of the comment is no part of it.
        var end = input.count
        if end - start >= 3, input.hasWord("--!", at: end - 3) {
            end -= 3
        } else {
            for _ in 0..<2 where end > start && input[end - 1] == UInt8(ascii: "-") { end -= 1 }
        }
        return .comment(replacingZeros(input[start..<end]))
    }

    // MARK: DOCTYPE

    private mutating func readDoctype() -> HTMLToken {
        position += 9
        var doctype = HTMLDoctype()
        skipSpace()
        let start = position
        while let byte = byte(at: position), !byte.isHTMLSpace, byte != UInt8(ascii: ">") { position += 1 }
        if start < position {
            let name = replacingZeros(input[start..<position]).map(\.lowercased)
            doctype.name = String(decoding: name, as: UTF8.self)
        } else {
            doctype.forcesQuirks = true
        }
        skipSpace()
        if input.hasWord("public", at: position) {
            readPublicID(&doctype)
        } else if input.hasWord("system", at: position) {
            position += 6
            readSystemID(&doctype, isRequired: true)
        } else if byte(at: position) != UInt8(ascii: ">") {
            doctype.forcesQuirks = true
        }
        // Whatever is left is skipped.
        if position >= input.count { doctype.forcesQuirks = true }
        position = input[min(position, input.count)...].firstIndex(of: UInt8(ascii: ">")) ?? input.count
        position = min(position + 1, input.count)
        return .doctype(doctype)
    }

    private mutating func readPublicID(_ doctype: inout HTMLDoctype) {
        position += 6
        skipSpace()
        guard let isWhole = readQuoted(into: &doctype.publicID) else {
            doctype.forcesQuirks = true
            return
        }
        guard isWhole else {
            doctype.forcesQuirks = true
            return
        }
        readSystemID(&doctype, isRequired: false)
    }

    private mutating func readSystemID(_ doctype: inout HTMLDoctype, isRequired: Bool) {
        skipSpace()
        if !isRequired, byte(at: position) == UInt8(ascii: ">") { return }
        guard let isWhole = readQuoted(into: &doctype.systemID) else {
            doctype.forcesQuirks = true
            return
        }
        if !isWhole { doctype.forcesQuirks = true }
        skipSpace()
    }

    /// - Returns: nil when no quote is at the position; whether the quotation ends before the declaration does.
    private mutating func readQuoted(into text: inout String?) -> Bool? {
        guard let quote = byte(at: position), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            return nil
        }
        let start = position + 1
        position = input[start...].firstIndex { $0 == quote || $0 == UInt8(ascii: ">") } ?? input.count
        text = String(decoding: replacingZeros(input[start..<position]), as: UTF8.self)
        guard byte(at: position) == quote else { return false }
        position += 1
        return true
    }
}
