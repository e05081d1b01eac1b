// SPDX-License-Identifier: Apache-2.0

/// The plain text of Markdown inlines (CommonMark 0.31.2 §6): what a reader would read aloud. Links keep their text,
/// images go, code keeps its content, emphasis and tags lose their marks.
///
/// One pass. Every search for a closing mark either moves on behind it or is not made again, so hostile text costs no
/// more than its length.
struct InlineText {
    private let bytes: [UInt8]
    private var index: Int
    private let end: Int
    private var output: [UInt8] = []
    private let start: Int
    /// Open brackets: where they stand in the output, how many own words came before, whether they are an image's.
    private var brackets: [(start: Int, words: Int, isImage: Bool)] = []
    /// Open emphasis: where its marks stand in the output, by mark.
    private var openers: [UInt8: [Range<Int>]] = [:]
    /// Closing marks that are known not to come any more.
    private var absent: Set<Int> = []
    private var ownWords = 0

    /// The text, white space collapsed.
    private(set) var text = ""
    /// Whether there are words that are no link's.
    private(set) var hasOwnWords = false

    /// A byte that no UTF-8 has, for what is taken out of the output again.
    private static let removed: UInt8 = 0xFF

    /// - Parameter maximum: how many bytes are looked at.
    init(_ bytes: [UInt8], _ range: Range<Int>, maximum: Int) {
        self.bytes = bytes
        start = range.lowerBound
        index = start
        var end = min(range.upperBound, start + maximum)
        // Never half a character.
        while end > start, end < range.upperBound, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        self.end = end
        while index < end { readNext() }
        finish()
    }

    private func peek(_ distance: Int = 1) -> UInt8? { index + distance < end ? bytes[index + distance] : nil }

    private mutating func readNext() {
        switch bytes[index] {
        case 92: readEscape()
        case 96: readCode()
        case 33 where peek() == 91:
            openBracket(isImage: true)
        case 91: openBracket(isImage: false)
        case 93: readClosingBracket()
        case 60: readAngle()
        case 38: readEntity()
        case 42, 95, 126: readEmphasis()
        case let byte:
            put(byte)
            index += 1
        }
    }

    private mutating func put(_ byte: UInt8) {
        output.append(byte)
        if byte.isWord { ownWords += 1 }
    }

    private mutating func finish() {
        hasOwnWords = ownWords > 0
        var (collapsed, isPending): ([UInt8], Bool) = ([], false)
        for byte in output where byte != Self.removed {
            if byte.isBlank || byte == 10 || byte == 13 {
                isPending = !collapsed.isEmpty
            } else {
                if isPending { collapsed.append(32) }
                isPending = false
                collapsed.append(byte < 32 || byte == 127 ? 32 : byte)
            }
        }
        text = String(decoding: collapsed, as: UTF8.self)
        (output, brackets, openers) = ([], [], [:])
    }
}

// MARK: - Marks

extension InlineText {
    /// The offset of a byte from `start` on. A search in vain is made once.
    private mutating func find(_ byte: UInt8, from start: Int) -> Int? {
        guard !absent.contains(Int(byte)) else { return nil }
        if start < end, let found = bytes[start..<end].firstIndex(of: byte) { return found }
        absent.insert(Int(byte))
        return nil
    }

    private mutating func readEscape() {
        if let next = peek(), next.isPunctuation {
            put(next)
            index += 2
        } else {
            if let next = peek(), next != 10, next != 13 { put(92) }
            index += 1
        }
    }

    /// Code ends at a run of as many backticks as it began with. Runs longer than any that people write are text.
    private mutating func readCode() {
        let contentStart = bytes.endOfRun(at: index, in: index..<end)
        let count = contentStart - index
        guard count <= 8, !absent.contains(256 + count), let close = closingTicks(count, from: contentStart) else {
            if count <= 8 { absent.insert(256 + count) }
            for byte in bytes[index..<contentStart] { put(byte) }
            index = contentStart
            return
        }
        for byte in bytes[contentStart..<close] { put(byte) }
        index = close + count
    }

