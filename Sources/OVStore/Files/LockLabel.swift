// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Who holds a lock, for messages. No decision rests on it.
package struct LockLabel: Hashable, Sendable, CustomStringConvertible, JSONWritable {
    package let processID: Int32
    /// What the process is doing: `serve`, `commit`, `ingest`.
    package let role: String
    package let since: Timestamp

    package init(processID: Int32, role: String, since: Timestamp) {
        self.processID = processID
        self.role = role
        self.since = since
    }

    init?(line: [UInt8]) {
        guard let value = try? JSONValue(parsing: line), let processID = value["pid"]?.integer,
            let role = value["role"]?.string, let since = value["since"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        self.init(processID: Int32(clamping: processID), role: role, since: since)
    }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("pid", Int(processID))
            json.member("role", role)
            json.member("since", since)
            json.member("version", productVersion)
        }
    }

    package var description: String { "process \(processID) (\(role), since \(since))" }
}
