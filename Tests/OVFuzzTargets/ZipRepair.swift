// SPDX-License-Identifier: Apache-2.0

@testable import OVIngest

/// Makes of a damaged zip archive one that is worth reading: checksums, sizes and what is said twice are made to fit
/// what lies there, so that an altered byte gets past them.
enum ZipRepair {
    static func repaired(_ archive: [UInt8]) -> [UInt8] {
        var bytes = archive
        var place = 0
        for _ in 0..<64 {
            guard let next = find([0x50, 0x4B, 1, 2], in: bytes, from: place), next + 46 <= bytes.count else { break }
            repair(&bytes, entry: next)
            place = next + 46
        }
        return bytes
    }

    private static func find(_ mark: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + mark.count <= bytes.count {
            if bytes[index] == mark[0], bytes[index...].starts(with: mark) { return index }
            index += 1
        }
        return nil
    }

    private static func repair(_ bytes: inout [UInt8], entry: Int) {
        let list = LittleEndianFields(bytes[entry..<entry + 46])
        let (local, nameSize, packed) = (Int(list.uint32(42)), Int(list.uint16(28)), Int(list.uint32(20)))
        guard local + 30 + nameSize <= bytes.count, entry + 46 + nameSize <= bytes.count,
            local + 30 + nameSize <= entry, bytes[local..<local + 4].elementsEqual([0x50, 0x4B, 3, 4])
        else { return }
        // What the list says counts: flags and method, and the name.
        bytes.replaceSubrange(local + 6..<local + 10, with: Array(bytes[entry + 8..<entry + 12]))
        bytes.replaceSubrange(local + 26..<local + 28, with: Array(bytes[entry + 28..<entry + 30]))
        bytes.replaceSubrange(
            local + 30..<local + 30 + nameSize, with: Array(bytes[entry + 46..<entry + 46 + nameSize]))
        let extraSize = Int(LittleEndianFields(bytes[local..<local + 30]).uint16(28))
        let start = local + 30 + nameSize + extraSize
        guard start <= bytes.count, packed <= bytes.count - start,
            let content = content(Array(bytes[start..<start + packed]), method: list.uint16(10))
        else { return }
        let numbers =
            littleEndian(ZipMember.crc(content)) + littleEndian(UInt32(packed))
            + littleEndian(UInt32(content.count))
        bytes.replaceSubrange(entry + 16..<entry + 28, with: numbers)
        bytes.replaceSubrange(local + 14..<local + 26, with: numbers)
    }

    private static func content(_ packed: [UInt8], method: UInt16) -> [UInt8]? {
        guard method == 8 else { return packed }
        let inflater = Inflater(.bare, limit: 128 << 10)
        do { try inflater.append(packed) } catch { return nil }
        return inflater.takeOutput()
    }

    private static func littleEndian(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
