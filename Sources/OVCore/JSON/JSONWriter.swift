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
    private var depth = 0
    /// Whether the innermost container has a member already.
    private var hasMember = false
    private var followsName = false

    package init(indented: Bool = false, reservingCapacity capacity: Int = 0) {
        self.indented = indented
        bytes.reserveCapacity(capacity)
    }

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
    }

    package mutating func name(_ name: String) {
        separate()
        appendString(name)
        bytes.append(58)
        if indented { bytes.append(32) }
        followsName = true
    }

    private mutating func separate() {
        if followsName {
            followsName = false
            return
        }
        if hasMember { bytes.append(44) }
        if depth > 0 { breakLine() }
        hasMember = true
    }

    private mutating func breakLine() {
        guard indented else { return }
        bytes.append(10)
        bytes.append(contentsOf: repeatElement(32, count: 2 * depth))
    }

    // MARK: Values

    package mutating func null() {
        separate()
        bytes.append(contentsOf: [110, 117, 108, 108])
    }

    package mutating func value(_ value: String) {
        separate()
        appendString(value)
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
        var string = string
        bytes.append(34)
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
        bytes.append(34)
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
    package mutating func member(_ name: String, _ value: String) {
        self.name(name)
        self.value(value)
    }

    package mutating func member(_ name: String, _ value: Bool) {
        self.name(name)
        self.value(value)
    }

    package mutating func member(_ name: String, _ value: Int) {
        self.name(name)
        self.value(Int64(value))
    }

    package mutating func member(_ name: String, _ value: Double) {
        self.name(name)
        self.value(value)
    }

    package mutating func member(_ name: String, _ value: some JSONWritable) {
        self.name(name)
        value.write(to: &self)
    }

    package mutating func member(_ name: String, _ values: some Sequence<some JSONWritable>) {
        self.name(name)
        array { json in
            for value in values { value.write(to: &json) }
        }
    }

    /// A member that is null when there is no value.
    package mutating func member(_ name: String, orNull value: (some JSONWritable)?) {
        self.name(name)
        if let value { value.write(to: &self) } else { null() }
    }

    /// A member that is left out when there is no value.
    package mutating func member(_ name: String, ifAny value: (some JSONWritable)?) {
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
    package func write(to json: inout JSONWriter) { json.value(description) }
}

extension TaskID: JSONWritable {
    package func write(to json: inout JSONWriter) { json.value(description) }
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
                for member in members { json.member(member.name, member.value) }
            }
        }
    }
}
