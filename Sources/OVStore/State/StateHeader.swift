// SPDX-License-Identifier: Apache-2.0

import OVCore

/// The first line of a snapshot.
struct StateHeader: Hashable, Sendable {
    /// What this program writes, and the newest that it reads.
    static let currentFormat = 1

    var format = currentFormat
    let identity: State.Identity
    let sequence: UInt64
    let written: Timestamp
    let records: Int

    private static let names: Set = ["format", "store", "epoch", "generation", "sequence", "written", "records"]

    init(identity: State.Identity, sequence: UInt64, written: Timestamp, records: Int) {
        self.identity = identity
        self.sequence = sequence
        self.written = written
        self.records = records
    }

    /// - Throws: `JSONError`; with a newer format its number is all that is looked at.
    init(decoding json: inout JSONReader) throws(JSONError) {
        let value = try json.value()
        try json.finish()
        guard let format = value["format"]?.integer, format > 0 else { throw json.missing("format") }
        self.format = Int(clamping: format)
        guard self.format <= Self.currentFormat else {
            identity = State.empty.identity
            (sequence, written, records) = (0, .earliest, 0)
            return
        }
        if case .object(let members) = value, let unknown = members.first(where: { !Self.names.contains($0.name) }) {
            throw json.unknown(unknown.name)
        }
        guard let store = value["store"]?.string.flatMap({ TaskID($0) }),
            let epoch = value["epoch"]?.integer.flatMap({ UInt64(exactly: $0) }),
            let generation = value["generation"]?.integer.flatMap({ UInt64(exactly: $0) }),
            let sequence = value["sequence"]?.integer.flatMap({ UInt64(exactly: $0) }), sequence < 1 << 53,
            let written = value["written"]?.string.flatMap({ Timestamp($0) }),
            let records = value["records"]?.integer.flatMap({ Int(exactly: $0) })
        else { throw json.failure("malformed header") }
        identity = State.Identity(store: store, epoch: epoch, generation: generation)
        self.sequence = sequence
        self.written = written
        self.records = records
    }
}

extension StateHeader: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("format", format)
            json.member("store", identity.store)
            json.member("epoch", Int(clamping: identity.epoch))
            json.member("generation", Int(clamping: identity.generation))
            json.member("sequence", Int(clamping: sequence))
            json.member("written", written)
            json.member("records", records)
        }
    }
}
