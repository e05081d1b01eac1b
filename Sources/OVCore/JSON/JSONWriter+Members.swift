// SPDX-License-Identifier: Apache-2.0

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

    package mutating func member(_ name: StaticString, _ value: some JSONWritable) {
        self.name(name)
        value.write(to: &self)
    }

    package mutating func member(_ name: StaticString, _ values: some Sequence<some JSONWritable>) {
        self.name(name)
        array { json in
            for value in values { value.write(to: &json) }
        }
    }

    /// A member that is null when there is no value.
    package mutating func member(_ name: StaticString, orNull value: (some JSONWritable)?) {
        self.name(name)
        if let value { value.write(to: &self) } else { null() }
    }

    /// A member that is left out when there is no value.
    package mutating func member(_ name: StaticString, ifAny value: (some JSONWritable)?) {
        guard let value else { return }
        member(name, value)
    }
}

// MARK: - Optional members of large lists

/// What generic code does for all types, once more for those that large lists are made of: generic code is not
/// specialised in other modules.
extension JSONWriter {
    package mutating func member(_ name: StaticString, orNull value: String?) {
        self.name(name)
        if let value { self.value(value) } else { null() }
    }

    package mutating func member(_ name: StaticString, orNull value: Timestamp?) {
        self.name(name)
        if let value { value.write(to: &self) } else { null() }
    }

    package mutating func member(_ name: StaticString, orNull value: TaskID?) {
        self.name(name)
        if let value { value.write(to: &self) } else { null() }
    }

    package mutating func member(_ name: StaticString, ifAny value: String?) {
        if let value { member(name, value) }
    }

    package mutating func member(_ name: StaticString, ifAny value: Timestamp?) {
        if let value { member(name, value) }
    }

    package mutating func member(_ name: StaticString, ifAny value: TaskID?) {
        if let value { member(name, value) }
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
    package func write(to json: inout JSONWriter) { json.value(plain: Self.textLength, write) }
}

extension TaskID: JSONWritable {
    package func write(to json: inout JSONWriter) { json.value(plain: Self.textLength, write) }
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
