// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Something that stands on a line of the state file. FORMAT.md §1.
///
/// The codec is written out by hand: a generic one costs more than a second for a hundred thousand watches, and the
/// spelling of a field on disk must not follow the renaming of a property.
protocol StateRecord {
    /// Writes the fields, leaving out those at their default.
    func encode(to json: inout JSONWriter)

    /// - Throws: `JSONError` for a missing, unknown or malformed field.
    init(decoding json: inout JSONReader) throws(JSONError)
}

/// A record on its way into JSON. Apart from the type itself, whose JSON is what callers see.
struct Record<Value: StateRecord>: JSONWritable {
    let value: Value

    init(_ value: Value) { self.value = value }

    func write(to json: inout JSONWriter) {
        json.object { value.encode(to: &$0) }
    }
}

/// What a line of a member says.
enum StateChange: Sendable {
    case putWatch(WatchTask)
    case putTask(TaskRecord)
    case putResource(Resource)
    case putRevision(RevisionRecord)
    case dropWatch(TaskID)
    case dropTask(TaskID)
    case dropResource(ResourceKey)
    case dropRevision(DroppedRevision)

    init(decoding json: inout JSONReader) throws(JSONError) {
        var change: StateChange?
        try json.object { name, json throws(JSONError) in
            guard change == nil else { throw json.failure("more than one record on a line") }
            change =
                switch name {
                case "watch": .putWatch(try WatchTask(decoding: &json))
                case "task": .putTask(try TaskRecord(decoding: &json))
                case "resource": .putResource(try Resource(decoding: &json))
                case "revision": .putRevision(try RevisionRecord(decoding: &json))
                case "drop_watch": .dropWatch(try json.value(TaskID.self))
                case "drop_task": .dropTask(try json.value(TaskID.self))
                case "drop_resource": .dropResource(try ResourceKey(decoding: &json))
                case "drop_revision": .dropRevision(try DroppedRevision(decoding: &json))
                default: throw json.unknown(name)
                }
        }
        guard let change else { throw json.failure("a line without a record") }
        self = change
    }

    /// Reads one line of a text.
    init(_ text: [UInt8], _ line: Range<Int>) throws(JSONError) {
        var json = JSONReader(text, in: line)
        try self.init(decoding: &json)
        try json.finish()
    }
}

extension State {
    mutating func apply(_ change: StateChange) {
        switch change {
        case .putWatch(let watch): put(watch)
        case .putTask(let task): put(task)
        case .putResource(let resource): put(resource)
        case .putRevision(let record): put(record.revision, of: record.key)
        case .dropWatch(let id): dropWatch(id)
        case .dropTask(let id): dropTask(id)
        case .dropResource(let key): dropResource(key)
        case .dropRevision(let record): dropRevision(record.number, of: record.key)
        }
    }

    /// Writes every record, in an order in which they can be read back.
    func encodeRecords(to json: inout JSONWriter) {
        func line(_ name: StaticString, _ record: some JSONWritable) {
            json.object { $0.member(name, record) }
            json.newline()
        }
        for resource in resources.values {
            line("resource", Record(resource))
            for revision in revisions(of: resource.key) {
                line("revision", Record(RevisionRecord(key: resource.key, revision: revision)))
            }
        }
        // A repair may have lost a resource and not its revisions; they count, so they are written.
        for (key, revisions) in allRevisions where resources[key] == nil {
            for revision in revisions {
                line("revision", Record(RevisionRecord(key: key, revision: revision)))
            }
        }
        for watch in watches.values { line("watch", Record(watch)) }
        for task in tasks.values { line("task", Record(task)) }
    }
}

// MARK: - Fields

extension JSONReader {
    func unknown(_ name: String) -> JSONError { failure("unknown field '\(name)'") }

    func missing(_ name: String) -> JSONError { failure("missing field '\(name)'") }

    /// A value that is written as a string.
    mutating func value<Value: LosslessStringConvertible>(_ type: Value.Type) throws(JSONError) -> Value {
        let text = try string()
        guard let value = Value(text) else { throw failure("malformed \(type): '\(text.prefix(80))'") }
        return value
    }

    mutating func timestamp() throws(JSONError) -> Timestamp {
        let text = try string()
        guard let value = Timestamp(text) else { throw failure("malformed time: '\(text.prefix(80))'") }
        return value
    }

    mutating func uri() throws(JSONError) -> VikingURI {
        let text = try string()
        guard let value = VikingURI(canonical: text) else { throw failure("malformed URI: '\(text.prefix(80))'") }
        return value
    }

    mutating func choice<Value: RawRepresentable<String>>(_ type: Value.Type) throws(JSONError) -> Value {
        let text = try string()
        guard let value = Value(rawValue: text) else { throw failure("unknown \(type) '\(text.prefix(80))'") }
        return value
    }

    /// A whole number that is not negative.
    mutating func count() throws(JSONError) -> Int {
        let value = try integer()
        guard value >= 0, value <= 1 << 53 else { throw failure("number out of range") }
        return Int(value)
    }

    mutating func strings() throws(JSONError) -> [String] {
        var values: [String] = []
        try array { json throws(JSONError) in values.append(try json.string()) }
        return values
    }
}

extension JSONWriter {
    mutating func member(_ name: StaticString, ifNotZero value: Int) {
        if value != 0 { member(name, value) }
    }

    mutating func member(_ name: StaticString, ifNotEmpty value: String) {
        if !value.isEmpty { member(name, value) }
    }

    mutating func member(_ name: StaticString, ifNotEmpty values: [String]) {
        if !values.isEmpty { member(name, values) }
    }
}
