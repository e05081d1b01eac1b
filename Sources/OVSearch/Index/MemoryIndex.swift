// SPDX-License-Identifier: Apache-2.0

/// An index in memory: for one that cannot be written.
package final class MemoryIndex: IndexPageSource {
    private let bytes: [UInt8]
    private let directory: IndexDirectory

    /// - Parameter bytes: of a whole index file.
    package init(_ bytes: [UInt8]) throws(IndexFault) {
        self.bytes = bytes
        directory = try IndexDirectory(fileLength: bytes.count) { offset, count in
            Array(bytes[min(offset, bytes.count)..<min(offset + count, bytes.count)])
        }
    }

    package func page(_ number: Int) throws(IndexFault) -> [UInt8] {
        guard number < directory.pageCount else { throw IndexFault("a page of it is missing") }
        let page = Array(bytes[directory.range(ofPage: number)])
        guard directory.isIntact(page, number: number) else { throw IndexFault("a page of it does not check out") }
        return page
    }

    package func segments() throws(IndexFault) -> [IndexSegment] { try segments(directory) }
}
