// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct RecordTests {
    private func line(_ record: some StateRecord) -> [UInt8] {
        var json = JSONWriter()
        Record(record).write(to: &json)
        return json.bytes
    }

    private func decode<Value: StateRecord>(_ type: Value.Type, _ bytes: [UInt8]) throws(JSONError) -> Value {
        var json = JSONReader(bytes)
        let value = try Value(decoding: &json)
        try json.finish()
        return value
    }

    /// Writes, reads, and reads every beginning of it, none of which may be taken for a record.
    private func check<Value: StateRecord & Equatable>(_ value: Value, truncating: Bool) throws {
        let bytes = line(value)
        #expect(try decode(Value.self, bytes) == value)
        #expect(!bytes.contains(10))
        guard truncating else { return }
        for length in bytes.indices {
            #expect(throws: JSONError.self) { try decode(Value.self, Array(bytes.prefix(length))) }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func everyRecordIsReadBackAsItWas(_ seed: UInt64) throws {
        var random = RandomRecords(seed: seed)
        for round in 0..<20 {
            try check(try random.watch(), truncating: round == 0)
            try check(try random.task(), truncating: round == 0)
            try check(try random.resource(), truncating: round == 0)
            try check(try random.key(), truncating: round == 0)
            let revision = try random.revision()
            let read = try decode(RevisionRecord.self, line(revision))
            #expect(read.revision == revision.revision && read.key == revision.key)
            let dropped = DroppedRevision(key: revision.key, number: revision.revision.number)
            let readDrop = try decode(DroppedRevision.self, line(dropped))
            #expect(readDrop.key == dropped.key && readDrop.number == dropped.number)
        }
    }

    @Test func aNewWatchTakesFewFields() throws {
        let watch = WatchTask(
            id: Sample.id(1), owner: Sample.owner, role: .root, uri: try Sample.uri("a"),
            source: Source(fetcher: "file", location: "/a"), interval: try Interval(minutes: 60), createdAt: Sample.now)
        let text = String(decoding: line(watch), as: UTF8.self)
        #expect(
            text == #"{"id":"\#(Sample.id(1))","uri":"viking://resources/a","role":"root","#
                + #""created":"2100-01-01T00:00:00.000Z","source":{"fetcher":"file","location":"/a"},"interval":60.0,"#
                + #""schedule":{"next":"2100-01-01T01:00:00.000Z"}}"#)
    }

    private static let malformed = [
        "", "null", "[]", "{", "1", "{}", #"{"id":1}"#, #"{"id":"x"}"#, #"{"planet":1}"#, #"{"interval":1e999}"#,
        #"{"interval":0}"#, #"{"interval":-1}"#, #"{"uri":"viking://../x"}"#, #"{"uri":"/etc/passwd"}"#,
        #"{"role":"king"}"#, #"{"created":"yesterday"}"#, #"{"created":"2100-13-01T00:00:00.000Z"}"#,
        #"{"source":{"location":"/a"}}"#, #"{"schedule":{}}"#, #"{"history":{"status":"asleep"}}"#,
        #"{"lease":{"slot":1024}}"#, #"{"lease":{"slot":-1}}"#, #"{"documents":-1}"#,
        #"{"documents":9007199254740993}"#, #"{"documents":1.5}"#, #"{"status":"done"}"#, #"{"result":{}}"#,
        #"{"number":-1}"#, #"{"pack":"../../etc/passwd"}"#, #"{"of":{}}"#, #"{"digest":"00"}"#,
        #"{"id":"0123456789"}"#, #"{"id":"000000000i"}"#, #"{"secret":"x"}"#,
    ]

    @Test(arguments: malformed) func whatIsNoRecordIsRefused(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: JSONError.self) { try decode(WatchTask.self, bytes) }
        #expect(throws: JSONError.self) { try decode(TaskRecord.self, bytes) }
        #expect(throws: JSONError.self) { try decode(AccessKey.self, bytes) }
        #expect(throws: JSONError.self) { try decode(Resource.self, bytes) }
        #expect(throws: JSONError.self) { try decode(RevisionRecord.self, bytes) }
        #expect(throws: JSONError.self) { try decode(DroppedRevision.self, bytes) }
    }

    @Test(arguments: [
        "../x", "a/b-1", "", "-1", "7f02e980-8df9-4f27-a570-4d8428cbed8a", "7f02e980-8df9-4f27-a570-4d8428cbed8a-0",
    ])
    func aPackNameCannotLeadElsewhere(_ name: String) throws {
        #expect(!PackName.isValid(name))
        var random = RandomRecords(seed: 1)
        let good = try random.revision()
        let revision = Revision(
            number: 1, pack: name, digest: good.revision.digest, at: Sample.now, task: Sample.id(1),
            changes: ChangeCounts(), documents: 0, bytes: 0, sequence: 1, packs: [])
        let bytes = line(RevisionRecord(key: good.key, revision: revision))
        #expect(throws: JSONError.self) { try decode(RevisionRecord.self, bytes) }
    }

    @Test func changedLinesNeverCrash() throws {
        var random = RandomRecords(seed: 7)
        let lines = [
            line(try random.watch()), line(try random.task()), line(try random.resource()), line(try random.revision()),
        ]
        for _ in 0..<2000 {
            var bytes = lines[random.number(0...3)]
            for _ in 0..<random.number(1...4) {
                bytes[random.number(0...bytes.count - 1)] = UInt8(random.number(0...255))
            }
            // Only that they return; a changed digit is a good record.
            _ = try? decode(WatchTask.self, bytes)
            _ = try? decode(TaskRecord.self, bytes)
            _ = try? decode(Resource.self, bytes)
            _ = try? decode(RevisionRecord.self, bytes)
        }
    }
}
