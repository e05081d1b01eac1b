// SPDX-License-Identifier: Apache-2.0

/// Where words begin in a text of folded paths, by their first three letters.
package struct PathWords: Sendable {
    /// Those of a bucket rising, and where each bucket ends.
    private let words: [UInt32]
    private let bucketEnds: [UInt32]

    private static let bucketCount = 1 << 13

    /// By three letters; what is behind the end of a word counts as nothing.
    @inline(__always)
    private static func bucket(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
        let third: UInt8 = third.isWord ? third : 0
        let letters = UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
        return Int((letters &* 0x9E37_79B1) >> 19)
    }

    /// Sorts by counting. Nil for a text whose places do not go into 32 bits.
    package init?(_ folded: [UInt8]) {
        guard folded.count < Int(UInt32.max) else { return nil }
        (words, bucketEnds) = folded.withUnsafeBufferPointer { text in
            var (places, buckets): ([UInt32], [UInt16]) = ([], [])
            places.reserveCapacity(text.count / 5)
            buckets.reserveCapacity(text.count / 5)
            var ends = [UInt32](repeating: 0, count: Self.bucketCount)
            var before: UInt8 = 0
            for index in 0..<max(0, text.count - 2) {
                let byte = text[index]
                if byte.isWord, !before.isWord {
                    let bucket = Self.bucket(byte, text[index + 1], text[index + 2])
                    places.append(UInt32(index))
                    buckets.append(UInt16(bucket))
                    ends[bucket] += 1
                }
                before = byte
            }
            var next: [UInt32] = []
            next.reserveCapacity(Self.bucketCount)
            var sum: UInt32 = 0
            for bucket in 0..<Self.bucketCount {
                next.append(sum)
                sum += ends[bucket]
                ends[bucket] = sum
            }
            var words = [UInt32](repeating: 0, count: places.count)
            for (place, bucket) in zip(places, buckets) {
                words[Int(next[Int(bucket)])] = place
                next[Int(bucket)] += 1
            }
            return (words, ends)
        }
    }

    /// Places where a word of two letters or more may stand, rising.
    func places(of word: [UInt8]) -> ArraySlice<UInt32> {
        let bucket = Self.bucket(word[0], word[1], word.count > 2 ? word[2] : 0)
        return words[(bucket == 0 ? 0 : Int(bucketEnds[bucket - 1]))..<Int(bucketEnds[bucket])]
    }
}
