// SPDX-License-Identifier: Apache-2.0

/// As many whole lines of a document as an answer has room for.
struct Excerpt: Hashable, Sendable {
    let text: String
    /// Which lines these are, and how to go on.
    let words: String

    /// - Parameters:
    ///   - lines: what was asked for, beginning at line `offset` of `total`.
    ///   - section: where the section ends that was asked for, if one was.
    ///   - room: bytes that there is room for.
    init(of lines: String, from offset: Int, in total: Int, endOfSection section: Int? = nil, room: Int) {
        var lines = lines
        let (length, count, isCut) = lines.withUTF8 { Self.measure($0, room: room) }
        // A cut in the middle of a line may be in the middle of a character, which is then left out.
        text = length == lines.utf8.count ? lines : Self.prefix(of: lines, length)
        let next = offset + count
        guard count > 0, offset < total else {
            words = total == 0 ? "empty" : "no line \(offset) of \(total); lines count from 0"
            return
        }
        var words = count == total ? "\(total) line\(total == 1 ? "" : "s")" : "lines \(offset + 1)-\(next) of \(total)"
        if isCut { words += " (the last one cut: it is too long to show)" }
        if next < section ?? total {
            words += "; continue \(section == nil ? "" : "without section, ")with offset=\(next)"
        }
        self.words = words
    }

    /// How many bytes there is room for, how many lines they are, and whether the only line had to be cut.
    private static func measure(_ bytes: UnsafeBufferPointer<UInt8>, room: Int) -> (Int, Int, Bool) {
        var (length, count, start) = (0, 0, 0)
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 10).map { $0 + 1 } ?? bytes.count
            if end > room { return count == 0 ? (room, 1, true) : (length, count, false) }
            (length, count, start) = (end, count + 1, end)
        }
        return (length, count, false)
    }

    private static func prefix(of text: String, _ length: Int) -> String {
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: length)
        while end > text.startIndex, String.Index(end, within: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return String(text[..<end])
    }
}
