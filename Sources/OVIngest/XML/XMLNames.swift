// SPDX-License-Identifier: Apache-2.0

/// The names of a document, each one made sense of once, and what its prefixes stand for at the moment.
struct XMLNames: Sendable {
    struct Name: Sendable {
        /// Where it was written first.
        let range: Range<Int>
        let prefix: Int32
        let local: Int32
        let written: String
        let localText: String
        /// Whether it may stand in a document (XML 1.0 §2.3, Namespaces §4).
        let isWellFormed: Bool
        /// The last start tag with an attribute of this name.
        var lastTag = 0
        /// What it is called as an element in the namespace that it was in last, and as an attribute.
        var element = ShortName()
        var attribute = ShortName()
    }

    struct ShortName: Sendable {
        var namespace: Int32 = -2
        var text = ""
    }

    static let xmlNamespace = "http://www.w3.org/XML/1998/namespace"
    static let xmlnsNamespace = "http://www.w3.org/2000/xmlns/"
    static let none: Int32 = 0
    /// The namespace of a prefix that nothing has bound.
    static let unbound: Int32 = -1
    static let noPrefix: Int32 = 0
    static let xmlPrefix: Int32 = 1
    static let xmlnsPrefix: Int32 = 2

    private(set) var names: [Name] = []
    private var ids: [ArraySlice<UInt8>: Int32] = [:]
    /// The name that was found last for each hash, before anything is looked up.
    private var recent = [Int32](repeating: -1, count: 256)
    private var prefixes: [ArraySlice<UInt8>: Int32] = [[]: 0, Array("xml".utf8)[...]: 1, Array("xmlns".utf8)[...]: 2]
    private var locals: [ArraySlice<UInt8>: Int32] = [:]

    /// Namespaces by number, and the short prefix of each; nil for those that the caller does not know.
    private var uris: [String] = []
    private var shortPrefixes: [String?] = []
    private var uriIDs: [String: Int32] = [:]
    /// The caller's, by namespace.
    private let known: [String: String]
    /// The namespace of each prefix.
    private var bound: [Int32] = [none, 1, 2]
    /// What was bound before, for when an element ends.
    private var shadowed: [(prefix: Int32, namespace: Int32)] = []

    init(prefixes: [String: String]) {
        known = prefixes
        uris = ["", Self.xmlNamespace, Self.xmlnsNamespace]
        shortPrefixes = ["", "xml", "xmlns"]
        for (id, uri) in uris.enumerated() { uriIDs[uri] = Int32(id) }
    }

    subscript(id: Int32) -> Name { names[Int(id)] }

    func uri(_ id: Int32) -> String { id > 0 ? uris[Int(id)] : "" }

    // MARK: Names

    /// The number of the name at `range`.
    /// - Parameter hash: any number that is the same for the same name.
    /// - Returns: nil when there are more names than `limit`.
    @inline(__always)
    mutating func id(of range: Range<Int>, in input: [UInt8], hash: UInt, limit: Int) -> Int32? {
        let slot = Int(hash & 255)
        let candidate = recent[slot]
        if candidate >= 0, Self.isSame(names[Int(candidate)].range, range, in: input) { return candidate }
        return lookUp(range, in: input, slot: slot, limit: limit)
    }

    private static func isSame(_ first: Range<Int>, _ second: Range<Int>, in input: [UInt8]) -> Bool {
        guard first.count == second.count else { return false }
        var (left, right) = (first.lowerBound, second.lowerBound)
        while left < first.upperBound {
            if input[left] != input[right] { return false }
            left += 1
            right += 1
        }
        return true
    }

    @inline(never)
    private mutating func lookUp(_ range: Range<Int>, in input: [UInt8], slot: Int, limit: Int) -> Int32? {
        let text = input[range]
        if let id = ids[text] {
            recent[slot] = id
            return id
        }
        guard names.count < limit else { return nil }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let isSplit = parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty
        let (prefix, local) = isSplit ? (parts[0], parts[1]) : ([], text)
        let name = Name(
            range: range, prefix: prefixID(prefix), local: Self.number(local, in: &locals),
            written: String(decoding: text, as: UTF8.self), localText: String(decoding: local, as: UTF8.self),
            isWellFormed: (isSplit || parts.count == 1) && XMLCharacters.isName(local)
                && (!isSplit || XMLCharacters.isName(prefix)))
        let id = Int32(names.count)
        names.append(name)
        ids[text] = id
        recent[slot] = id
        return id
    }

    private mutating func prefixID(_ prefix: ArraySlice<UInt8>) -> Int32 {
        let id = Self.number(prefix, in: &prefixes)
        while bound.count <= Int(id) { bound.append(Self.unbound) }
        return id
    }

    private static func number(_ text: ArraySlice<UInt8>, in table: inout [ArraySlice<UInt8>: Int32]) -> Int32 {
        if let id = table[text] { return id }
        let id = Int32(table.count)
        table[text] = id
        return id
    }

    /// Whether the tag with that number has an attribute of this name already. From now on it has.
    mutating func isRepeated(_ id: Int32, inTag tag: Int) -> Bool {
        defer { names[Int(id)].lastTag = tag }
        return names[Int(id)].lastTag == tag
    }

    // MARK: Namespaces

    /// How many bindings are in force that may be undone.
    var bindings: Int { shadowed.count }

    func namespace(ofPrefix prefix: Int32) -> Int32 { bound[Int(prefix)] }

    /// - Parameter prefix: the text of one; empty for the default namespace.
    /// - Returns: false when there are more namespaces than `limit`.
    mutating func bind(_ prefix: ArraySlice<UInt8>, to uri: String, limit: Int) -> Bool {
        let prefix = prefixID(prefix)
        let id: Int32
        if let known = uriIDs[uri] {
            id = known
        } else {
            guard uris.count < limit else { return false }
            id = Int32(uris.count)
            uris.append(uri)
            shortPrefixes.append(known[uri])
            uriIDs[uri] = id
        }
        shadowed.append((prefix, bound[Int(prefix)]))
        bound[Int(prefix)] = id
        return true
    }

    mutating func unbind(to count: Int) {
        while shadowed.count > count {
            let last = shadowed.removeLast()
            bound[Int(last.prefix)] = last.namespace
        }
    }

    // MARK: Short names

    mutating func shortName(ofElement id: Int32, in namespace: Int32) -> String {
        if names[Int(id)].element.namespace == namespace { return names[Int(id)].element.text }
        let text = makeShortName(id, namespace)
        names[Int(id)].element = ShortName(namespace: namespace, text: text)
        return text
    }

    mutating func shortName(ofAttribute id: Int32, in namespace: Int32) -> String {
        if names[Int(id)].attribute.namespace == namespace { return names[Int(id)].attribute.text }
        let text = makeShortName(id, namespace)
        names[Int(id)].attribute = ShortName(namespace: namespace, text: text)
        return text
    }

    private func makeShortName(_ id: Int32, _ namespace: Int32) -> String {
        let name = names[Int(id)]
        guard namespace != Self.unbound else { return name.written }
        guard let prefix = shortPrefixes[Int(namespace)] else { return "*:" + name.localText }
        return prefix.isEmpty ? name.localText : prefix + ":" + name.localText
    }
}
