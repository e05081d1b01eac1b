// SPDX-License-Identifier: Apache-2.0

/// Puts segments together to an index file, in the order in which its bytes are written. FORMAT.md §1.
package struct IndexFileWriter {
    private var length = 0
    private var segments: [Range<Int>] = []
    private var contents: Range<Int>?
    private var checksums: [UInt64] = []
    private var page: [UInt8] = []

    package init() {}

    /// The bytes with which the file begins.
    package mutating func begin() -> [UInt8] { covering(IndexLayout.magic) }

    /// - Returns: the bytes that come next in the file.
    package mutating func append(_ segment: [UInt8]) -> [UInt8] {
        segments.append(length..<length + segment.count)
        return covering(segment)
    }

    /// What is said about the documents as a whole, once, behind the segments.
    /// - Returns: the bytes that come next in the file.
    package mutating func append(contents bytes: [UInt8]) -> [UInt8] {
        contents = length..<length + bytes.count
        return covering(bytes)
    }

    /// - Returns: the last bytes of the file.
    package mutating func finish() -> [UInt8] {
        var table: [UInt8] = []
        for segment in segments + [contents].compactMap(\.self) {
            table.append(fixed: UInt64(segment.lowerBound))
            table.append(fixed: UInt64(segment.count))
        }
        var bytes = covering(table)
        if !page.isEmpty { checksums.append(IndexLayout.checksum(page[...])) }
        var sums: [UInt8] = []
        for checksum in checksums { sums.append(fixed: checksum) }
        var footer: [UInt8] = []
        footer.append(fixed: UInt64(length))
        footer.append(fixed: UInt64(segments.count + (contents == nil ? 0 : 1)))
        footer.append(fixed: IndexLayout.checksum(sums[...]))
        footer.append(fixed: IndexLayout.version)
        footer.append(fixed: UInt32(contents == nil ? 0 : 1))
        footer.append(contentsOf: IndexLayout.magic)
        footer.append(fixed: IndexLayout.checksum(footer[...]))
        bytes.append(contentsOf: sums)
        bytes.append(contentsOf: footer)
        return bytes
    }

    private mutating func covering(_ bytes: [UInt8]) -> [UInt8] {
        length += bytes.count
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(IndexLayout.pageLength - page.count)
            page.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
            if page.count == IndexLayout.pageLength {
                checksums.append(IndexLayout.checksum(page[...]))
                page.removeAll(keepingCapacity: true)
            }
        }
        return bytes
    }
}
