// SPDX-License-Identifier: Apache-2.0

/// The paths of a revision's documents, for finding words in them.
///
/// A document that was renamed keeps its bytes, and with them its entry in an index; so paths are not indexed but
/// searched, which for some ten thousand takes microseconds.
package final class PathTable: Sendable {
    private let folded: [UInt8]
    private let starts: [Int]
    package let paths: [String]
    package let mediaTypes: [String]

    /// - Parameters:
    ///   - paths: of all documents, in the order in which they are numbered.
    ///   - mediaTypes: of each.
    package init(paths: [String], mediaTypes: [String]) {
        var (folding, folded, starts) = (ScalarFolding(), [UInt8](), [Int]())
        starts.reserveCapacity(paths.count)
        for path in paths {
            starts.append(folded.count)
            if path.utf8.allSatisfy({ $0 < 128 }) {
                for byte in path.utf8 { folded.append(byte.lowercased) }
            } else {
                for scalar in path.unicodeScalars {
                    if scalar.value < 128 {
                        folded.append(UInt8(scalar.value).lowercased)
                    } else {
                        folding.append(scalar, to: &folded)
                    }
                }
            }
            folded.append(0)
        }
        (self.folded, self.starts, self.paths, self.mediaTypes) = (folded, starts, paths, mediaTypes)
    }

    package var count: Int { paths.count }

    /// The documents in whose path a folded word stands, rising. It begins where a word of the path does; a short
    /// one ends there, too, a longer one may go on: `config` is in `configuration.md`.
    func documents(with word: [UInt8]) -> [Int] {
        guard word.count >= 2 else { return [] }
        var (found, document, from): ([Int], Int, Int) = ([], 0, 0)
        folded.withUnsafeBufferPointer { text in
            while let place = ByteSearch.first(word, in: text, from: from) {
                from = place + 1
                let before = place == 0 ? 0 : text[place - 1]
                let behind = text[place + word.count]
                guard !before.isWord, word.count >= 5 || !behind.isWord else { continue }
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
