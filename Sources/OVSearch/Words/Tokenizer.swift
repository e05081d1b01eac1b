// SPDX-License-Identifier: Apache-2.0

/// Splits text into folded words: word boundaries after UAX 29, case and diacritics folded.
///
/// A word of several parts (`parseHTTPHeader`, `snake_case`, `a.b.c`) is given as a whole and part by part; the parts
/// take consecutive positions, the whole that of its first part. Scripts without blanks between words (Chinese,
/// Japanese, Korean, and those of South East Asia) are given as pairs of neighbours, the last character alone.
/// One pass whose time is in proportion to the text, whatever the text; ASCII never leaves bytes.
struct Tokenizer {
    enum Role {
        case plain
        /// Its parts follow.
        case whole
        /// The last character of several in a script without blanks, which is also in the pair before it.
        case runEnd
        /// The only character of a run of such a script.
        case lone
    }

    struct Word {
        /// Folded, UTF-8. Valid during the call only.
        let bytes: UnsafeBufferPointer<UInt8>
        let position: Int
        /// The bytes of the text that it was made of.
        let range: Range<Int>
        let role: Role
        /// Whether it was too long to be given in full.
        let isCut: Bool
    }

    /// Longer words are cut, in texts and queries alike.
    static let maximumWordLength = 96
    /// What has more parts is no identifier but a number or a code.
    private static let maximumParts = 16

    private enum Kind: UInt8 {
        case other, letter, digit, mark, dense
    }

    private struct Part {
        var lower: Int
        var upper: Int
    }

    private var folding = ScalarFolding()
    private var folded: [UInt8] = []
    /// The same for words of nothing but ASCII, which most are.
    private var plain = [UInt8](repeating: 0, count: maximumWordLength)
    private var parts: [Part] = []
    private var position = 0

    init() {}

    /// Calls `take` with each word.
    /// - Returns: how many positions the words took.
    @discardableResult
    mutating func read(_ text: UnsafeBufferPointer<UInt8>, _ take: (Word) -> Void) -> Int {
        withoutActuallyEscaping(take) { take in
            var sink = ClosureSink(closure: take)
            return read(text, into: &sink)
        }
    }

    /// Hands each word to a sink, which is compiled into the loop.
    /// - Returns: how many positions the words took.
    mutating func read<Sink: WordSink>(_ text: UnsafeBufferPointer<UInt8>, into sink: inout Sink) -> Int {
        position = 0
        var index = 0
        while index < text.count {
            if let end = readSimpleWord(text, from: index, &sink) {
                index = end
                continue
            }
            let (kind, width) = Self.kind(text, index)
            switch kind {
            case .letter, .digit: index = readWord(text, from: index, &sink)
            case .dense: index = readDense(text, from: index, &sink)
            case .other, .mark: index += width
            }
        }
        return position
    }

    // MARK: Characters

    @inline(__always)
    private static func kind(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> (Kind, width: Int) {
        let byte = text[index]
        if byte < 128 {
            if byte | 32 &- 97 <= 25, byte >= 65 { return (.letter, 1) }
            return (byte &- 48 <= 9 ? .digit : .other, 1)
        }
        let (scalar, width) = UTF8Scalars.decode(text, index)
        return (kind(of: scalar), width)
    }

    private static func kind(of scalar: Unicode.Scalar?) -> Kind {
        guard let scalar else { return .other }
        let value = scalar.value
        if value < 0x300 { return scalar.properties.isAlphabetic ? .letter : value == 0xAD ? .mark : .other }
        if isDense(value) { return .dense }
        if scalar.properties.isAlphabetic { return .letter }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .format: return .mark
        case .decimalNumber: return .digit
        default: return .other
        }
    }

    /// Scripts that are written without blanks between words.
    private static func isDense(_ value: UInt32) -> Bool {
        switch value {
        case 0x0E01...0x0E4E, 0x0E81...0x0ECD, 0x1000...0x104F, 0x1780...0x17D3, 0x3005...0x3007, 0x3041...0x3096,
            0x309D...0x309F, 0x30A1...0x30FA, 0x30FC...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFF66...0xFF9D, 0x1B000...0x1B16F, 0x20000...0x323AF:
            true
        default: false
        }
    }

