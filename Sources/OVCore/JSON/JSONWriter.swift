// SPDX-License-Identifier: Apache-2.0

/// A type that writes itself as one JSON value.
package protocol JSONWritable {
    func write(to json: inout JSONWriter)
}

/// Writes JSON text (RFC 8259) into a growing buffer, on one line or indented by two blanks.
///
/// A writer of our own because lists of a hundred thousand watches are part of the product's promise, and because
/// the order of fields is the one in which they are written.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    private let indented: Bool
    /// Where text goes as soon as there is much of it; nil when all of it stays in `bytes`.
    private let drain: (([UInt8]) -> Void)?
    private var depth = 0
    /// Whether the innermost container has a member already.
    private var hasMember = false
    private var followsName = false

    package init(indented: Bool = false, reservingCapacity capacity: Int = 0) {
        self.indented = indented
        drain = nil
        bytes.reserveCapacity(capacity)
    }

    /// A writer that keeps no more than about a mebibyte: lists can be larger than memory should be. What is left at
    /// the end is in `bytes`.
    package init(indented: Bool, drainingTo drain: @escaping ([UInt8]) -> Void) {
        self.indented = indented
        self.drain = drain
        bytes.reserveCapacity(Self.drainThreshold + 4096)
    }

    private static let drainThreshold = 1 << 20

    /// The text of one value.
    package static func text(of value: some JSONWritable, indented: Bool = false) -> String {
        var writer = JSONWriter(indented: indented)
        value.write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Forgets what was written, keeping the buffer.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        (depth, hasMember, followsName) = (0, false, false)
    }

    /// Ends a line between two documents.
    package mutating func newline() {
        bytes.append(10)
        hasMember = false
    }

    // MARK: Containers

    package mutating func object(_ members: (inout JSONWriter) -> Void) { container(123, 125, members) }
    package mutating func array(_ elements: (inout JSONWriter) -> Void) { container(91, 93, elements) }

    private mutating func container(_ open: UInt8, _ close: UInt8, _ content: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(open)
        (hasMember, depth) = (false, depth + 1)
        content(&self)
        depth -= 1
        if hasMember { breakLine() }
        bytes.append(close)
        hasMember = true
        if bytes.count >= Self.drainThreshold, let drain {
            drain(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
    }

    /// The name of the value that follows. Names in code need no escaping, which would be half the work.
    package mutating func name(_ name: StaticString) {
        separate(then: 34)
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        endName()
    }

    /// A name that is data.
    package mutating func name(data name: String) {
        separate(then: 34)
        appendEscaped(name)
        endName()
    }

    private mutating func endName() {
        bytes.append(contentsOf: indented ? Self.indentedNameEnd : Self.nameEnd)
        followsName = true
    }

    private static let nameEnd: [UInt8] = [34, 58]
    private static let indentedNameEnd: [UInt8] = [34, 58, 32]

    /// Writes what stands between two values, and the first byte of the next. In one piece: this is where a large
    /// list spends its time.
    private mutating func separate(then first: UInt8? = nil) {
        if followsName {
            followsName = false
        } else {
            if hasMember { bytes.append(44) }
            if depth > 0 { breakLine() }
            hasMember = true
        }
        if let first { bytes.append(first) }
    }

    private mutating func breakLine() {
        guard indented else { return }
        bytes.append(contentsOf: Self.lineBreak.prefix(1 + 2 * depth))
    }

    /// A newline, and blanks for as deep as values nest.
    private static let lineBreak: [UInt8] = [10] + [UInt8](repeating: 32, count: 2 * (JSONReader.maximumDepth + 1))

    // MARK: Values

    private static let nullText: [UInt8] = [110, 117, 108, 108]

    package mutating func null() {
        separate()
        bytes.append(contentsOf: Self.nullText)
    }

    package mutating func value(_ value: String) {
        separate()
        appendString(value)
    }

    /// A string that has nothing to escape: a number, a time, an identity.
    mutating func value(plain value: String) {
        separate()
        var value = value
        bytes.append(34)
        value.withUTF8 { bytes.append(contentsOf: $0) }
        bytes.append(34)
    }

    package mutating func value(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    package mutating func value(_ value: Int64) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    /// JSON has no NaN and no infinities: they become null.
    package mutating func value(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        bytes.append(contentsOf: value.description.utf8)
    }

    /// Appends text that is a JSON value already.
    package mutating func raw(_ json: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    private mutating func appendString(_ string: String) {
        bytes.append(34)
        appendEscaped(string)
        bytes.append(34)
    }

    private mutating func appendEscaped(_ string: String) {
        var string = string
        string.withUTF8 { text in
            var start = 0
            for index in 0..<text.count {
                let byte = text[index]
                guard byte < 32 || byte == 34 || byte == 92 else { continue }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
                appendEscape(of: byte)
                start = index + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
        }
    }

    private mutating func appendEscape(of byte: UInt8) {
        bytes.append(92)
        switch byte {
        case 34, 92: bytes.append(byte)
        case 8: bytes.append(98)
        case 9: bytes.append(116)
        case 10: bytes.append(110)
        case 12: bytes.append(102)
        case 13: bytes.append(114)
        default:
            let low = byte & 15
            bytes.append(contentsOf: [117, 48, 48, 48 + byte >> 4, low < 10 ? 48 + low : 87 + low])
        }
    }
}

// MARK: - Named members

extension JSONWriter {
    package mutating func member(data name: String, _ value: some JSONWritable) {
        self.name(data: name)
        value.write(to: &self)
    }

    package mutating func member(_ name: StaticString, _ value: String) {
        self.name(name)
        self.value(value)
    }

    package mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        self.value(value)
    }

    package mutating func member(_ name: StaticString, _ value: Int) {
        self.name(name)
        self.value(Int64(value))
    }

    package mutating func member(_ name: StaticString, _ value: Double) {
        self.name(name)
        self.value(value)
    }

    @inlinable
    package mutating func member(_ name: StaticString, _ value: some JSONWritable) {
        self.name(name)
        value.write(to: &self)
    }

    @inlinable
    package mutating func member(_ name: StaticString, _ values: some Sequence<some JSONWritable>) {
        self.name(name)
        array { json in
            for value in values { value.write(to: &json) }
        }
    }

    /// A member that is null when there is no value.
    @inlinable
    package mutating func member(_ name: StaticString, orNull value: (some JSONWritable)?) {
        self.name(name)
        if let value { value.write(to: &self) } else { null() }
    }

    /// A member that is left out when there is no value.
    @inlinable
    package mutating func member(_ name: StaticString, ifAny value: (some JSONWritable)?) {
        guard let value else { return }
        member(name, value)
    }
}

// MARK: - Values that write themselves

extension String: JSONWritable {
    package func write(to json: inout JSONWriter) { json.value(self) }
}

extension Int: JSONWritable {
    package func write(to json: inout JSONWriter) { json.value(Int64(self)) }
}

extension Double: JSONWritable {
    package func write(to json: inout JSONWriter) { json.value(self) }
}

extension Bool: JSONWritable {
    package func write(to json: inout JSONWriter) { json.value(self) }
}

extension Timestamp: JSONWritable {
    package func write(to json: inout JSONWriter) { json.value(plain: description) }
}

extension TaskID: JSONWritable {
    package func write(to json: inout JSONWriter) { json.value(plain: description) }
}

extension Digest: JSONWritable {
    package func write(to json: inout JSONWriter) { json.value(description) }
}

extension JSONValue: JSONWritable {
    package func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.null()
        case .bool(let value): json.value(value)
        case .integer(let value): json.value(value)
        case .number(let value): json.value(value)
        case .string(let value): json.value(value)
        case .array(let values):
            json.array { json in
                for value in values { value.write(to: &json) }
            }
        case .object(let members):
            json.object { json in
                for member in members { json.member(data: member.name, member.value) }
            }
        }
    }
}
