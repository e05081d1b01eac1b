// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVTestSupport

/// Markdown that compresses and tokenizes about as prose does: words by Zipf's law, sentences, headings, lists.
///
/// The same seed makes the same text, so that figures of different days can be compared.
struct TextCorpus {
    private var generator: SplitMix64
    private var words: [[UInt8]] = []

    init(seed: UInt64) {
        generator = SplitMix64(seed: seed)
        let syllables = [
            "ta", "re", "mi", "con", "ver", "al", "in", "sto", "ne", "qui", "ra", "der", "ol", "pe", "sun",
        ]
        for _ in 0..<4000 {
            let count = Int.random(in: 1...4, using: &generator)
            let word = (0..<count).map { _ in syllables[Int.random(in: syllables.indices, using: &generator)] }.joined()
            words.append(Array(word.utf8))
        }
    }

    /// A document of exactly `size` bytes.
    mutating func document(size: Int) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(size + 1024)
        var paragraphs = 0
        while text.count < size {
            if paragraphs % 5 == 0 { heading(level: paragraphs == 0 ? 1 : 2, into: &text) }
            if paragraphs % 7 == 6 { list(into: &text) } else { paragraph(into: &text) }
            paragraphs += 1
        }
        text.removeSubrange(size...)
        if size > 0 { text[size - 1] = 10 }
        return text
    }

    /// Low ranks far more often than high ones.
    private mutating func word() -> [UInt8] {
        let uniform = Double.random(in: 0..<1, using: &generator)
        return words[min(words.count - 1, Int(exp(uniform * log(Double(words.count)))) - 1)]
    }

    private mutating func sentence(into text: inout [UInt8]) {
        for index in 0..<Int.random(in: 5...18, using: &generator) {
            if index > 0 { text.append(32) }
            text += word()
        }
        text += [46, 32]
    }

    private mutating func paragraph(into text: inout [UInt8]) {
        for _ in 0..<Int.random(in: 2...6, using: &generator) { sentence(into: &text) }
        text += [10, 10]
    }

    private mutating func heading(level: Int, into text: inout [UInt8]) {
        text += [UInt8](repeating: 35, count: level) + [32]
        for _ in 0..<4 { text += word() + [32] }
        text += [10, 10]
    }

    private mutating func list(into text: inout [UInt8]) {
        for _ in 0..<4 {
            text += [45, 32]
            sentence(into: &text)
            text.append(10)
        }
        text.append(10)
    }
}

extension TextCorpus {
    /// Files of 300 bytes to 52 kB, most of them small, ten kB on average, in folders of a hundred.
    /// - Returns: how many bytes they have together.
    @discardableResult
    mutating func fill(_ folder: TemporaryFolder, _ name: String, files: Int) throws -> Int {
        var bytes = 0
        for index in 0..<files {
            let size = Int(exp(Double.random(in: log(300)...log(52_000), using: &generator)))
            try folder.write("\(name)/part-\(index / 100)/note-\(index).md", document(size: size))
            bytes += size
        }
        return bytes
    }
}
