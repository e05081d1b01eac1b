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

/// The names of records on their lines.
enum RecordKind {
    static let resource = "resource"
    static let revision = "revision"
    static let watch = "watch"
    static let task = "task"
    static let dropResource = "drop_resource"
    static let dropRevision = "drop_revision"
    static let dropWatch = "drop_watch"
    static let dropTask = "drop_task"
}

extension State {
    /// Applies one line of a member.
    mutating func apply(_ json: inout JSONReader) throws(JSONError) {
        try json.object { name, json throws(JSONError) in
            switch name {
            case RecordKind.watch: put(try WatchTask(decoding: &json))
            case RecordKind.task: put(try TaskRecord(decoding: &json))
            case RecordKind.resource: put(try Resource(decoding: &json))
            case RecordKind.revision:
                let record = try RevisionRecord(decoding: &json)
                put(record.revision, of: record.key)
            case RecordKind.dropWatch: dropWatch(try json.value(TaskID.self))
            case RecordKind.dropTask: dropTask(try json.value(TaskID.self))
            case RecordKind.dropResource: dropResource(try ResourceKey(decoding: &json))
            case RecordKind.dropRevision:
                let record = try DroppedRevision(decoding: &json)
                dropRevision(record.number, of: record.key)
            default: throw json.unknown(name)
            }
        }
    }

    /// Writes every record, in an order in which they can be read back.
    func encodeRecords(to json: inout JSONWriter) {
        func line(_ name: String, _ record: some JSONWritable) {
            json.object { $0.member(name, record) }
            json.newline()
        }
        for resource in resources.values {
            line(RecordKind.resource, Record(resource))
            for revision in revisions(of: resource.key) {
                line(RecordKind.revision, Record(RevisionRecord(key: resource.key, revision: revision)))
            }
        }
        // A repair may have lost a resource and not its revisions; they count, so they are written.
        for (key, revisions) in allRevisions where resources[key] == nil {
            for revision in revisions {
                line(RecordKind.revision, Record(RevisionRecord(key: key, revision: revision)))
            }
        }
        for watch in watches.values { line(RecordKind.watch, Record(watch)) }
        for task in tasks.values { line(RecordKind.task, Record(task)) }
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
    mutating func member(_ name: String, ifNotZero value: Int) {
        if value != 0 { member(name, value) }
    }

    mutating func member(_ name: String, ifNotEmpty value: String) {
        if !value.isEmpty { member(name, value) }
    }

    mutating func member(_ name: String, ifNotEmpty values: [String]) {
        if !values.isEmpty { member(name, values) }
    }
}
