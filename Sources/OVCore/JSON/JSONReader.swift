// SPDX-License-Identifier: Apache-2.0

/// What was wrong with a JSON text, and at which byte.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package let reason: String
    package let offset: Int

    package init(reason: String, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "\(reason) at byte \(offset)" }
}

/// Reads JSON (RFC 8259) as a pull parser: the caller asks for what its schema says comes next.
///
/// State files decode through it a line at a time, requests through `JSONValue.init(parsing:)`. Strict: no trailing
/// commas, no comments, no NaN, no control characters in strings, valid UTF-8 only. Nesting is bounded, so that no
/// text can exhaust the stack. Every access is bounds-checked by the array.
package struct JSONReader {
    package static let maximumDepth = 128

    private let bytes: [UInt8]
    package private(set) var position: Int
    private var end: Int
    private var depth = 0
    /// Whether the innermost container has been entered and nothing of it read.
    private var isAtFirst = false
    /// Whether a number that is too large becomes the largest that there is, and no error: for messages whose sender
    /// waits for an answer that names them.
    package var clampsNumbers = false

    package init(_ bytes: [UInt8]) { self.init(bytes, in: bytes.indices) }

    /// Reads the part of a buffer that `range` names.
    package init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// Goes on in another part of the same buffer, whatever is left of this one.
    package mutating func move(to range: Range<Int>) {
        (position, end) = (range.lowerBound, range.upperBound)
        (depth, isAtFirst) = (0, false)
    }

    package func failure(_ reason: String) -> JSONError { JSONError(reason: reason, offset: position) }

    // MARK: Tokens

    /// The next byte that is not white space, not consumed; nil at the end.
    private mutating func peek() -> UInt8? {
        while position < end {
            let byte = bytes[position]
            if byte != 32 && byte != 10 && byte != 13 && byte != 9 { return byte }
            position += 1
        }
        return nil
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard peek() == byte else { throw failure("expected '\(Unicode.Scalar(byte))'") }
        position += 1
    }

    private mutating func literal(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard end - position >= count else { return false }
        for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] { return false }
        position += count
        return true
    }

    /// Fails unless nothing but white space is left.
    package mutating func finish() throws(JSONError) {
        if peek() != nil { throw failure("unexpected text after the value") }
    }

    // MARK: Values

    /// Consumes `null` if it is next.
    package mutating func skipNull() -> Bool { peek() == 110 && literal("null") }

    package mutating func bool() throws(JSONError) -> Bool {
        switch peek() {
        case 116 where literal("true"): return true
        case 102 where literal("false"): return false
        default: throw failure("expected true or false")
        }
    }

    package mutating func integer() throws(JSONError) -> Int64 {
        guard case .integer(let value) = try number() else { throw failure("expected a whole number") }
        return value
    }

    package mutating func double() throws(JSONError) -> Double {
        switch try number() {
        case .integer(let value): return Double(value)
        case .number(let value): return value
        default: throw failure("expected a number")
        }
    }

    /// A number: whole ones that fit as integers, all others as floating point.
    private mutating func number() throws(JSONError) -> JSONValue {
        guard let first = peek(), first == 45 || isDigit(first) else { throw failure("expected a number") }
        let start = position
        if first == 45 { position += 1 }
        let leading = position
        skipDigits()
        guard position > leading, position == leading + 1 || bytes[leading] != 48 else {
            throw failure("malformed number")
        }
        let whole = position
        if position < end, bytes[position] == 46 {
            position += 1
            let fraction = position
            skipDigits()
            guard position > fraction else { throw failure("malformed number") }
        }
        if position < end, bytes[position] | 32 == 101 {
            position += 1
            if position < end, bytes[position] == 43 || bytes[position] == 45 { position += 1 }
            let exponent = position
            skipDigits()
            guard position > exponent else { throw failure("malformed number") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if position == whole, let value = Int64(text) { return .integer(value) }
        // RFC 8259 §6 leaves the range to the reader. No number that was read is ever infinite.
        guard let value = Double(text), value.isFinite || clampsNumbers else { throw failure("number out of range") }
        let bound = Double.greatestFiniteMagnitude
        return .number(min(max(value, -bound), bound))
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- 48 <= 9 }

    private mutating func skipDigits() {
        while position < end, isDigit(bytes[position]) { position += 1 }
    }

    package mutating func string() throws(JSONError) -> String {
        let (range, isASCII) = try rangeOfString()
        guard let range else { return try escapedString(from: position) }
        return try text(in: range, isASCII: isASCII)
    }

    /// Reads a string and makes a value of its bytes, without a string in between: a large state has a few of those
    /// on each line.
    private mutating func parsed<Value>(
        as name: StaticString, _ parse: (UnsafeBufferPointer<UInt8>) -> Value?
    ) throws(JSONError) -> Value {
        _ = peek()
        let start = position
        if let range = try rangeOfString().range,
            let value = bytes.withUnsafeBufferPointer({ parse(UnsafeBufferPointer(rebasing: $0[range])) })
        {
            return value
        }
        // With escapes, or to be quoted as what it is not.
        position = start
        var text = try string()
        if let value = text.withUTF8(parse) { return value }
        throw failure("malformed \(name): '\(text.prefix(80))'")
    }

    package mutating func timestamp() throws(JSONError) -> Timestamp {
        try parsed(as: "time") { Timestamp(text: $0) }
    }

    package mutating func taskID() throws(JSONError) -> TaskID {
        try parsed(as: "id") { TaskID(text: $0) }
    }

    /// Consumes a string that has no escapes. Of one that has some, only what stands before the first.
    private mutating func rangeOfString() throws(JSONError) -> (range: Range<Int>?, isASCII: Bool) {
        try expect(34)
        let start = position
        var isASCII = true
        skipPlainText()
        while position < end {
            let byte = bytes[position]
            if byte == 34 {
                defer { position += 1 }
                return (start..<position, isASCII)
            }
            if byte == 92 {
                position = start
                return (nil, isASCII)
            }
            guard byte >= 32 else { throw failure("control character in a string") }
            isASCII = isASCII && byte < 128
            position += 1
        }
        throw failure("unterminated string")
    }

    /// Goes on while the next eight bytes are ASCII that means nothing inside a string.
    private mutating func skipPlainText() {
        position = bytes.withUnsafeBytes { text in
            var next = position
            while next + 8 <= min(end, text.count) {
                let word = text.loadUnaligned(fromByteOffset: next, as: UInt64.self)
                guard !Self.hasSpecialByte(word) else { break }
                next += 8
            }
            return next
        }
    }

    /// Whether one of eight bytes is a quote, a backslash, a control character or not ASCII.
    ///
    /// Source of the tests for all bytes at once: Sean Eron Anderson, "Bit Twiddling Hacks", "Determine if a word has a
    /// byte less than n".
    private static func hasSpecialByte(_ word: UInt64) -> Bool {
        let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        func hasByte(below limit: UInt64, _ word: UInt64) -> UInt64 { (word &- ones &* limit) & ~word & highs }
        let quotes = hasByte(below: 1, word ^ (ones &* 34))
        let backslashes = hasByte(below: 1, word ^ (ones &* 92))
        return (word & highs) | hasByte(below: 32, word) | quotes | backslashes != 0
    }

    /// Most strings are ASCII, and those need no validation, which is generic and slow.
    private func text(in range: Range<Int>, isASCII: Bool) throws(JSONError) -> String {
        if isASCII {
            return bytes.withUnsafeBufferPointer { buffer in
                String(decoding: UnsafeBufferPointer(rebasing: buffer[range]), as: UTF8.self)
            }
        }
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw JSONError(reason: "invalid UTF-8 in a string", offset: range.lowerBound)
        }
        return text
    }

    /// Goes on with a string at its first escape; rare, so that the common case stays one slice.
    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var text = Array(bytes[start..<position])
        while position < end {
            let byte = bytes[position]
            position += 1
            switch byte {
            case 34:
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw JSONError(reason: "invalid UTF-8 in a string", offset: start)
                }
                return string
            case 92: try appendEscape(to: &text)
            case 0..<32: throw failure("control character in a string")
            default: text.append(byte)
            }
        }
        throw failure("unterminated string")
    }

    private mutating func appendEscape(to text: inout [UInt8]) throws(JSONError) {
        guard position < end else { throw failure("unterminated string") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case 34, 92, 47: text.append(byte)
        case 98: text.append(8)
        case 102: text.append(12)
        case 110: text.append(10)
        case 114: text.append(13)
        case 116: text.append(9)
        case 117: text.append(contentsOf: Character(try escapedScalar()).utf8)
        default: throw failure("unknown escape")
        }
    }

    /// The scalar of `\uXXXX`, of two of them for a surrogate pair; a lone surrogate is U+FFFD, as RFC 8259 §8.2
    /// leaves open and most readers do.
    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let first = try hexadecimalUnit()
        if (0xD800...0xDBFF).contains(first), end - position >= 6, bytes[position] == 92, bytes[position + 1] == 117 {
            let resume = position
            position += 2
            let second = try hexadecimalUnit()
            if (0xDC00...0xDFFF).contains(second) {
                let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
                return Unicode.Scalar(value) ?? "\u{FFFD}"
            }
            position = resume
        }
        return Unicode.Scalar(first) ?? "\u{FFFD}"
    }

    private mutating func hexadecimalUnit() throws(JSONError) -> UInt16 {
        guard end - position >= 4 else { throw failure("unterminated escape") }
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = hexadecimalDigit(bytes[position]) else { throw failure("malformed escape") }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    // MARK: Containers

    /// Enters an object, whose members `nextName` then finds.
    package mutating func beginObject() throws(JSONError) { try begin(123) }

    /// The name of the next member, whose value must be consumed before the next call; nil behind the last.
    package mutating func nextName() throws(JSONError) -> String? {
        guard try hasNext(before: 125) else { return nil }
        let name = try string()
        try expect(58)
        return name
    }

    /// Reads an object: `member` is called with each name and must consume the value behind it.
    package mutating func object(
        _ member: (_ name: String, _ reader: inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try beginObject()
        while let name = try nextName() { try member(name, &self) }
    }

    /// Reads an array: `element` is called before each element and must consume it.
    package mutating func array(
        _ element: (_ reader: inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try begin(91)
        while try hasNext(before: 93) { try element(&self) }
    }

    private mutating func begin(_ open: UInt8) throws(JSONError) {
        try expect(open)
        depth += 1
        guard depth <= Self.maximumDepth else { throw failure("nested deeper than \(Self.maximumDepth) levels") }
        isAtFirst = true
    }

    /// Whether another element follows in the innermost container, which otherwise is left.
    private mutating func hasNext(before close: UInt8) throws(JSONError) -> Bool {
        // Whoever comes back from a nested container is behind an element.
        defer { isAtFirst = false }
        let next = peek()
        if next == close {
            position += 1
            depth -= 1
            return false
        }
        if !isAtFirst {
            guard next == 44 else { throw failure("expected '\(Unicode.Scalar(close))'") }
            position += 1
        }
        return true
    }

    /// Any value.
    package mutating func value() throws(JSONError) -> JSONValue {
        switch peek() {
        case 123:
            var members: [(name: String, value: JSONValue)] = []
            try object { name, reader throws(JSONError) in members.append((name, try reader.value())) }
            return .object(members)
        case 91:
            var values: [JSONValue] = []
            try array { reader throws(JSONError) in values.append(try reader.value()) }
            return .array(values)
        case 34: return .string(try string())
        case 116, 102: return .bool(try bool())
        case 110:
            guard skipNull() else { throw failure("unexpected text") }
            return .null
        case nil: throw failure("unexpected end")
        default: return try number()
        }
    }

    /// Consumes any value without keeping it.
    package mutating func skip() throws(JSONError) { _ = try value() }
}

extension JSONValue {
    /// Parses a complete JSON text.
    /// - Throws: `JSONError` with the reason and the byte at which it stands.
    package init(parsing bytes: [UInt8]) throws(JSONError) {
        var reader = JSONReader(bytes)
        self = try reader.value()
        try reader.finish()
    }
}
