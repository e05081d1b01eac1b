// SPDX-License-Identifier: Apache-2.0

/// A type that reads itself from one JSON value.
package protocol JSONReadable {
    /// - Throws: `JSONError` for a missing or malformed member. Members that it does not know are passed over.
    init(from json: inout JSONReader) throws(JSONError)
}

extension JSONReadable {
    /// Reads a complete JSON text.
    package init(parsing bytes: [UInt8]) throws(JSONError) {
        var reader = JSONReader(bytes)
        try self.init(from: &reader)
        try reader.finish()
    }
}

/// The kinds of values that records and answers are made of.
extension JSONReader {
    package func unknown(_ name: String) -> JSONError { failure("unknown field '\(name)'") }

    package func missing(_ name: String) -> JSONError { failure("missing field '\(name)'") }

    /// What must have been there once the object is read.
    package func required<Value>(_ value: Value?, _ name: String) throws(JSONError) -> Value {
        guard let value else { throw missing(name) }
        return value
    }

    /// A value that is written as a string.
    package mutating func value<Value: LosslessStringConvertible>(_ type: Value.Type) throws(JSONError) -> Value {
        let text = try string()
        guard let value = Value(text) else { throw failure("malformed \(type): '\(text.prefix(80))'") }
        return value
    }

    package mutating func uri() throws(JSONError) -> VikingURI {
        let text = try string()
        guard let value = VikingURI(canonical: text) else { throw failure("malformed URI: '\(text.prefix(80))'") }
        return value
    }

    package mutating func choice<Value: RawRepresentable<String>>(_ type: Value.Type) throws(JSONError) -> Value {
        let text = try string()
        guard let value = Value(rawValue: text) else { throw failure("unknown \(type) '\(text.prefix(80))'") }
        return value
    }

    /// A whole number that is not negative.
    package mutating func count() throws(JSONError) -> Int {
        let value = try integer()
        guard value >= 0, value <= 1 << 53 else { throw failure("number out of range") }
        return Int(value)
    }

    package mutating func strings() throws(JSONError) -> [String] {
        var values: [String] = []
        try array { json throws(JSONError) in values.append(try json.string()) }
        return values
    }

    package mutating func uris() throws(JSONError) -> [VikingURI] {
        var values: [VikingURI] = []
        try array { json throws(JSONError) in values.append(try json.uri()) }
        return values
    }

    package mutating func values<Value: JSONReadable>(_ type: Value.Type) throws(JSONError) -> [Value] {
        var values: [Value] = []
        try array { json throws(JSONError) in values.append(try Value(from: &json)) }
        return values
    }

    /// Seconds since 1970, as executions show them.
    package mutating func secondsSince1970() throws(JSONError) -> Timestamp {
        let milliseconds = (try double() * 1000).rounded()
        guard abs(milliseconds) < 1e15 else { throw failure("time out of range") }
        return Timestamp(milliseconds: Int64(milliseconds))
    }

    // MARK: What may be null

    package mutating func stringOrNull() throws(JSONError) -> String? { skipNull() ? nil : try string() }

    package mutating func timestampOrNull() throws(JSONError) -> Timestamp? { skipNull() ? nil : try timestamp() }

    package mutating func taskIDOrNull() throws(JSONError) -> TaskID? { skipNull() ? nil : try taskID() }

    package mutating func valueOrNull<Value: JSONReadable>(_ type: Value.Type) throws(JSONError) -> Value? {
        skipNull() ? nil : try Value(from: &self)
    }
}
