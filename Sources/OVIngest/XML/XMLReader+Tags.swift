// SPDX-License-Identifier: Apache-2.0

extension XMLReader {
    /// Whether the `<` at `index` begins a tag, a comment, a declaration or an instruction.
    func isMarkup(at index: Int) -> Bool {
        guard index + 1 < input.count else { return false }
        let next = input[index + 1]
        return XMLCharacters.mayStartName(next) || next == UInt8(ascii: "/") || next == UInt8(ascii: "!")
            || next == UInt8(ascii: "?")
    }

    /// What the `<` at the position begins.
    /// - Returns: nil when that is no event.
    mutating func readMarkup() throws(XMLError) -> XMLEvent? {
        guard position + 1 < input.count else { throw truncated() }
        switch input[position + 1] {
        case UInt8(ascii: "/"):
            try readEndTag()
            return nil
        case UInt8(ascii: "!"): return try readDeclaration()
        case UInt8(ascii: "?"):
            try readInstruction()
            return nil
        default: return try readStartTag()
        }
    }

    func truncated() -> XMLError { XMLError(.truncated, at: input.count, "it ends inside a tag or a declaration") }

    func malformed(_ message: String, at index: Int) -> XMLError { XMLError(.malformed, at: index, message) }

    // MARK: Names

    /// Reads the name at `index`, which ends behind it.
    @inline(__always)
    mutating func readName(_ index: inout Int) throws(XMLError) -> Int32 {
        let start = index
        var hash: UInt = 0
        while index < input.count, !XMLCharacters.endsName(input[index]) {
            hash = hash &* 31 &+ UInt(input[index])
            index += 1
        }
        hash ^= hash >> 8
        guard index > start else {
            throw index < input.count ? malformed("a name is missing in it", at: index) : truncated()
        }
        guard index - start <= limits.nameBytes else {
            throw XMLError(.limitExceeded, at: start, "it has a name of more than \(limits.nameBytes) bytes")
        }
        guard let id = names.id(of: start..<index, in: input, hash: hash, limit: limits.names) else {
            throw XMLError(.limitExceeded, at: start, "it has more than \(limits.names) different names")
        }
        if !isLenient, !names[id].isWellFormed { throw malformed("it has a name that is none", at: start) }
        return id
    }

    @inline(__always)
    func skipSpace(_ index: inout Int) {
        while index < input.count, XMLCharacters.isSpace(input[index]) { index += 1 }
    }

    // MARK: Start tags

    private mutating func readStartTag() throws(XMLError) -> XMLEvent {
        guard isLenient || !hasRoot || !open.isEmpty else {
            throw malformed("it has something behind its end", at: position)
        }
        var index = position + 1
        let start = position
        let id = try readName(&index)
        let bindings = names.bindings
        attributes.removeAll(keepingCapacity: true)
        let isEmpty = try readAttributes(&index, tag: start + 1)
        let namespace = try resolve(id, at: start)
        try resolveAttributes(at: start)
        position = index
        try openElement(id, namespace, bindings: bindings, isEmpty: isEmpty)
        return .start(names.shortName(ofElement: id, in: namespace))
    }

    /// - Parameter tag: a number that no other tag has.
    /// - Returns: whether the tag is one without an end tag.
    private mutating func readAttributes(_ index: inout Int, tag: Int) throws(XMLError) -> Bool {
        var count = 0
        while true {
            let before = index
            skipSpace(&index)
            guard index < input.count else {
                if isLenient { return false }
                throw truncated()
            }
            switch input[index] {
            case UInt8(ascii: ">"):
                index += 1
                return false
            case UInt8(ascii: "/") where index + 1 < input.count && input[index + 1] == UInt8(ascii: ">"):
                index += 2
                return true
            case UInt8(ascii: "/") where !isLenient && index + 1 == input.count: throw truncated()
            case let byte where isLenient && XMLCharacters.endsName(byte):
                // The next tag begins, or something that belongs nowhere.
                if byte == UInt8(ascii: "<") { return false }
                index += 1
            default:
                guard isLenient || index > before else {
                    throw malformed("there is no space between two attributes", at: index)
                }
                count += 1
                guard count <= limits.attributes else {
                    throw XMLError(
                        .limitExceeded, at: index, "an element has more than \(limits.attributes) attributes")
                }
                try readAttribute(&index, tag: tag)
            }
        }
    }

    private mutating func readAttribute(_ index: inout Int, tag: Int) throws(XMLError) {
        let start = index
        let id = try readName(&index)
        let (range, isPlain) = try readValue(&index)
        guard !names.isRepeated(id, inTag: tag) else {
            if isLenient { return }
            throw malformed("an element has an attribute twice", at: start)
        }
        let attribute = XMLAttribute(id: id, range: range, isPlain: isPlain)
        let name = names[id]
        if name.prefix == XMLNames.xmlnsPrefix {
            try bind(input[(name.range.lowerBound + 6)..<name.range.upperBound], attribute, at: start)
        } else if name.prefix == XMLNames.noPrefix, isXMLNS(name.range) {
            try bind([], attribute, at: start)
        } else {
            attributes.append(attribute)
        }
    }

    private func isXMLNS(_ range: Range<Int>) -> Bool {
        range.count == 5 && input[range.lowerBound] == UInt8(ascii: "x") && input[range].elementsEqual("xmlns".utf8)
    }

