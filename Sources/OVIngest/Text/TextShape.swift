// SPDX-License-Identifier: Apache-2.0

/// Whether bytes look like something that somebody wrote or could read.
enum TextShape {
    /// No zero byte, and few control characters besides those that text has: tab, line feed, carriage return, form
    /// feed, backspace, escape.
    ///
    /// Meant for charsets that contain ASCII; UTF-16 has zeros everywhere and is decoded first.
    /// - Parameter mayHaveZeros: whether zero bytes are control characters like others.
    static func looksLikeText(_ bytes: [UInt8], mayHaveZeros: Bool = false) -> Bool {
        var controls = 0
        for byte in bytes where byte < 32 || byte == 127 {
            switch byte {
            case 0 where !mayHaveZeros: return false
            case 8, 9, 10, 12, 13, 27: continue
            default: controls += 1
            }
        }
        return controls <= bytes.count / 64
    }
}
