// SPDX-License-Identifier: Apache-2.0

/// What an `XMLReader` comes across. Elements are called by their short names, see there.
package enum XMLEvent: Hashable, Sendable {
    /// Its attributes are the reader's, until the next event.
    case start(String)
    /// Also of an element that is written as one tag.
    case end(String)
    /// In UTF-8: references decoded, line ends as line feeds. Text that belongs together may come in several pieces.
    case text(ArraySlice<UInt8>)
}

/// Reads XML 1.0 with namespaces (W3C, Extensible Markup Language 1.0, fifth edition; Namespaces in XML 1.0), one
/// event after the other:
///
///     var reader = try XMLReader(bytes, prefixes: ["http://www.w3.org/2005/Atom": "atom"])
///     while let event = try reader.next() {
///         switch event {
///         case .start("atom:link"): links.append(reader.string("href"))
///         case .start("atom:title"): title = try reader.readText()
///         case .text, .start, .end: break
///         }
///     }
///
/// **Short names.** Elements and attributes are called `prefix:local` by the prefix that the caller gives their
/// namespace, whatever the document writes; `local` where the namespace is none or the caller gives it an empty prefix;
/// `*:local` in any other namespace, which `namespace` tells. Attributes without a prefix are in no namespace. `xml:lang`
/// is called that.
///
/// **Text.** The document is decoded to UTF-8 by its byte order mark, the charset that is given, its declaration.
///
/// **DTDs** are skipped: no entity is defined by them, no attribute gets a default. Comments and processing instructions
/// are no events.
///
/// **Lenient** reading is for feeds and the like, and reads anything as something: entities of HTML are known and unknown
/// ones are text, a lone `&` or `<` is text, control characters are dropped, end tags close what is open within and are
/// skipped where nothing of their name is open, prefixes without a namespace are kept as written, attributes may lack
/// quotes, what is open at the end is closed, text and further elements may follow the root. Only limits are errors then,
/// and an unknown charset.
///
/// Time is linear in the document and memory is its size; nothing recurses, so it may be nested up to the limit. A reader
/// that has thrown throws the same again.
package struct XMLReader: Sendable {
    package enum Mode: Hashable, Sendable { case strict, lenient }

    struct OpenElement {
        let name: Int32
        let namespace: Int32
        /// How many bindings there were outside of it.
        let bindings: Int32
    }

    let input: [UInt8]
    let isLenient: Bool
    let limits: XMLLimits
    var position: Int
    var names: XMLNames
    var open: [OpenElement] = []
    /// How many elements are to be left open before anything else is read.
    var targetDepth = 0
    /// The element of the last event.
    var current: Int32 = 0
    var attributes: [XMLAttribute] = []
    private(set) var hasRoot = false
    var hasDoctype = false
    private var failure: XMLError?
    /// For lenient reading: how many elements of each name are open.
    var openCounts: [Int32: Int] = [:]

    /// - Parameters:
    ///   - charset: what somebody outside of the document says that it is in.
    ///   - prefixes: the short prefix for each namespace that the caller knows.
    /// - Throws: `encoding`.
    package init(
        _ bytes: [UInt8], charset: String? = nil, mode: Mode = .strict, prefixes: [String: String] = [:],
        limits: XMLLimits = XMLLimits()
    ) throws(XMLError) {
        isLenient = mode == .lenient
        self.limits = limits
        (input, position) = try Self.text(of: bytes, charset: charset, isLenient: isLenient)
        names = XMLNames(prefixes: prefixes)
    }

    /// The next event; nil at the end of the document.
    package mutating func next() throws(XMLError) -> XMLEvent? {
        if let failure { throw failure }
        do throws(XMLError) { return try readEvent() } catch {
            failure = error
            throw error
        }
    }

    private mutating func readEvent() throws(XMLError) -> XMLEvent? {
        while true {
            if open.count > targetDepth { return closeElement() }
            guard position < input.count else { break }
            if input[position] == UInt8(ascii: "<"), !isLenient || isMarkup(at: position) {
                if let event = try readMarkup() { return event }
            } else if let text = try readTextRun() {
                return .text(text)
            }
        }
        if isLenient, !open.isEmpty {
            targetDepth = 0
            return closeElement()
        }
        guard open.isEmpty, hasRoot || isLenient else {
            throw XMLError(.truncated, at: position, hasRoot ? "it ends inside an element" : "it has no element")
        }
        return nil
    }

    // MARK: What the events are about

    /// How many elements are open. The one of a `start` is, that of an `end` is not any more.
    package var depth: Int { open.count }

    /// Where the reader is, in bytes of the document.
    package var offset: Int { position }

    /// The namespace of the element that the last `start` or `end` was about; empty for none.
    package var namespace: String { names.uri(current) }

    /// The value of an attribute of the element that has just begun, references decoded; nil where it has none.
    package subscript(name: String) -> ArraySlice<UInt8>? {
        for attribute in attributes where attribute.name == name { return value(of: attribute) }
        return nil
    }

    /// The same as a string.
    package func string(_ name: String) -> String? { self[name].map { String(decoding: $0, as: UTF8.self) } }

    /// The short names and values of all its attributes, without namespace declarations, in their order.
    package var allAttributes: [(name: String, value: ArraySlice<UInt8>)] {
        attributes.map { ($0.name, value(of: $0)) }
    }

    // MARK: Several events at once

    /// Reads on to the end of the element that has just begun, so that its `end` is the event that was last.
    package mutating func skip() throws(XMLError) {
        let depth = open.count - 1
        while open.count > depth { if try next() == nil { return } }
    }

    /// The text in the element that has just begun and in all elements within; its end is the event that was last.
    package mutating func readText() throws(XMLError) -> [UInt8] {
        var output: [UInt8] = []
        let depth = open.count - 1
        while open.count > depth, let event = try next() {
            if case .text(let text) = event { output += text }
        }
        return output
    }

    /// What stands in the document between the start and the end of the element that has just begun, in UTF-8 and
    /// otherwise as it is written; its end is the event that was last.
    package mutating func readSource() throws(XMLError) -> ArraySlice<UInt8> { try read { _ in } }

    /// Both at once, for whoever decides by what there is.
    package mutating func readSourceAndText() throws(XMLError) -> (source: ArraySlice<UInt8>, text: [UInt8]) {
        var text: [UInt8] = []
        let source = try read { text += $0 }
        return (source, text)
    }

    private mutating func read(_ take: (ArraySlice<UInt8>) -> Void) throws(XMLError) -> ArraySlice<UInt8> {
        let (depth, start) = (open.count - 1, position)
        var end = start
        while open.count > depth {
            // The end tag is the last thing that is read.
            if open.count <= targetDepth { end = position }
            guard let event = try next() else { break }
            if case .text(let text) = event { take(text) }
        }
        return input[start..<max(start, end)]
    }

    // MARK: Opening and closing

    mutating func openElement(_ name: Int32, _ namespace: Int32, bindings: Int, isEmpty: Bool) throws(XMLError) {
        guard open.count < limits.depth else {
            throw XMLError(.limitExceeded, at: position, "its elements are nested more than \(limits.depth) deep")
        }
        open.append(OpenElement(name: name, namespace: namespace, bindings: Int32(bindings)))
        if isLenient { openCounts[name, default: 0] += 1 }
        hasRoot = true
        current = namespace
        targetDepth = isEmpty ? open.count - 1 : open.count
    }

    private mutating func closeElement() -> XMLEvent? {
        guard let element = open.popLast() else { return nil }
        if isLenient { openCounts[element.name, default: 1] -= 1 }
        attributes.removeAll(keepingCapacity: true)
        current = element.namespace
        names.unbind(to: Int(element.bindings))
        targetDepth = min(targetDepth, open.count)
        return .end(names.shortName(ofElement: element.name, in: element.namespace))
    }
}
