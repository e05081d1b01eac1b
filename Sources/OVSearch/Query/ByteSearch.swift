// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Finding bytes in bytes, as fast as the C library looks for one.
enum ByteSearch {
    /// Where `needle` first stands at or behind `start`. The time grows with text times needle at worst: needles are
    /// short.
    static func first(_ needle: [UInt8], in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let base = text.baseAddress, !needle.isEmpty, needle.count <= text.count else { return nil }
        return needle.withUnsafeBufferPointer { word -> Int? in
            guard let address = word.baseAddress else { return nil }
            let pivot = rarest(word)
            var place = start
            while place + word.count <= text.count {
                let end = text.count - word.count + pivot + 1
                guard let hit = first(word[pivot], in: text, from: place + pivot, to: end) else { return nil }
                place = hit - pivot
                if memcmp(base + place, address, word.count) == 0 { return place }
                place += 1
            }
            return nil
        }
    }

    /// Where a byte first stands in a part of a text.
    @inline(__always)
    static func first(_ byte: UInt8, in text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int? {
        guard let base = text.baseAddress, start < end else { return nil }
        guard let found = memchr(base + start, Int32(byte), end - start) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// How often a byte stands in a part of a text.
    static func count(of byte: UInt8, in text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
        guard let base = text.baseAddress, start < end else { return 0 }
        var count = 0
        for place in start..<end { count &+= base[place] == byte ? 1 : 0 }
        return count
    }

    /// Which byte of a word texts have least of, as far as can be guessed.
    private static func rarest(_ word: UnsafeBufferPointer<UInt8>) -> Int {
        var (best, bestRank) = (0, Int.max)
        for (index, byte) in word.enumerated() {
            let rank = rank(byte)
            if rank < bestRank { (best, bestRank) = (index, rank) }
        }
        return best
    }

    /// Whether there are few lines without it.
    static func isCommon(_ byte: UInt8) -> Bool { rank(byte) > 200 }

    private static let common: [UInt8] = Array("zqjxkvbywgpfmucdlhrsniotae ".utf8)

    private static func rank(_ byte: UInt8) -> Int {
        if let place = common.firstIndex(of: byte) { return 100 + place * 10 }
        if byte >= 0xC0 || byte < 32 { return 20 }
        return byte >= 128 ? 90 : byte.isDigit ? 60 : byte.isLetter ? 40 : 50
    }
}
