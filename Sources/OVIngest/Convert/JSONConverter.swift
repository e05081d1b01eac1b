// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// JSON, which stays JSON: an agent reads it as well as Markdown, and a program better. Where it was written without
/// line breaks it gets some, because what is read, searched and compared here are lines. Nothing else of it changes:
/// numbers and strings are copied as they stand.
package struct JSONConverter: Converter {
    package init() {}

    package let version = 1

    package func convert(_ document: FetchedDocument, limits: Limits) throws(ConversionError) -> ConvertedDocument? {
        let type = document.mediaType
        guard type == "application/json" || type.hasSuffix("+json") else { return nil }
        return try .laidOut(document, limits: limits, if: \.hasLong) { JSONLayout.indented($0, limit: $1) }
    }
}

/// Lays out the tokens of a JSON text (RFC 8259) in lines, without making sense of them.
struct JSONLayout {
    private static let maximumDepth = 256
    /// Levels that are indented: so that the text grows no faster than it was.
    private static let maximumIndentation = 32
    /// A list of plain values that is not longer stays on its line.
    private static let shortLine = 80

    private let text: [UInt8]
    private var output: [UInt8] = []
    private var index = 0
    /// With what each container ends that is open.
    private var open: [UInt8] = []
    /// Up to where everything stays on one line.
    private var shortEnd = 0

    private init(_ text: [UInt8]) {
        self.text = text
        output.reserveCapacity(text.count + text.count / 4)
    }

    /// - Returns: nil for what is not one JSON value, is nested too deep, or would be longer than `limit`.
    static func indented(_ text: [UInt8], limit: Int) -> [UInt8]? {
        var layout = JSONLayout(text)
        while layout.index < text.count {
            guard layout.output.count <= limit, layout.step() else { return nil }
        }
        guard layout.open.isEmpty, layout.output.count < limit else { return nil }
        return layout.output + [10]
    }

    /// Takes a token, or one character of it.
    /// - Returns: whether that is JSON.
    private mutating func step() -> Bool {
        let byte = text[index]
        switch byte {
        case 32, 9, 10, 13: break
        case UInt8(ascii: "\""):
            guard !isBehindValue, let end = endOfString(from: index) else { return false }
            output += text[index..<end]
            index = end
            return true
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard !isBehindValue, open.count < Self.maximumDepth else { return false }
            if index >= shortEnd { shortEnd = endOfShort(from: index) ?? shortEnd }
            open.append(byte + 2)
            output.append(byte)
            breakLine()
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            guard open.popLast() == byte else { return false }
            breakLine()
            output.append(byte)
        case UInt8(ascii: ","):
            guard !open.isEmpty else { return false }
            output.append(byte)
            if index < shortEnd { output.append(32) } else { breakLine() }
        case UInt8(ascii: ":"): output += [byte, 32]
        default:
            // Comments and the like are no JSON; nor are two values with nothing but blanks in between.
            let goesOn = index > 0 && Self.isLiteral(text[index - 1])
            guard Self.isLiteral(byte), goesOn || !isBehindValue else { return false }
            output.append(byte)
        }
        index += 1
        return true
    }

    /// Whether a number or a name can have it.
    private static func isLiteral(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte | 0x20) || "+-.".utf8.contains(byte)
    }

    private var isBehindValue: Bool { output.last.map { Self.isLiteral($0) || "\"}]".utf8.contains($0) } ?? false }

    private mutating func breakLine() {
        guard index >= shortEnd else { return }
        output.append(10)
        for _ in 0..<min(open.count, Self.maximumIndentation) { output += [32, 32] }
    }

    /// - Returns: where the text goes on behind a string.
    private func endOfString(from start: Int) -> Int? {
        var index = start + 1
        while index < text.count {
            if text[index] == UInt8(ascii: "\"") { return index + 1 }
            guard text[index] >= 32 else { return nil }
            index += text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    /// - Returns: where the text goes on behind a container of plain values that fits a line.
    private func endOfShort(from start: Int) -> Int? {
        var index = start + 1
        while index < text.count, index - start < Self.shortLine {
            switch text[index] {
            case text[start] + 2: return index + 1
            case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "}"), UInt8(ascii: "]"): return nil
            case UInt8(ascii: "\""):
                guard let end = endOfString(from: index) else { return nil }
                index = end
            default: index += 1
            }
        }
        return nil
    }
}
