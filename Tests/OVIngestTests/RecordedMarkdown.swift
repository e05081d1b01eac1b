// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import Testing

/// Markdown that was recorded on purpose, by `OV_RECORD=1`.
enum RecordedMarkdown {
    /// Compares, or records.
    /// - Parameter path: absolute.
    static func compare(_ markdown: [UInt8], withFile path: String) throws {
        // A test that records fails, so that nobody takes it for one that compared.
        if getenv("OV_RECORD") != nil {
            try Descriptor(opening: path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644).write(markdown)
            Issue.record("recorded \(path)")
            return
        }
        #expect(
            String(decoding: markdown, as: UTF8.self)
                == String(decoding: try RepositoryFiles.read(at: path), as: UTF8.self))
    }
}