    /// Reads `=` and a value; `index` ends behind it.
    private func readValue(_ index: inout Int) throws(XMLError) -> (Range<Int>, isPlain: Bool) {
        let nameEnd = index
        skipSpace(&index)
        guard index < input.count, input[index] == UInt8(ascii: "=") else {
            if isLenient {
                index = nameEnd
                return (nameEnd..<nameEnd, true)
            }
            throw index < input.count ? malformed("an attribute has no value", at: index) : truncated()
        }
        index += 1
        skipSpace(&index)
        guard index < input.count else {
            if isLenient { return (index..<index, true) }
            throw truncated()
        }
        let quote = input[index]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            guard isLenient else { throw malformed("the value of an attribute is not in quotes", at: index) }
            let start = index
            while index < input.count, !XMLCharacters.isSpace(input[index]), input[index] != UInt8(ascii: ">") {
                index += 1
            }
            return (start..<index, false)
        }
        index += 1
        return try readQuoted(&index, quote)
    }

    private func readQuoted(_ index: inout Int, _ quote: UInt8) throws(XMLError) -> (Range<Int>, isPlain: Bool) {
        let start = index
        var isPlain = true
        while index < input.count {
            let byte = input[index]
            if byte == quote {
                index += 1
                return (start..<(index - 1), isPlain)
            } else if byte < 32 {
                guard isLenient || XMLCharacters.isAllowed(input, at: index) else { throw control(at: index) }
                isPlain = false
            } else if byte == UInt8(ascii: "&") {
                if !isLenient { _ = try reference(at: index, isInAttribute: true) }
                isPlain = false
            } else if !isLenient {
                if byte == UInt8(ascii: "<") { throw malformed("the value of an attribute has a '<'", at: index) }
                if byte == 0xEF, !XMLCharacters.isAllowed(input, at: index) { throw control(at: index) }
            }
            index += 1
        }
        if isLenient { return (start..<index, false) }
        throw truncated()
    }

    func control(at index: Int) -> XMLError { malformed("it has a character that no document may have", at: index) }

    // MARK: Namespaces

    private mutating func bind(_ prefix: ArraySlice<UInt8>, _ attribute: XMLAttribute, at index: Int) throws(XMLError) {
        guard attribute.range.count <= limits.nameBytes else {
            throw XMLError(.limitExceeded, at: index, "a namespace has more than \(limits.nameBytes) bytes")
        }
        let uri = String(decoding: value(of: attribute), as: UTF8.self)
        if !isLenient {
            let isXML = prefix.elementsEqual("xml".utf8)
            guard isXML == (uri == XMLNames.xmlNamespace), uri != XMLNames.xmlnsNamespace,
                !prefix.elementsEqual("xmlns".utf8)
            else { throw malformed("it binds a prefix or a namespace that is reserved", at: index) }
            guard !uri.isEmpty || prefix.isEmpty else { throw malformed("it binds a prefix to nothing", at: index) }
        }
        guard names.bind(prefix, to: uri, limit: limits.namespaces) else {
            throw XMLError(.limitExceeded, at: index, "it has more than \(limits.namespaces) namespaces")
        }
    }

    private func resolve(_ id: Int32, at index: Int) throws(XMLError) -> Int32 {
        let namespace = names.namespace(ofPrefix: names[id].prefix)
        guard namespace != XMLNames.unbound, names[id].prefix != XMLNames.xmlnsPrefix else {
            if isLenient { return XMLNames.unbound }
            throw malformed("it has a prefix that stands for no namespace", at: index)
        }
        return namespace
    }

    private mutating func resolveAttributes(at index: Int) throws(XMLError) {
        for position in attributes.indices {
            let id = attributes[position].id
            if names[id].prefix != XMLNames.noPrefix {
                attributes[position].namespace = try resolve(id, at: index)
                if !isLenient { try checkRepetition(position, at: index) }
            }
            attributes[position].name = names.shortName(ofAttribute: id, in: attributes[position].namespace)
        }
    }

    /// Two attributes with different prefixes may still have the same name.
    private func checkRepetition(_ position: Int, at index: Int) throws(XMLError) {
        let (namespace, local) = (attributes[position].namespace, names[attributes[position].id].local)
        for other in attributes[..<position] where other.namespace == namespace && names[other.id].local == local {
            throw malformed("an element has an attribute twice", at: index)
        }
    }

    // MARK: End tags

    private mutating func readEndTag() throws(XMLError) {
        var index = position + 2
        if isLenient {
            try readLenientEndTag(&index)
        } else {
            let id = try readName(&index)
            skipSpace(&index)
            guard index < input.count else { throw truncated() }
            guard input[index] == UInt8(ascii: ">") else {
                throw malformed("an end tag has more than a name", at: index)
            }
            guard let last = open.last, last.name == id else {
                throw malformed("an end tag does not belong to what is open", at: position)
            }
            targetDepth = open.count - 1
            index += 1
        }
        position = index
    }

    /// Ends the innermost element of that name with all in it, if there is one.
    private mutating func readLenientEndTag(_ index: inout Int) throws(XMLError) {
        if index < input.count, !XMLCharacters.endsName(input[index]) {
            let id = try readName(&index)
            if openCounts[id, default: 0] > 0, let place = open.lastIndex(where: { $0.name == id }) {
                targetDepth = place
            }
        }
        while index < input.count, input[index] != UInt8(ascii: ">"), input[index] != UInt8(ascii: "<") { index += 1 }
        if index < input.count, input[index] == UInt8(ascii: ">") { index += 1 }
    }
}
