// SPDX-License-Identifier: Apache-2.0

extension String {
    /// A message or a quotation that may have come from anywhere, in one line and not too long: so that nothing in it
    /// can pass for a line of ours, is read in another order than it stands, or is not seen at all.
    var onOneLine: String {
        let words = unicodeScalars.split { $0.endsLine }
            .map { String(String.UnicodeScalarView($0.filter { !$0.hides })) }.joined(separator: " ")
        return words.count > 200 ? "\(words.prefix(200))…" : words
    }
}

extension Unicode.Scalar {
    /// Controls, and what Unicode has beside them to end lines.
    var endsLine: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// What changes the order of what follows, or spells text that no reader sees (Unicode's tags).
    var hides: Bool {
        switch value {
        case 0x202A...0x202E, 0x2066...0x2069, 0xE0000...0xE007F: true
        default: false
        }
    }
}
