// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The paths of a revision's documents, for finding words in them.
///
/// A document that was renamed keeps its bytes, and with them its entry in an index; so paths are not indexed but
/// searched. Who asks for a word or two has the text searched from end to end, which is quicker than to sort its words
/// first; who asks again and again gets that done.
package final class PathTable: Sendable {
    private let folded: [UInt8]
    private let starts: [Int]
    package let count: Int
    private let sorting = Mutex(Sorting())

    private struct Sorting {
        var asked = 0
        var words: PathWords?
    }

    /// After so many words it is worth while to sort them. A process that answers one query asks for fewer.
    private static let patience = 16

    package convenience init(paths: [String]) { self.init(count: paths.count) { Array(paths[$0].utf8)[...] } }

    /// - Parameter path: of each document, in UTF-8, in the order in which they are numbered.
    package init(count: Int, _ path: (Int) -> ArraySlice<UInt8>) {
        var (folding, folded, starts) = (ScalarFolding(), [UInt8](), [Int]())
        starts.reserveCapacity(count)
        folded.reserveCapacity(count * 48)
        for number in 0..<count {
            let start = folded.count
            starts.append(start)
            let path = path(number)
            folded.append(contentsOf: path)
            if !Self.lowercase(&folded, from: start) {
                folded.removeSubrange(start...)
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
        (self.folded, self.starts, self.count) = (folded, starts, count)
    }

    /// - Returns: false where there are letters beyond ASCII; then nothing is right yet.
    private static func lowercase(_ text: inout [UInt8], from start: Int) -> Bool {
        text.withUnsafeMutableBufferPointer { text in
            var all: UInt8 = 0
            for index in start..<text.count {
                all |= text[index]
                text[index] = text[index].lowercased
            }
            return all < 128
        }
    }

    /// The documents in whose path a folded word stands, rising. It begins where a word of the path does; a short
    /// one ends there, too, a longer one may go on: `config` is in `configuration.md`.
    func documents(with word: [UInt8]) -> [Int] {
        guard word.count >= 2 else { return [] }
        var (found, document): ([Int], Int) = ([], 0)
        folded.withUnsafeBufferPointer { text in
            /// - Returns: where the next document begins, for a place that counts.
            func take(_ place: Int) -> Int? {
                let end = place + word.count
                guard end < text.count, word.count >= 5 || !text[end].isWord else { return nil }
                document = documentIndex(at: place, from: document)
                found.append(document)
                return document + 1 < starts.count ? starts[document + 1] : text.count
            }
            var from = 0
            guard let words = sortedWords() else {
                while let place = ByteSearch.first(word, in: text, from: from) {
                    let isStart = place == 0 || !text[place - 1].isWord
                    from = isStart ? take(place) ?? place + 1 : place + 1
                }
                return
            }
            for place in words.places(of: word) {
                let place = Int(place)
                guard place >= from, place + word.count <= text.count,
                    word.indices.allSatisfy({ text[place + $0] == word[$0] })
                else { continue }
                from = take(place) ?? from
            }
        }
        return found
    }

    private func sortedWords() -> PathWords? {
        sorting.withLock { sorting in
            sorting.asked += 1
            if sorting.words == nil, sorting.asked > Self.patience { sorting.words = PathWords(folded) }
            return sorting.words
        }
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
