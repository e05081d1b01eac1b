// SPDX-License-Identifier: Apache-2.0

/// Where the pages of an index come from: a file, or memory. Reading may block.
package protocol IndexPageSource: AnyObject, Sendable {
    /// A page whose checksum is right, `IndexLayout.pageLength` bytes; the last one has what is left.
    func page(_ number: Int) throws(IndexFault) -> [UInt8]
}

/// What the end of an index file says: how long its data is, and the checksum of each page.
package struct IndexDirectory: Sendable {
    package let dataLength: Int
    /// The contents, where there are any, are the last of them.
    package let segmentCount: Int
    package let hasContents: Bool
    private let checksums: [UInt64]

    /// Reads and verifies it.
    /// - Parameters:
    ///   - fileLength: of the whole file.
    ///   - read: gives so many bytes from an offset, fewer where the file ends.
    package init(fileLength: Int, _ read: (_ offset: Int, _ count: Int) throws(IndexFault) -> [UInt8])
        throws(IndexFault)
    {
        guard fileLength >= IndexLayout.footerLength else { throw IndexFault("it is too short") }
        let footer = try read(fileLength - IndexLayout.footerLength, IndexLayout.footerLength)
        guard footer.count == IndexLayout.footerLength,
            footer[32..<40].elementsEqual(IndexLayout.magic),
            footer[...].fixed(UInt64.self, at: 40) == IndexLayout.checksum(footer[..<40])
        else { throw IndexFault("its end does not check out") }
        guard footer[...].fixed(UInt32.self, at: 24) == IndexLayout.version else {
            throw IndexFault("it is of another format")
        }
        let (length, segments) = (footer[...].fixed(UInt64.self, at: 0), footer[...].fixed(UInt64.self, at: 8))
        guard length <= UInt64(fileLength), segments <= length / 16 else { throw IndexFault("its parts do not fit") }
        dataLength = Int(length)
        hasContents = footer[...].fixed(UInt32.self, at: 28) == 1
        guard segments > 0 || !hasContents else { throw IndexFault("its parts do not fit") }
        segmentCount = Int(segments)
        let pages = (dataLength + IndexLayout.pageLength - 1) / IndexLayout.pageLength
        guard dataLength + pages * 8 + IndexLayout.footerLength == fileLength else {
            throw IndexFault("its parts do not fit")
        }
        let sums = try read(dataLength, pages * 8)
        guard sums.count == pages * 8, IndexLayout.checksum(sums[...]) == footer[...].fixed(UInt64.self, at: 16) else {
            throw IndexFault("its checksums do not check out")
        }
        checksums = (0..<pages).map { sums[...].fixed(UInt64.self, at: $0 * 8) }
    }

    package var pageCount: Int { checksums.count }

    /// Which bytes of the file a page is.
    package func range(ofPage number: Int) -> Range<Int> {
        let start = number * IndexLayout.pageLength
        return start..<min(start + IndexLayout.pageLength, dataLength)
    }

    package func isIntact(_ page: [UInt8], number: Int) -> Bool {
        number < checksums.count && page.count == range(ofPage: number).count
            && IndexLayout.checksum(page[...]) == checksums[number]
    }
}

extension IndexPageSource {
    /// The segments of the file.
    package func segments(_ directory: IndexDirectory) throws(IndexFault) -> [IndexSegment] {
        var segments: [IndexSegment] = []
        for part in try parts(directory).prefix(directory.segmentCount - (directory.hasContents ? 1 : 0)) {
            segments.append(try IndexSegment(part))
        }
        return segments
    }

    /// What stands behind the segments; nil where nothing does.
    package func contents(_ directory: IndexDirectory) throws(IndexFault) -> [UInt8]? {
        guard directory.hasContents, let part = try parts(directory).last else { return nil }
        return try part.read(0..<part.count)
    }

    private func parts(_ directory: IndexDirectory) throws(IndexFault) -> [PagedBytes] {
        let table = PagedBytes(source: self, range: 0..<directory.dataLength)
        let start = directory.dataLength - 16 * directory.segmentCount
        let bytes = try table.read(start..<directory.dataLength)
        var parts: [PagedBytes] = []
        for number in 0..<directory.segmentCount {
            let offset = bytes[...].fixed(UInt64.self, at: number * 16)
            let length = bytes[...].fixed(UInt64.self, at: number * 16 + 8)
            guard offset <= UInt64(start), length <= UInt64(start) - offset else {
                throw IndexFault("a segment of it does not fit")
            }
            parts.append(PagedBytes(source: self, range: Int(offset)..<Int(offset + length)))
        }
        return parts
    }
}

/// A part of an index file, addressed from its own start.
struct PagedBytes: Sendable {
    let source: any IndexPageSource
    let range: Range<Int>

    var count: Int { range.count }

    func part(_ part: Range<Int>) throws(IndexFault) -> PagedBytes {
        guard part.lowerBound >= 0, part.upperBound <= count else { throw IndexByteReader.malformed }
        return PagedBytes(
            source: source, range: range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound)
    }

    func read(_ part: Range<Int>) throws(IndexFault) -> [UInt8] {
        let (bytes, start) = try view(part)
        return Array(bytes[start..<start + part.count])
    }

    /// The bytes of a part within some that may be more: those of a page, where one holds them all.
    func view(_ part: Range<Int>) throws(IndexFault) -> (bytes: [UInt8], start: Int) {
        guard part.lowerBound >= 0, part.upperBound <= count else { throw IndexByteReader.malformed }
        let start = range.lowerBound + part.lowerBound
        let end = range.lowerBound + part.upperBound
        let (first, offset) = start.quotientAndRemainder(dividingBy: IndexLayout.pageLength)
        guard end > start else { return ([], 0) }
        let last = (end - 1) / IndexLayout.pageLength
        if first == last {
            let page = try source.page(first)
            guard offset + part.count <= page.count else { throw IndexByteReader.malformed }
            return (page, offset)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity((last - first + 1) * IndexLayout.pageLength)
        for number in first...last { bytes.append(contentsOf: try source.page(number)) }
        guard offset + part.count <= bytes.count else { throw IndexByteReader.malformed }
        return (bytes, offset)
    }

    func reader(_ part: Range<Int>) throws(IndexFault) -> IndexByteReader {
        let (bytes, start) = try view(part)
        return IndexByteReader(bytes, from: start, to: start + part.count)
    }
}
