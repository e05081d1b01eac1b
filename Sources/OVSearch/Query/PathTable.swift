// SPDX-License-Identifier: Apache-2.0

/// The paths of a revision's documents, for finding words in them.
///
/// A document that was renamed keeps its bytes, and with them its entry in an index; so paths are not indexed but
/// searched, by the first letters of their words.
package final class PathTable: Sendable {
    private let folded: [UInt8]
    private let starts: [Int]
    /// Where words begin, by their first letters: those of a bucket rising, and where each bucket ends.
    private let words: [UInt32]
    private let bucketEnds: [UInt32]
    package let count: Int

    package convenience init(paths: [String]) { self.init(count: paths.count) { Array(paths[$0].utf8)[...] } }

    /// - Parameter path: of each document, in UTF-8, in the order in which they are numbered.
    package init(count: Int, _ path: (Int) -> ArraySlice<UInt8>) {
        var (folding, folded, starts) = (ScalarFolding(), [UInt8](), [Int]())
        starts.reserveCapacity(count)
        folded.reserveCapacity(count * 32)
        for number in 0..<count {
            starts.append(folded.count)
            let path = path(number)
            if path.allSatisfy({ $0 < 128 }) {
                for byte in path { folded.append(byte.lowercased) }
            } else {
                for scalar in String(decoding: path, as: UTF8.self).unicodeScalars {
                    if scalar.value < 128 {
                        folded.append(UInt8(scalar.value).lowercased)
                    } else {
                        folding.append(scalar, to: &folded)
                    }
                }
            }
            folded.append(0)
        }
        (words, bucketEnds) = Self.words(in: folded)
        (self.folded, self.starts, self.count) = (folded, starts, count)
    }

    private static let bucketCount = 1 << 13

    /// By three letters; what is behind the end of a word counts as nothing.
    @inline(__always)
    private static func bucket(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
        let third: UInt8 = third.isWord ? third : 0
        let letters = UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
        return Int((letters &* 0x9E37_79B1) >> 19)
    }

    /// Sorts by counting.
    private static func words(in folded: [UInt8]) -> ([UInt32], [UInt32]) {
        guard folded.count < Int(UInt32.max) else { return ([], []) }
        return folded.withUnsafeBufferPointer { text in
            var (places, buckets): ([UInt32], [UInt16]) = ([], [])
            places.reserveCapacity(text.count / 5)
            buckets.reserveCapacity(text.count / 5)
            var ends = [UInt32](repeating: 0, count: bucketCount)
            var before: UInt8 = 0
            for index in 0..<max(0, text.count - 2) {
                let byte = text[index]
                if byte.isWord, !before.isWord {
                    let bucket = bucket(byte, text[index + 1], text[index + 2])
                    places.append(UInt32(index))
                    buckets.append(UInt16(bucket))
                    ends[bucket] += 1
                }
                before = byte
            }
            var next: [UInt32] = []
            next.reserveCapacity(bucketCount)
            var sum: UInt32 = 0
            for bucket in 0..<bucketCount {
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

    /// The documents in whose path a folded word stands, rising. It begins where a word of the path does; a short
    /// one ends there, too, a longer one may go on: `config` is in `configuration.md`.
    func documents(with word: [UInt8]) -> [Int] {
        guard word.count >= 2, !bucketEnds.isEmpty else { return [] }
        let bucket = Self.bucket(word[0], word[1], word.count > 2 ? word[2] : 0)
        let candidates = (bucket == 0 ? 0 : Int(bucketEnds[bucket - 1]))..<Int(bucketEnds[bucket])
        var (found, document, from): ([Int], Int, Int) = ([], 0, 0)
        folded.withUnsafeBufferPointer { text in
            for candidate in candidates {
                let place = Int(words[candidate])
                let end = place + word.count
                guard place >= from, end < text.count, word.count >= 5 || !text[end].isWord,
                    word.indices.allSatisfy({ text[place + $0] == word[$0] })
                else { continue }
                document = documentIndex(at: place, from: document)
                found.append(document)
                from = document + 1 < starts.count ? starts[document + 1] : text.count
            }
        }
        return found
    }

    private func documentIndex(at place: Int, from first: Int) -> Int {
        var (low, high) = (first, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= place { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }
}
