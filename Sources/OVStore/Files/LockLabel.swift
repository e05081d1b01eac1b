// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Who holds a lock, for messages. No decision rests on it.
package struct LockLabel: Hashable, Sendable, CustomStringConvertible, JSONWritable {
    package let processID: Int32
    /// What the process is doing: `serve`, `commit`, `ingest`.
    package let role: String
    package let since: Timestamp
    /// The path of its socket, and where else it listens, if it is a server.
    package let socket: String?
    package let url: String?
    package let version: String

    package init(
        processID: Int32, role: String, since: Timestamp, socket: String? = nil, url: String? = nil,
        version: String = productVersion
    ) {
        self.processID = processID
        self.role = role
        self.since = since
        self.socket = socket
        self.url = url
        self.version = version
    }

    /// Of somebody who has left no label that can be read.
    static let unknown = LockLabel(processID: 0, role: "", since: Timestamp(milliseconds: 0), version: "")

    init?(line: [UInt8]) {
        guard let value = try? JSONValue(parsing: line), let processID = value["pid"]?.integer,
            let role = value["role"]?.string, let since = value["since"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        self.init(
            processID: Int32(clamping: processID), role: role, since: since, socket: value["socket"]?.string,
            url: value["url"]?.string, version: value["version"]?.string ?? "")
    }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("pid", Int(processID))
            json.member("role", role)
            json.member("since", since)
            json.member("socket", ifAny: socket)
            json.member("url", ifAny: url)
            json.member("version", version)
        }
    }

    package var description: String {
        processID == 0 ? "another process" : "process \(processID) (\(role), since \(since))"
    }
}