    /// Whether what stands at `index` joins the characters around it: `_`, and `.` `'` `’` and `,` between what they
    /// belong to.
    private static func connector(_ text: UnsafeBufferPointer<UInt8>, _ index: Int, after last: Kind) -> Int {
        let byte = text[index]
        var width = 1
        switch byte {
        case 95: return 1
        case 46, 39, 44: break
        case 0xE2:
            guard index + 2 < text.count, text[index + 1] == 0x80, text[index + 2] == 0x99 else { return 0 }
            width = 3
        default: return 0
        }
        guard index + width < text.count else { return 0 }
        let next = kind(text, index + width).0
        switch byte {
        case 46: return next == .letter || next == .digit ? width : 0
        case 44: return last == .digit && next == .digit ? width : 0
        default: return last == .letter && next == .letter ? width : 0
        }
    }
}

// MARK: - Words

extension Tokenizer {
    /// What most of a text is: a word of small letters, the first perhaps a capital, behind which stands a character of
    /// ASCII that joins nothing to it. It is one part, and nothing has to be remembered of it.
    /// - Returns: where it ends; nil for whatever else, which the general way is for.
    @inline(__always)
    private mutating func readSimpleWord<Sink: WordSink>(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, _ sink: inout Sink
    ) -> Int? {
        let first = text[start]
        guard first | 32 &- 97 <= 25 else { return nil }
        var end = start + 1
        while end < text.count, text[end] &- 97 <= 25 { end += 1 }
        guard end - start <= Self.maximumWordLength, end == text.count || Self.endsWord(text, end) else { return nil }
        let range = start..<end
        if first >= 97 {
            let bytes = UnsafeBufferPointer(rebasing: text[range])
            sink.take(Word(bytes: bytes, position: position, range: range, role: .plain, isCut: false))
        } else {
            plain.withUnsafeMutableBufferPointer { buffer in
                for index in range { buffer[index - start] = text[index] | 32 }
                let bytes = UnsafeBufferPointer(rebasing: buffer[..<range.count])
                sink.take(Word(bytes: bytes, position: position, range: range, role: .plain, isCut: false))
            }
        }
        position += 1
        return end
    }

    /// Whether a character behind small letters is one that no word goes on with.
    @inline(__always)
    private static func endsWord(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        switch text[index] {
        case 39, 48...57, 65...90, 95, 97...122, 128...: false
        case 46: index + 1 == text.count || text[index + 1] < 48
        default: true
        }
    }

    private mutating func readWord<Sink: WordSink>(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, _ sink: inout Sink
    ) -> Int {
        parts.removeAll(keepingCapacity: true)
        var (index, last, partStart, end) = (start, Kind.other, start, start)
        var isOverfull = false
        var hasCaseParts = false
        var wasUpper = false
        while index < text.count {
            let (kind, width) = Self.kind(text, index)
            if kind == .letter || kind == .digit {
                let isUpper = kind == .letter && isUppercase(text, index)
                if index > partStart {
                    if splits(text, at: index, kind, last, isUpper: isUpper, wasUpper: wasUpper) {
                        isOverfull = !endPart(partStart, index) || isOverfull
                        partStart = index
                        hasCaseParts = true
                    }
                }
                (last, wasUpper) = (kind, isUpper)
                index += width
                // Among small letters of ASCII nothing begins, and most text is these.
                if kind == .letter, !isUpper {
                    while index < text.count, text[index] &- 97 <= 25 { index += 1 }
                }
                end = index
            } else if kind == .mark {
                index += width
                end = index
            } else {
                let connector = Self.connector(text, index, after: last)
                guard connector > 0 else { break }
                if index > partStart { isOverfull = !endPart(partStart, index) || isOverfull }
                index += connector
                partStart = index
            }
        }
        if end > partStart { isOverfull = !endPart(partStart, end) || isOverfull }
        if isOverfull, hasCaseParts { parts = [Part(lower: start, upper: end)] }
        emit(text, start..<end, &sink)
        return max(index, end)
    }

    private mutating func endPart(_ lower: Int, _ upper: Int) -> Bool {
        guard parts.count < Self.maximumParts else { return false }
        parts.append(Part(lower: lower, upper: upper))
        return true
    }

    private func isUppercase(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        let byte = text[index]
        guard byte >= 128 else { return byte &- 65 <= 25 }
        return UTF8Scalars.decode(text, index).scalar?.properties.isUppercase ?? false
    }

