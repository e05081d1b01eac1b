// SPDX-License-Identifier: Apache-2.0

import OVIngest
import OVSearch
import OVStore
import Synchronization

/// An index file that several threads give segments to.
final class IndexOutputFile: Sendable {
    private let writer = Mutex(IndexFileWriter())
    private let finishing = Mutex(())
    private let put: @Sendable ([UInt8]) throws -> Void

    init(_ put: @escaping @Sendable ([UInt8]) throws -> Void) { self.put = put }

    func begin() throws { try writer.withLock { try put($0.begin()) } }
    func append(contents: [UInt8]) throws { try writer.withLock { try put($0.append(contents: contents)) } }
    func finish() throws { try writer.withLock { try put($0.finish()) } }

    /// Makes a segment of what a builder has, which is empty then.
    func append(_ builder: inout IndexBuilder) throws {
        // It takes as much memory again as collecting the words has, so one thread at a time does it.
        let segment = finishing.withLock { _ in
            var full = IndexBuilder()
            swap(&full, &builder)
            return full.finish()
        }
        try writer.withLock { try put($0.append(segment)) }
    }
}

extension IndexBuilder {
    /// Adds a document; without words when it is no text.
    mutating func add(_ document: StoredDocument, _ bytes: [UInt8], as blob: UInt64) {
        let isText = MediaType.isText(document.mediaType) && String(validating: bytes, as: UTF8.self) != nil
        add(blob: blob, text: isText ? bytes : nil, mediaType: document.mediaType)
    }
}
