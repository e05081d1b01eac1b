// SPDX-License-Identifier: Apache-2.0

/// The paths of a revision's documents, for finding words in them.
///
/// A document that was renamed keeps its bytes, and with them its entry in an index; so paths are not indexed but
/// searched. Who asks for a word or two has the text searched from end to end, which is quicker than to sort its words
/// first; who asks again and again had better have that done.
package final class PathTable: Sendable {
    /// The words of the text that it is given, sorted; nil to have the text searched instead. It is asked each time, on
    /// any thread.
    package typealias WordSorting = @Sendable ([UInt8]) -> PathWords?

    private let folded: [UInt8]
    private let starts: [Int]
    private let sortedWords: WordSorting
    package let count: Int

    /// With its words sorted.
    package init(paths: [String]) {
        (folded, starts) = Self.fold(paths.count) { Array(paths[$0].utf8)[...] }
        let words = PathWords(folded)
        (sortedWords, count) = ({ _ in words }, paths.count)
    }

    /// - Parameter path: of each document, in UTF-8, in the order in which they are numbered.
    package init(count: Int, sorting: @escaping WordSorting, _ path: (Int) -> ArraySlice<UInt8>) {
        (folded, starts) = Self.fold(count, path)
        (sortedWords, self.count) = (sorting, count)
    }

    /// - Returns: the folded paths with a zero behind each, and where each begins.
    private static func fold(_ count: Int, _ path: (Int) -> ArraySlice<UInt8>) -> ([UInt8], [Int]) {
        var (folding, folded, starts) = (ScalarFolding(), [UInt8](), [Int]())
        starts.reserveCapacity(count)
        folded.reserveCapacity(count * 48)
        for number in 0..<count {
            let start = folded.count
            starts.append(start)
            let path = path(number)
            folded.append(contentsOf: path)
            if !lowercase(&folded, from: start) {
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
        return (folded, starts)
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
            guard let words = sortedWords(folded) else {
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

    private func documentIndex(at place: Int, from first: Int) -> Int {
        var (low, high) = (first, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= place { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }
}
