// SPDX-License-Identifier: Apache-2.0

/// A charset that text may be in: one of the WHATWG Encoding Standard, or UTF-32.
///
/// Labels come from documents and from the network. Only those in this table are known, so that no label reaches a
/// converter of the system that nobody thought of.
package struct TextEncoding: Hashable, Sendable {
    /// How the standard spells it: `windows-1252`, `Shift_JIS`.
    package let name: String
    /// The name of the same thing in the C library's `iconv`.
    let converter: String

    static let utf8 = TextEncoding(name: "UTF-8", converter: "UTF-8")
    static let windows1252 = TextEncoding(name: "windows-1252", converter: "CP1252")
    static let utf16LittleEndian = TextEncoding(name: "UTF-16LE", converter: "UTF-16LE")
    static let utf16BigEndian = TextEncoding(name: "UTF-16BE", converter: "UTF-16BE")
    static let utf32LittleEndian = TextEncoding(name: "UTF-32LE", converter: "UTF-32LE")
    static let utf32BigEndian = TextEncoding(name: "UTF-32BE", converter: "UTF-32BE")

    private init(name: String, converter: String) {
        self.name = name
        self.converter = converter
    }

    /// The encoding of a label, as people and documents write it: `latin1`, `utf8`, `SJIS`.
    /// - Throws: `ConversionError` for a label that is unknown.
    package init(label: String) throws(ConversionError) {
        let trimmed = label.utf8.filter { $0 > 32 && $0 < 127 }.map { (65...90).contains($0) ? $0 + 32 : $0 }
        guard trimmed.count <= 40, let encoding = Self.find(String(decoding: trimmed, as: UTF8.self)) else {
            throw ConversionError("the charset '\(label.prefix(40))' is not known")
        }
        self = encoding
    }

    private static func find(_ label: String) -> TextEncoding? {
        if let encoding = byLabel[label] { return encoding }
        // Python writes `latin_1` and `utf_8`, Emacs appends the line endings: `utf-8-unix`.
        var plain = String(label.map { $0 == "_" ? "-" : $0 })
        for suffix in ["-unix", "-dos", "-mac"] where plain.hasSuffix(suffix) { plain.removeLast(suffix.count) }
        return byLabel[plain]
    }

    /// How many bytes to skip where the text is damaged, so that what follows is read right.
    var unitBytes: Int {
        if converter.hasPrefix("UTF-32") { return 4 }
        return converter.hasPrefix("UTF-16") ? 2 : 1
    }

    private static let byLabel: [String: TextEncoding] = {
        var labels: [String: TextEncoding] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            let encoding = TextEncoding(name: words[0], converter: words[1])
            for label in words.dropFirst(2) { labels[label] = encoding }
        }
        return labels
    }()

    /// Name, converter, labels: https://encoding.spec.whatwg.org/#names-and-labels. Not here: those that the standard
    /// forbids (its "replacement"), and `x-user-defined`. Added: what Python calls them, and UTF-32.
    private static let table = """
        UTF-8 UTF-8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8
        IBM866 IBM866 866 cp866 csibm866 ibm866
        ISO-8859-2 ISO-8859-2 csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2
        ISO-8859-3 ISO-8859-3 csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3
        ISO-8859-4 ISO-8859-4 csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4
        ISO-8859-5 ISO-8859-5 csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 \
        iso_8859-5:1988
        ISO-8859-6 ISO-8859-6 arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 \
        iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987
        ISO-8859-7 ISO-8859-7 csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 \
        iso_8859-7 iso_8859-7:1987 sun_eu_greek
        ISO-8859-8 ISO-8859-8 csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 \
        iso88598 iso_8859-8 iso_8859-8:1988 visual
        ISO-8859-8-I ISO-8859-8 csiso88598i iso-8859-8-i logical
        ISO-8859-10 ISO-8859-10 csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6
        ISO-8859-13 ISO-8859-13 iso-8859-13 iso8859-13 iso885913
        ISO-8859-14 ISO-8859-14 iso-8859-14 iso8859-14 iso885914
        ISO-8859-15 ISO-8859-15 csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9
        ISO-8859-16 ISO-8859-16 iso-8859-16
        KOI8-R KOI8-R cskoi8r koi koi8 koi8-r koi8_r
        KOI8-U KOI8-U koi8-ru koi8-u
        macintosh MACINTOSH csmacintosh mac macintosh x-mac-roman
        windows-874 CP874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874
        windows-1250 CP1250 cp1250 windows-1250 x-cp1250
        windows-1251 CP1251 cp1251 windows-1251 x-cp1251
        windows-1252 CP1252 ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 \
        iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 latin-1 us-ascii windows-1252 x-cp1252
        windows-1253 CP1253 cp1253 windows-1253 x-cp1253
        windows-1254 CP1254 cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 \
        latin5 windows-1254 x-cp1254
        windows-1255 CP1255 cp1255 windows-1255 x-cp1255
        windows-1256 CP1256 cp1256 windows-1256 x-cp1256
        windows-1257 CP1257 cp1257 windows-1257 x-cp1257
        windows-1258 CP1258 cp1258 windows-1258 x-cp1258
        x-mac-cyrillic MAC-UK x-mac-cyrillic x-mac-ukrainian
        GBK GB18030 chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk
        gb18030 GB18030 gb18030
        Big5 BIG5-HKSCS big5 big5-hkscs cn-big5 csbig5 x-x-big5
        EUC-JP EUC-JP cseucpkdfmtjapanese euc-jp x-euc-jp
        ISO-2022-JP ISO-2022-JP csiso2022jp iso-2022-jp
        Shift_JIS CP932 csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis cp932
        EUC-KR UHC cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 \
        windows-949 cp949
        UTF-16BE UTF-16BE unicodefffe utf-16be
        UTF-16LE UTF-16LE csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le
        UTF-32BE UTF-32BE utf-32be
        UTF-32LE UTF-32LE utf-32 utf-32le
        """
}
