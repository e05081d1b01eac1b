// SPDX-License-Identifier: Apache-2.0

/// Words from outside (a program's messages, a name in an archive), made fit to stand in a message of ours.
enum ForeignText {
    /// One line: what is not UTF-8 becomes U+FFFD, each run of blanks and control characters one blank.
    ///
    /// Nothing that a terminal would obey comes through, and no more than `maximum` bytes, with `…` behind them.
    static func line(_ bytes: some Collection<UInt8>, atMost maximum: Int) -> String {
        let text = String(decoding: bytes.prefix(4 * maximum + 4), as: UTF8.self)
        var (line, isBlank): (String.UnicodeScalarView, Bool) = (String.UnicodeScalarView(), false)
        var length = 0
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace || isControl(scalar) {
                isBlank = true
                continue
            }
            length += UTF8.width(scalar) + (isBlank && length > 0 ? 1 : 0)
            guard length <= maximum else {
                line.append("…")
                break
            }
            if isBlank, !line.isEmpty { line.append(" ") }
            isBlank = false
            line.append(scalar)
        }
        return String(line)
    }

    /// Also what turns the direction of text round, so that a name cannot be shown as another.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
