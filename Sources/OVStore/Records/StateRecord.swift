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

/// What a line of a member says: `{"<kind>":<record>}`.
enum RecordKind: String {
    case key, resource, revision, watch, task, removal, forgotten, reader
    case dropKey = "drop_key"
    case dropResource = "drop_resource"
    case dropRevision = "drop_revision"
    case dropWatch = "drop_watch"
    case dropTask = "drop_task"
    case dropReader = "drop_reader"

    /// Which half of the state it is for.
    var isOfAgenda: Bool {
        switch self {
        case .key, .resource, .revision, .removal, .forgotten, .reader: false
        case .dropKey, .dropResource, .dropRevision, .dropReader: false
        case .watch, .task, .dropWatch, .dropTask: true
        }
    }
}

/// A half of the state, as a reader of records.
protocol StateHalf: Sendable {
    associatedtype Change: Hashable & Sendable

    static var isAgenda: Bool { get }

    /// What the latest commits have touched.
    var journal: ChangeJournal<Change> { get set }

    /// Makes room for the records of a large text.
    mutating func reserve(for text: MemberText)

    /// Does what a record of its own says.
    mutating func apply(_ kind: RecordKind, _ json: inout JSONReader) throws(JSONError)

    /// Called when all records of a text are applied.
    mutating func settle()
}

extension StateHalf {
    /// Does what a line says, unless it is for the other half, which then reads all of it.
    mutating func applyLine(_ json: inout JSONReader) throws(JSONError) {
        try json.beginObject()
        guard let name = try json.nextName() else { throw json.failure("a line without a record") }
        guard let kind = RecordKind(rawValue: name) else { throw json.unknown(name) }
        guard kind.isOfAgenda == Self.isAgenda else { return }
        try apply(kind, &json)
        guard try json.nextName() == nil else { throw json.failure("more than one record on a line") }
        try json.finish()
    }
}

extension Catalog: StateHalf {
    static let isAgenda = false

    mutating func reserve(for text: MemberText) { reserve(resources: text.count(of: .resource)) }

    mutating func apply(_ kind: RecordKind, _ json: inout JSONReader) throws(JSONError) {
        switch kind {
        case .key: put(try AccessKey(decoding: &json))
        case .dropKey: dropKey(try json.value(KeyID.self))
        case .resource: put(try Resource(decoding: &json))
        case .revision:
            let record = try RevisionRecord(decoding: &json)
            put(record.revision, of: record.key)
        case .dropResource: dropResource(try ResourceKey(decoding: &json))
        case .dropRevision:
            let record = try DroppedRevision(decoding: &json)
            dropRevision(record.number, of: record.key)
        case .removal: put(try Removal(decoding: &json))
        case .forgotten: forget(through: UInt64(try json.count()))
        case .reader: put(try FeedReader(decoding: &json))
        case .dropReader: dropReader(try FeedReader.Key(decoding: &json))
        case .watch, .task, .dropWatch, .dropTask: break
        }
    }
}

extension Agenda: StateHalf {
    static let isAgenda = true

    mutating func reserve(for text: MemberText) {
        reserve(watches: text.count(of: .watch), tasks: text.count(of: .task))
    }

    mutating func apply(_ kind: RecordKind, _ json: inout JSONReader) throws(JSONError) {
        switch kind {
        case .watch: put(try WatchTask(decoding: &json))
        case .task: put(try TaskRecord(decoding: &json))
        case .dropWatch: dropWatch(try json.taskID())
        case .dropTask: dropTask(try json.taskID())
        case .key, .resource, .revision, .removal, .forgotten, .reader: break
        case .dropKey, .dropResource, .dropRevision, .dropReader: break
        }
    }

    mutating func settle() {}
}

extension State {
    /// Writes every record, in an order in which they can be read back.
    func encodeRecords(to json: inout JSONWriter) {
        func line(_ name: StaticString, _ record: some JSONWritable) {
            json.object { $0.member(name, record) }
            json.newline()
        }
        for key in keys { line("key", Record(key)) }
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
        if forgottenSequence > 0 {
            json.object { $0.member("forgotten", Int(clamping: forgottenSequence)) }
            json.newline()
        }
        for removal in removals { line("removal", Record(removal)) }
        for (_, reader) in catalog.readers.entries { line("reader", Record(reader)) }
        for watch in watches.values { line("watch", Record(watch)) }
        for task in tasks.values { line("task", Record(task)) }
    }
}

// MARK: - Fields

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
