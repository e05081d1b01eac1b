// SPDX-License-Identifier: Apache-2.0

/// Where words of any script begin and end in a text of UTF-8. Bytes that are none belong to no word.
enum WordEdges {
    /// Whether on one side of a place is a word's character and on the other none.
    static func isEdge(_ place: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        isWord(before: place, in: text) != isWord(behind: place, in: text)
    }

    private static func isWord(behind place: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard place < text.count else { return false }
        return UTF8Scalars.decode(text, place).0.map(SimulatedAutomaton.isWord) ?? false
    }

    private static func isWord(before place: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        var start = place - 1
        while start > max(0, place - 4), text[start] & 0xC0 == 0x80 { start -= 1 }
        guard start >= 0 else { return false }
        let (scalar, width) = UTF8Scalars.decode(text, start)
        guard start + width == place, let scalar else { return false }
        return SimulatedAutomaton.isWord(scalar)
    }
}
