// SPDX-License-Identifier: Apache-2.0

extension HTMLTokenizer {
    /// How many attributes of a tag are kept; no page has more, and each costs memory.
    private static let maximumAttributes = 1024

    static func endsTagName(_ byte: UInt8) -> Bool {
        byte.isHTMLSpace || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">")
    }

    /// Reads a tag from its name on. A tag that the page ends in is none.
    mutating func readTag(nameStart: Int, isEnd: Bool) -> HTMLToken? {
        position = nameStart
        while position < input.count, !Self.endsTagName(input[position]) { position += 1 }
        let name = lowercased(input[nameStart..<position])
        var attributes = AttributeList()
        while position < input.count {
            let byte = input[position]
            if byte.isHTMLSpace {
                position += 1
            } else if byte == UInt8(ascii: ">") {
                position += 1
                return tag(name, attributes, isSelfClosing: false, isEnd: isEnd)
            } else if byte == UInt8(ascii: "/") {
                position += 1
                if self.byte(at: position) == UInt8(ascii: ">") {
                    position += 1
                    return tag(name, attributes, isSelfClosing: true, isEnd: isEnd)
                }
            } else {
                readAttribute(into: &attributes)
            }
        }
        return nil
    }

    private mutating func tag(_ name: String, _ attributes: AttributeList, isSelfClosing: Bool, isEnd: Bool)
        -> HTMLToken
    {
        let tag = HTMLTag(name: name, attributes: attributes.items, isSelfClosing: isSelfClosing)
        if isEnd { return .endTag(tag) }
        lastStartTag = Array(name.utf8)
        return .startTag(tag)
    }

    private func lowercased(_ bytes: ArraySlice<UInt8>) -> String {
        if bytes.allSatisfy({ $0 >= 91 || $0 < 65 && $0 != 0 }) { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: replacingZeros(bytes).map(\.lowercased), as: UTF8.self)
    }

    // MARK: Attributes

    private struct AttributeList {
        private(set) var items: [HTMLAttribute] = []
        /// The names in `items`, once they are too many to look through.
        private var names: Set<[UInt8]> = []

        mutating func add(_ name: String, _ value: @autoclosure () -> ArraySlice<UInt8>) {
            guard items.count < HTMLTokenizer.maximumAttributes else { return }
            if items.count < 16 {
                // By bytes: to Swift, letters are the same however their accents are written.
                guard !items.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) else { return }
            } else {
                if names.isEmpty { names = Set(items.map { Array($0.name.utf8) }) }
                guard names.insert(Array(name.utf8)).inserted else { return }
            }
            items.append(HTMLAttribute(name: name, value: value()))
        }
    }

    private mutating func readAttribute(into attributes: inout AttributeList) {
        let start = position
        // An equals sign at the very start belongs to the name.
        position += 1
        while position < input.count, input[position] != UInt8(ascii: "="), !Self.endsTagName(input[position]) {
            position += 1
        }
        let name = lowercased(input[start..<position])
        skipSpace()
        guard byte(at: position) == UInt8(ascii: "=") else {
            attributes.add(name, [])
            return
        }
        position += 1
        skipSpace()
        let value = readValue()
        attributes.add(name, decoded(value))
    }

    mutating func skipSpace() {
        while position < input.count, input[position].isHTMLSpace { position += 1 }
    }

    private mutating func readValue() -> ArraySlice<UInt8> {
        guard let quote = byte(at: position) else { return [] }
        var start = position
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            start += 1
            position = input[start...].firstIndex(of: quote) ?? input.count
            defer { position = min(position + 1, input.count) }
            return input[start..<position]
        }
        while position < input.count, !input[position].isHTMLSpace, input[position] != UInt8(ascii: ">") {
            position += 1
        }
        return input[start..<position]
    }

    /// An attribute's value with its references decoded.
    private func decoded(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard value.contains(where: { $0 == UInt8(ascii: "&") || $0 == 0 }) else { return value }
        var output: [UInt8] = []
        var index = value.startIndex
        while index < value.endIndex {
            let byte = value[index]
            if byte == UInt8(ascii: "&"), let reference = HTMLReference(in: value, at: index, isInAttribute: true) {
                output += reference.utf8
                index = reference.end
                continue
            }
            if byte == 0 { output += Self.replacement } else { output.append(byte) }
            index += 1
        }
        return output[...]
    }
}
