// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import Testing

/// Text that a test compares with a file of the repository.
enum Golden {
    /// Writing the files instead of comparing: `OV_RECORD=1 swift test`. A test that records fails, so that nobody
    /// takes it for one that compared.
    static var isRecording: Bool { getenv("OV_RECORD") != nil }

    /// The package's folder.
    static var root: String {
        #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }
    }

    /// - Parameter path: relative to the package's folder.
    static func expect(_ text: String, matches path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let path = root + "/" + path
        if isRecording {
            let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
            try file.write(Array(text.utf8))
            Issue.record("recorded \(path)", sourceLocation: sourceLocation)
            return
        }
        let file = try Descriptor(opening: path, O_RDONLY)
        let expected = String(decoding: try file.read(Int(try file.status().size), at: 0), as: UTF8.self)
        #expect(text == expected, "\(path) is stale; record it with OV_RECORD=1", sourceLocation: sourceLocation)
    }
}
