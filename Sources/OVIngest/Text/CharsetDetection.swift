// SPDX-License-Identifier: Apache-2.0

/// What charset a text is in, and how that is known.
struct CharsetDetection: Hashable {
    enum Origin: Hashable {
        case byteOrderMark
        /// By who fetched it: an HTTP header, the user.
        case declared
        case inDocument
        /// It is valid UTF-8.
        case valid
        /// Nothing says so; windows-1252 is what the web takes such text for.
        case guessed
    }

    let encoding: TextEncoding
    let origin: Origin
    /// How many bytes at the beginning are the mark and not text.
    var markBytes = 0

    /// In this order: byte order mark, what was declared, what the document says itself, UTF-8, windows-1252.
    ///
    /// What a document says of itself counts only where it is not UTF-8 beyond ASCII: such text is UTF-8 in truth,
    /// and its first lines were written for another file, or are prose.
    /// - Throws: `ConversionError` for a declared charset that is unknown.
    init(_ bytes: [UInt8], declared: String?, mediaType: String) throws(ConversionError) {
        if let (encoding, count) = Self.byteOrderMark(bytes) {
            self.init(encoding: encoding, origin: .byteOrderMark, markBytes: count)
            return
        }
        if let declared {
            self.init(encoding: try TextEncoding(label: declared), origin: .declared)
            return
        }
        let validity = UTF8Validity(of: bytes)
        if validity != .beyondASCII, let label = Self.labelInDocument(bytes, mediaType: mediaType),
            let encoding = try? TextEncoding(label: label), encoding.unitBytes == 1
        {
            self.init(encoding: encoding, origin: .inDocument)
        } else if validity != .invalid {
            self.init(encoding: .utf8, origin: .valid)
        } else {
            self.init(encoding: .windows1252, origin: .guessed)
        }
    }

    private init(encoding: TextEncoding, origin: Origin, markBytes: Int = 0) {
        self.encoding = encoding
        self.origin = origin
        self.markBytes = markBytes
    }

    static func byteOrderMark(_ bytes: [UInt8]) -> (TextEncoding, Int)? {
        // UTF-32 first: its little-endian mark begins with that of UTF-16.
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]), bytes.count % 4 == 0 { return (.utf32LittleEndian, 4) }
        if bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return (.utf32BigEndian, 4) }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if bytes.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
        if bytes.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
        return nil
    }
}

// MARK: - What the document says itself

extension CharsetDetection {
    /// `coding: x` and `fileencoding=x` in a comment (PEP 263, Emacs, Vim), `encoding="x"` of an XML declaration,
    /// `@charset "x"` of a style sheet, `charset=x` of an HTML `meta` element.
    static func labelInDocument(_ bytes: [UInt8], mediaType: String) -> String? {
        if mediaType == "text/html" || mediaType == "application/xhtml+xml" {
            if let label = HTMLCharset.label(in: bytes) { return label }
        }
        let lines = bytes.prefix(1024).split(maxSplits: 2, omittingEmptySubsequences: false) { $0 == 10 || $0 == 13 }
        for line in lines.prefix(2) {
            let text = line.drop { $0 == 32 || $0 == 9 }
            if text.starts(with: "<?xml".utf8) {
                return label(after: "encoding", in: text)
            } else if text.starts(with: "@charset".utf8) {
                return label(after: "@charset", in: text)
            } else if isComment(text), let label = label(after: "coding", in: text) {
                return label
            }
        }
        return nil
    }

    private static func isComment(_ line: ArraySlice<UInt8>) -> Bool {
        let starts = ["#", "//", "/*", ";", "%", "--", "\"", "<!--", "..", "(*", "*", "'", "!"]
        return starts.contains { line.starts(with: $0.utf8) } || firstIndex(of: "-*-", in: line) != nil
    }

    /// The word after `key`, with `:`, `=`, blanks or quotes between them.
    private static func label(after key: String, in text: ArraySlice<UInt8>) -> String? {
        var rest = text
        while let start = firstIndex(of: key, in: rest) {
            rest = rest[(start + key.utf8.count)...]
            let value = rest.drop { " \t:='\"".utf8.contains($0) }
            guard value.startIndex > rest.startIndex else { continue }
            let label = value.prefix { isLabelByte($0) }
            if !label.isEmpty { return String(decoding: label, as: UTF8.self) }
        }
        return nil
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "-_.:".utf8.contains(byte)
    }

    private static func firstIndex(of key: String, in text: ArraySlice<UInt8>) -> Int? {
        let key = Array(key.utf8)
        guard text.count >= key.count else { return nil }
        return (text.startIndex...(text.endIndex - key.count)).first { start in
            zip(text[start...], key).allSatisfy { byte, wanted in
                byte == wanted || (65...90).contains(byte) && byte + 32 == wanted
            }
        }
    }
}
