// SPDX-License-Identifier: Apache-2.0

/// Reads the numbers of a fixed record, the lowest byte first.
struct LittleEndianFields {
    let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// - Parameter place: where it begins, from the beginning of the record; the record must have it.
    func uint16(_ place: Int) -> UInt16 { UInt16(truncatingIfNeeded: number(place, 2)) }
    func uint32(_ place: Int) -> UInt32 { UInt32(truncatingIfNeeded: number(place, 4)) }
    func uint64(_ place: Int) -> UInt64 { number(place, 8) }

    private func number(_ place: Int, _ count: Int) -> UInt64 {
        let start = bytes.startIndex + place
        return bytes[start..<start + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