    private func closingTicks(_ count: Int, from start: Int) -> Int? {
        var position = start
        while position < end {
            guard bytes[position] == 96 else {
                position += 1
                continue
            }
            let runEnd = bytes.endOfRun(at: position, in: position..<end)
            if runEnd - position == count { return position }
            position = runEnd
        }
        return nil
    }

    private mutating func openBracket(isImage: Bool) {
        brackets.append((output.count, ownWords, isImage))
        output.append(contentsOf: isImage ? [33, 91] : [91])
        index += isImage ? 2 : 1
    }

    /// `](destination)` and `][label]` go with their bracket; an image takes its text along. Any other bracket is text.
    private mutating func readClosingBracket() {
        let next = peek()
        var close: Int?
        if !brackets.isEmpty {
            if next == 40 { close = endOfDestination(from: index + 2) }
            if next == 91 { close = find(93, from: index + 2) }
        }
        guard let bracket = brackets.popLast(), let close else {
            put(93)
            index += 1
            return
        }
        index = close + 1
        // Words of a link are not the paragraph's own.
        ownWords = bracket.words
        if bracket.isImage {
            output.removeSubrange(bracket.start...)
            for mark in openers.keys {
                while let last = openers[mark]?.last, last.lowerBound >= bracket.start { openers[mark]?.removeLast() }
            }
        } else {
            output[bracket.start] = Self.removed
        }
    }

    /// The parenthesis that ends a destination: balanced, within a thousand bytes.
    private mutating func endOfDestination(from start: Int) -> Int? {
        guard find(41, from: start) != nil else { return nil }
        var depth = 0
        for position in start..<min(end, start + 1000) {
            switch bytes[position] {
            case 40: depth += 1
            case 41 where depth == 0: return position
            case 41: depth -= 1
            default: continue
            }
        }
        return nil
    }

    /// Tags and comments go, autolinks keep their address.
    private mutating func readAngle() {
        guard let next = peek(), next.isLetter || next == 47 || next == 33, let close = find(62, from: index + 1) else {
            put(60)
            index += 1
            return
        }
        let inner = index + 1..<close
        if next.isLetter, !bytes[inner].contains(where: \.isBlank),
            bytes[inner].contains(where: { $0 == 58 || $0 == 64 })
        {
            for byte in bytes[inner] { put(byte) }
        } else if bytes.has("br", at: inner.lowerBound, in: inner) {
            put(32)
        }
        index = close + 1
    }

    private mutating func readEntity() {
        let limit = min(end, index + 12)
        guard let close = bytes[index..<limit].firstIndex(of: 59),
            let scalar = Self.scalar(named: bytes.text(index + 1..<close))
        else {
            put(38)
            index += 1
            return
        }
        for byte in String(scalar).utf8 { put(byte) }
        index = close + 1
    }

    private static func scalar(named name: String) -> Unicode.Scalar? {
        if name.hasPrefix("#") {
            let digits = name.dropFirst()
            let isHexadecimal = digits.hasPrefix("x") || digits.hasPrefix("X")
            let value = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return value.flatMap { $0 == 0 ? nil : Unicode.Scalar($0) }
        }
        return [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "copy": "©", "hellip": "…",
            "ndash": "–", "mdash": "—", "rarr": "→", "larr": "←",
        ][name]
    }

    /// A run of `*`, `_` or `~` that closes takes out itself and what opened it (§6.2, by runs and not by marks).
    private mutating func readEmphasis() {
        let mark = bytes[index]
        let runEnd = bytes.endOfRun(at: index, in: index..<end)
        let before = index > start ? bytes[index - 1] : 32
        let after = runEnd < end ? bytes[runEnd] : 32
        let isSpaceBefore = before.isBlank || before == 10 || before == 13
        let isSpaceAfter = after.isBlank || after == 10 || after == 13
        let isInsideWord = mark == 95 && before.isWord && after.isWord
        let range = output.count..<output.count + runEnd - index
        output.append(contentsOf: bytes[index..<runEnd])
        index = runEnd
        if isInsideWord || mark == 126 && range.count != 2 { return }
        if !isSpaceBefore, let opener = openers[mark]?.popLast() {
            for position in opener { output[position] = Self.removed }
            for position in range { output[position] = Self.removed }
        } else if !isSpaceAfter {
            openers[mark, default: []].append(range)
        }
    }
}
