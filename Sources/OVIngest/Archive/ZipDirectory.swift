// SPDX-License-Identifier: Apache-2.0

internal import OVSystem

/// Where a zip archive's list of files is: what its last record says (APPNOTE 4.3.14 to 4.3.16).
struct ZipDirectory {
    /// Where the list begins in the file, and its bytes.
    let start: Int64
    let size: Int64
    /// How many files it has; by its lowest 16 bits only, unless `isExact`.
    let count: UInt64
    let isCountExact: Bool
    /// Where the archive begins in the file: other bytes may come before it, such as a program that unpacks it.
    let base: Int64

    private static let endSignature: [UInt8] = [0x50, 0x4B, 5, 6]
    private static let endSize = 22
    private static let locatorSize = 20
    private static let largeEndSize = 56

    /// - Throws: `ArchiveError`, `SystemError`.
    init(of file: ArchiveBytes, size fileSize: Int64) throws {
        let tailSize = Int(min(fileSize, Int64(Self.endSize + 0xFFFF)))
        let tailStart = fileSize - Int64(tailSize)
        let tail = try file.read(tailSize, at: tailStart)
        guard let place = Self.end(in: tail) else { throw try Self.withoutEnd(file) }
        let end = tailStart + Int64(place)
        let fields = LittleEndianFields(tail[place...])
        let locator = try Self.locator(before: end, in: file)
        var (disks, directory) = (UInt64(fields.uint16(4)) | UInt64(fields.uint16(6)), Self.Place(fields))
        var (recordStart, isLarge) = (end, false)
        if let locator, let start = try Self.largeEnd(locator, before: end, in: file) {
            recordStart = start
            let record = LittleEndianFields(try file.read(Self.largeEndSize, at: recordStart)[...])
            disks = UInt64(record.uint32(16)) | UInt64(record.uint32(20))
            (directory, isLarge) = (Self.Place(large: record), true)
        } else if locator != nil, directory.isTooSmall {
            throw ArchiveError(.damaged, at: end, "its list of files is not where it says")
        }
        guard disks == 0 else {
            throw ArchiveError(.unsupported, at: recordStart, "it is one part of an archive in several files")
        }
        let (sum, overflows) = directory.size.addingReportingOverflow(directory.offset)
        guard !overflows, sum <= UInt64(recordStart) else {
            throw ArchiveError(.damaged, at: recordStart, "its list of files is not where it says")
        }
        size = Int64(directory.size)
        start = recordStart - size
        base = recordStart - Int64(sum)
        count = directory.count
        isCountExact = isLarge
    }

    /// What a record says of the list.
    private struct Place {
        let count, size, offset: UInt64

        init(_ end: LittleEndianFields) {
            (count, size, offset) = (UInt64(end.uint16(10)), UInt64(end.uint32(12)), UInt64(end.uint32(16)))
        }

        init(large end: LittleEndianFields) {
            (count, size, offset) = (end.uint64(32), end.uint64(40), end.uint64(48))
        }

        /// Whether there are numbers that did not fit.
        var isTooSmall: Bool { count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF }
    }

    /// The last record whose comment ends where the file does: a comment may look like a record itself.
    private static func end(in tail: [UInt8]) -> Int? {
        var place = tail.count - endSize
        while place >= 0 {
            if tail[place] == 0x50, tail[place..<place + 4].elementsEqual(endSignature),
                place + endSize + Int(LittleEndianFields(tail[place...]).uint16(20)) == tail.count
            {
                return place
            }
            place -= 1
        }
        return nil
    }

    private static func withoutEnd(_ file: ArchiveBytes) throws(SystemError) -> ArchiveError {
        let first = try file.read(4, at: 0)
        guard first.starts(with: [0x50, 0x4B]) else { return ArchiveError(.foreign, at: 0, "it is not a zip archive") }
        return ArchiveError(.truncated, at: 0, "it ends too early, without its list of files")
    }

    private static func locator(before end: Int64, in file: ArchiveBytes) throws(SystemError) -> LittleEndianFields? {
        guard end >= Int64(locatorSize + largeEndSize) else { return nil }
        let bytes = try file.read(locatorSize, at: end - Int64(locatorSize))
        return bytes.starts(with: [0x50, 0x4B, 6, 7]) ? LittleEndianFields(bytes[...]) : nil
    }

    /// Where the larger record is: where the locator says, or right before it when something else precedes the
    /// archive.
    private static func largeEnd(_ locator: LittleEndianFields, before end: Int64, in file: ArchiveBytes)
        throws(SystemError) -> Int64?
    {
        let last = end - Int64(locatorSize + largeEndSize)
        for place in [Int64(clamping: locator.uint64(8)), last] where place <= last {
            if try file.read(4, at: place) == [0x50, 0x4B, 6, 6] { return place }
        }
        return nil
    }
}
