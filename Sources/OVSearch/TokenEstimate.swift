// SPDX-License-Identifier: Apache-2.0

/// About how many tokens a text is for a language model: one for four bytes of ASCII, one for each character beyond.
///
/// A rule of thumb that needs no vocabulary. English prose has a little less than it says, source code and markup a
/// little more; a tokenizer of its own has the last word.
package enum TokenEstimate {
    /// How many bytes of text are one token at most.
    package static let maximumBytes = 4

    package static func count(of bytes: some Sequence<UInt8>) -> Int {
        var (ascii, others) = (0, 0)
        for byte in bytes {
            if byte < 0x80 {
                ascii += 1
            } else if byte >= 0xC0 {
                // The first byte of a character.
                others += 1
            }
        }
        return (ascii + 3) / 4 + others
    }
}
