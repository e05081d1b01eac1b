// SPDX-License-Identifier: Apache-2.0

/// The classes of bytes that HTML and Markdown speak of.
extension UInt8 {
    /// What HTML calls ASCII whitespace.
    @inline(__always) var isHTMLSpace: Bool { self == 32 || self == 10 || self == 9 || self == 12 || self == 13 }

    @inline(__always) var isLetter: Bool { (self | 0x20) >= 97 && (self | 0x20) <= 122 }

    @inline(__always) var isDigit: Bool { self >= 48 && self <= 57 }

    @inline(__always) var isAlphanumeric: Bool { isLetter || isDigit }

    /// ASCII letters in lower case, all else as it is.
    @inline(__always) var lowercased: UInt8 { self >= 65 && self <= 90 ? self + 32 : self }

    /// What Markdown lets a backslash stand before.
    var isMarkdownPunctuation: Bool {
        (33...47).contains(self) || (58...64).contains(self) || (91...96).contains(self) || (123...126).contains(self)
    }
}

extension RandomAccessCollection<UInt8> where Index == Int {
    /// Whether `word` stands at `start`; ASCII letters match whatever their case. `word` is in lower case.
    func hasWord(_ word: StaticString, at start: Int) -> Bool {
        guard endIndex - start >= word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            word.indices.allSatisfy { self[start + $0].lowercased == word[$0] }
        }
    }

    /// Without white space at both ends.
    func trimmedHTML() -> SubSequence {
        var (start, end) = (startIndex, endIndex)
        while start < end, self[start].isHTMLSpace { start += 1 }
        while end > start, self[end - 1].isHTMLSpace { end -= 1 }
        return self[start..<end]
    }

    /// One blank for any white space and control characters, none at the ends.
    func collapsedHTML() -> [UInt8] {
        var text: [UInt8] = []
        for byte in self {
            if byte > 32, byte != 127 {
                text.append(byte)
            } else if let last = text.last, last != 32 {
                text.append(32)
            }
        }
        if text.last == 32 { text.removeLast() }
        return text
    }
}
