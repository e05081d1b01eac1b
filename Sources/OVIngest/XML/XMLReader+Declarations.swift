// SPDX-License-Identifier: Apache-2.0

extension XMLReader {
    /// A comment, a CDATA section or a DOCTYPE.
    /// - Returns: the text of a CDATA section.
    mutating func readDeclaration() throws(XMLError) -> XMLEvent? {
        if input.starts("<!--", at: position) {
            try readComment()
        } else if input.starts("<![CDATA[", at: position) {
            return try readCDATA()
        } else if input.starts("<!DOCTYPE", at: position) {
            guard isLenient || !hasRoot && !hasDoctype else {
                throw malformed("it has a DOCTYPE where none may be", at: position)
            }
            hasDoctype = true
            try skipDoctype()
        } else if isLenient {
            position = place(of: ">", from: position).map { $0 + 1 } ?? input.count
        } else {
            let isCut = ["<!--", "<![CDATA[", "<!DOCTYPE"].contains { word in
                word.utf8.count > input.count - position && word.utf8.starts(with: input[position...])
            }
            throw isCut ? truncated() : malformed("it has a declaration that is none", at: position)
        }
        return nil
    }

    private func place(of mark: StaticString, from start: Int) -> Int? {
        guard mark.utf8CodeUnitCount > 0 else { return nil }
        let first = mark.utf8Start.pointee
        var index = start
        while index < input.count {
            if input[index] == first, input.starts(mark, at: index) { return index }
            index += 1
        }
        return nil
    }

    private func checkCharacters(_ range: Range<Int>) throws(XMLError) {
        for index in range where input[index] < 32 || input[index] == 0xEF {
            guard XMLCharacters.isAllowed(input, at: index) else { throw control(at: index) }
        }
    }

    private mutating func readComment() throws(XMLError) {
        let start = position + 4
        guard let end = place(of: isLenient ? "-->" : "--", from: start) else {
            guard isLenient else { throw truncated() }
            position = input.count
            return
        }
        if !isLenient {
            guard end + 2 < input.count else { throw truncated() }
            guard input[end + 2] == UInt8(ascii: ">") else {
                throw malformed("it has a comment with '--' in it", at: end)
            }
            try checkCharacters(start..<end)
        }
        position = end + 3
    }

    private mutating func readCDATA() throws(XMLError) -> XMLEvent? {
        guard !open.isEmpty || isLenient else {
            throw malformed(hasRoot ? "it has something behind its end" : "it begins with text", at: position)
        }
        let start = position + 9
        let end = place(of: "]]>", from: start)
        guard let end = end ?? (isLenient ? input.count : nil) else { throw truncated() }
        if !isLenient { try checkCharacters(start..<end) }
        position = min(end + 3, input.count)
        guard !open.isEmpty, end > start else { return nil }
        let text = input[start..<end]
        guard isLenient || text.contains(13) else { return .text(text) }
        return .text(withPlainLineEnds(start..<end)[...])
    }

    private func withPlainLineEnds(_ range: Range<Int>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(range.count)
        for index in range {
            let byte = input[index]
            if byte == 13 {
                if index + 1 >= range.upperBound || input[index + 1] != 10 { output.append(10) }
            } else if byte >= 32 || byte == 9 || byte == 10 {
                output.append(byte)
            }
        }
        return output
    }

    // MARK: Processing instructions

    /// An instruction, or the declaration that a document begins with (§2.6, §2.8).
    mutating func readInstruction() throws(XMLError) {
        let start = position
        guard let end = place(of: "?>", from: start + 2) else {
            guard isLenient else { throw truncated() }
            position = input.count
            return
        }
        position = end + 2
        guard !isLenient else { return }
        try checkCharacters(start..<end)
        let target = input[(start + 2)..<end].prefix { !XMLCharacters.isSpace($0) }
        guard XMLCharacters.isName(target) else {
            throw malformed("it has a processing instruction without a name", at: start)
        }
        guard target.count == 3, target.elementsEqual("xml".utf8, by: { $0.lowercased == $1 }) else { return }
        let isFirst = start == 0 || start == 3 && input[0] == 0xEF
        guard isFirst, target.elementsEqual("xml".utf8), isDeclaration(target.endIndex..<end) else {
            throw malformed(isFirst ? "its XML declaration is wrong" : "it has a second XML declaration", at: start)
        }
    }

    /// Whether a version comes first, then an encoding or none, then whether it stands alone, or nothing.
    private func isDeclaration(_ range: Range<Int>) -> Bool {
        var rest = input[range]
        var found: [String] = []
        while true {
            let trimmed = rest.drop(while: XMLCharacters.isSpace)
            if trimmed.isEmpty { break }
            guard trimmed.startIndex > rest.startIndex, let equals = trimmed.firstIndex(of: UInt8(ascii: "=")) else {
                return false
            }
            let name = trimmed[..<equals].filter { !XMLCharacters.isSpace($0) }
            let value = trimmed[(equals + 1)...].drop(while: XMLCharacters.isSpace)
            guard let quote = value.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
                let end = value.dropFirst().firstIndex(of: quote)
            else { return false }
            found.append(String(decoding: name, as: UTF8.self))
            guard found.count <= 3, end > value.startIndex + 1 else { return false }
            rest = value[(end + 1)...]
        }
        guard found.first == "version" else { return false }
        return [[], ["encoding"], ["standalone"], ["encoding", "standalone"]].contains(Array(found.dropFirst()))
    }

    // MARK: DOCTYPE

    /// Skips to the end of a DOCTYPE: what is in quotes, in comments and in instructions of its internal subset may
    /// look like it.
    private mutating func skipDoctype() throws(XMLError) {
        var (index, isInSubset) = (position + 9, false)
        while index < input.count {
            let byte = input[index]
            switch byte {
            case UInt8(ascii: ">") where !isInSubset:
                position = index + 1
                return
            case UInt8(ascii: "["): isInSubset = true
            case UInt8(ascii: "]"): isInSubset = false
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                index = input[(index + 1)...].firstIndex(of: byte) ?? input.count
            case UInt8(ascii: "<") where input.starts("<!--", at: index):
                index = place(of: "-->", from: index + 4).map { $0 + 2 } ?? input.count
            case UInt8(ascii: "<") where input.starts("<?", at: index):
                index = place(of: "?>", from: index + 2).map { $0 + 1 } ?? input.count
            default: break
            }
            index += 1
        }
        guard isLenient else { throw truncated() }
        position = input.count
    }
}

extension [UInt8] {
    /// Whether `word` stands at `start`.
    fileprivate func starts(_ word: StaticString, at start: Int) -> Bool {
        guard count - start >= word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            var index = 0
            while index < word.count {
                if self[start + index] != word[index] { return false }
                index += 1
            }
            return true
        }
    }
}