    /// Between a lower and an upper case letter, before the last of several upper case ones, between letters and
    /// digits.
    private func splits(
        _ text: UnsafeBufferPointer<UInt8>, at index: Int, _ kind: Kind, _ last: Kind, isUpper: Bool, wasUpper: Bool
    ) -> Bool {
        if kind != last { return last != .other }
        guard kind == .letter, isUpper else { return false }
        if !wasUpper { return true }
        let next = index + Self.kind(text, index).width
        guard next < text.count, Self.kind(text, next).0 == .letter else { return false }
        return !isUppercase(text, next) && UTF8Scalars.isCased(text, next)
    }

    private mutating func emit<Sink: WordSink>(
        _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ sink: inout Sink
    ) {
        if parts.count > 1 { emit(text, range, .whole, at: position, &sink) }
        for number in 0..<parts.count {
            let part = parts[number]
            // What stands behind an apostrophe in "it's" and "we'll" is no word.
            if number > 0, part.upper - part.lower <= 2, isApostrophe(text, before: part.lower) { continue }
            emit(text, part.lower..<part.upper, .plain, at: position, &sink)
            position += 1
        }
    }

    private func isApostrophe(_ text: UnsafeBufferPointer<UInt8>, before index: Int) -> Bool {
        index > 0 && text[index - 1] == 39 || index > 2 && text[index - 1] == 0x99 && text[index - 3] == 0xE2
    }

    private mutating func emit<Sink: WordSink>(
        _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ role: Role, at position: Int,
        _ sink: inout Sink
    ) {
        guard !emitPlain(text, range, role, at: position, &sink) else { return }
        folded.removeAll(keepingCapacity: true)
        var index = range.lowerBound
        while index < range.upperBound, folded.count < Self.maximumWordLength {
            let byte = text[index]
            if byte < 128 {
                folded.append(byte &- 65 <= 25 ? byte | 32 : byte)
                index += 1
            } else {
                let (scalar, width) = UTF8Scalars.decode(text, index)
                if let scalar { folding.append(scalar, to: &folded) }
                index += width
            }
        }
        while folded.last == 95 { folded.removeLast() }
        guard !folded.isEmpty else { return }
        folded.withUnsafeBufferPointer { bytes in
            sink.take(
                Word(bytes: bytes, position: position, range: range, role: role, isCut: index < range.upperBound))
        }
    }

    /// - Returns: whether the word is of nothing but ASCII.
    private mutating func emitPlain<Sink: WordSink>(
        _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ role: Role, at position: Int,
        _ sink: inout Sink
    ) -> Bool {
        let end = min(range.upperBound, range.lowerBound + Self.maximumWordLength)
        return plain.withUnsafeMutableBufferPointer { buffer in
            var count = 0
            for index in range.lowerBound..<end {
                let byte = text[index]
                guard byte < 128 else { return false }
                buffer[count] = byte &- 65 <= 25 ? byte | 32 : byte
                count += 1
            }
            while count > 0, buffer[count - 1] == 95 { count -= 1 }
            guard count > 0 else { return true }
            sink.take(
                Word(
                    bytes: UnsafeBufferPointer(rebasing: buffer[..<count]), position: position, range: range,
                    role: role, isCut: end < range.upperBound))
            return true
        }
    }

    private mutating func readDense<Sink: WordSink>(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, _ sink: inout Sink
    ) -> Int {
        var (index, previous) = (start, start)
        while index < text.count {
            let (kind, width) = Self.kind(text, index)
            guard kind == .dense || kind == .mark else { break }
            if index > start {
                emit(text, previous..<index + width, .plain, at: position, &sink)
                position += 1
            }
            previous = index
            index += width
        }
        emit(text, previous..<index, previous > start ? .runEnd : .lone, at: position, &sink)
        position += 1
        return index
    }
}

// MARK: - Where words go

/// Takes words one after the other.
protocol WordSink {
    /// - Parameter word: its bytes are there during the call only.
    mutating func take(_ word: Tokenizer.Word)
}

private struct ClosureSink: WordSink {
    let closure: (Tokenizer.Word) -> Void

    func take(_ word: Tokenizer.Word) { closure(word) }
}
