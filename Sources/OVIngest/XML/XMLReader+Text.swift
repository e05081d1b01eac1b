// SPDX-License-Identifier: Apache-2.0

extension XMLReader {
    /// Reads text up to the next markup.
    /// - Returns: nil when there is none that belongs to an element.
    mutating func readTextRun() throws(XMLError) -> ArraySlice<UInt8>? {
        let start = position
        var (index, isPlain) = (start, true)
        scan: while index < input.count {
            let byte = input[index]
            // Nearly all bytes.
            if byte > 0x5D, byte != 0xEF {
                index += 1
                continue
            }
            switch byte {
            case UInt8(ascii: "<"): if !isLenient || isMarkup(at: index) { break scan }
            case UInt8(ascii: "&"), 13: isPlain = false
            case UInt8(ascii: "]"):
                guard isLenient || !input.hasWord("]]>", at: index) else {
                    throw malformed("its text has ']]>'", at: index)
                }
            case 0xEF, 0...31:
                if !XMLCharacters.isAllowed(input, at: index) {
                    guard isLenient else { throw control(at: index) }
                    isPlain = false
                }
            default: break
            }
            index += 1
        }
        position = index
        if open.isEmpty {
            if !isLenient { try checkOutside(start..<index) }
            return nil
        }
        return isPlain ? input[start..<index] : try decode(start..<index, isAttribute: false)[...]
    }

    private func checkOutside(_ range: Range<Int>) throws(XMLError) {
        guard let index = input[range].firstIndex(where: { !XMLCharacters.isSpace($0) }) else { return }
        throw malformed(hasRoot ? "it has something behind its end" : "it begins with text", at: index)
    }

    func value(of attribute: XMLAttribute) -> ArraySlice<UInt8> {
        if attribute.isPlain { return input[attribute.range] }
        // Its references have been checked when it was read.
        return (try? decode(attribute.range, isAttribute: true))?[...] ?? input[attribute.range]
    }

    /// Resolves references and line ends; in attributes all white space becomes blanks (§3.3.3).
    private func decode(_ range: Range<Int>, isAttribute: Bool) throws(XMLError) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = input[index]
            if byte == UInt8(ascii: "&") {
                if let (text, end) = try reference(at: index, isInAttribute: isAttribute), end <= range.upperBound {
                    output += text
                    index = end
                    continue
                }
                output.append(byte)
            } else if byte == 13 {
                if index + 1 >= range.upperBound || input[index + 1] != 10 { output.append(isAttribute ? 32 : 10) }
            } else if byte < 32 {
                if isAttribute, byte == 9 || byte == 10 {
                    output.append(32)
                } else if byte == 9 || byte == 10 {
                    output.append(byte)
                }
            } else {
                output.append(byte)
            }
            index += 1
        }
        return output
    }

    /// What the `&` at `index` refers to, and where the text goes on.
    /// - Returns: nil when it is text, which it may be for a lenient reader.
    /// - Throws: `undefinedEntity`, `malformed`.
    func reference(at index: Int, isInAttribute: Bool) throws(XMLError) -> (ArraySlice<UInt8>, end: Int)? {
        if isLenient { return lenientReference(at: index, isInAttribute: isInAttribute) }
        let start = index + 1
        guard let end = input[start...].prefix(limits.nameBytes).firstIndex(where: XMLCharacters.endsName),
            input[end] == UInt8(ascii: ";"), end > start
        else { throw malformed("it has an '&' that begins no reference", at: index) }
        let name = input[start..<end]
        if name.first == UInt8(ascii: "#") {
            guard let value = Self.number(name.dropFirst()), XMLCharacters.isAllowed(value) else {
                throw malformed("it refers to a character by a number that has none", at: index)
            }
            return (HTMLReference.encode(value)[...], end + 1)
        }
        guard let text = Self.predefined(name) else {
            guard XMLCharacters.isName(name) else {
                throw malformed("it has an '&' that begins no reference", at: index)
            }
            throw XMLError(
                .undefinedEntity, at: index,
                "it refers to the entity '\(ForeignText.line(name, atMost: 60))', and only those of XML itself are known"
            )
        }
        return (text, end + 1)
    }

    private func lenientReference(at index: Int, isInAttribute: Bool) -> (ArraySlice<UInt8>, end: Int)? {
        guard let reference = HTMLReference(in: input, at: index, isInAttribute: isInAttribute) else { return nil }
        // The name of an entity of its own may begin like one of HTML.
        if input[reference.end - 1] != UInt8(ascii: ";"), reference.end < input.count,
            input[reference.end].isAlphanumeric
        {
            return nil
        }
        // What they stand for is dropped where it could not be written.
        if reference.utf8.count == 1, reference.utf8[0] < 32, ![9, 10, 13].contains(reference.utf8[0]) {
            return ([], reference.end)
        }
        return (reference.utf8[...], reference.end)
    }

    private static func predefined(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        switch name {
        case Self.lt: [UInt8(ascii: "<")]
        case Self.gt: [UInt8(ascii: ">")]
        case Self.amp: [UInt8(ascii: "&")]
        case Self.quot: [UInt8(ascii: "\"")]
        case Self.apos: [UInt8(ascii: "'")]
        default: nil
        }
    }

    private static let lt = Array("lt".utf8)[...]
    private static let gt = Array("gt".utf8)[...]
    private static let amp = Array("amp".utf8)[...]
    private static let quot = Array("quot".utf8)[...]
    private static let apos = Array("apos".utf8)[...]

    private static func number(_ text: ArraySlice<UInt8>) -> UInt32? {
        let isHex = text.first == UInt8(ascii: "x")
        let digits = isHex ? text.dropFirst() : text
        guard !digits.isEmpty, digits.allSatisfy({ $0.isDigit || isHex && $0.isAlphanumeric }) else { return nil }
        // Leading zeros may be many.
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        guard significant.count <= 8 else { return nil }
        return UInt32(String(decoding: [48] + significant, as: UTF8.self), radix: isHex ? 16 : 10)
    }
}
