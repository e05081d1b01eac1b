// SPDX-License-Identifier: Apache-2.0

extension HTMLTokenizer {
    private static let scriptName = Array("script".utf8)

    /// Script data with its escapes: within `<!-- … -->` a `<script>` hides the next `</script>`.
    mutating func readScript() -> HTMLToken? {
        let start = position
        while position < input.count {
            switch input[position] {
            case UInt8(ascii: "<"):
                if scriptEscape != .doubleEscaped, isEndOfRawText(at: position) {
                    return text(from: start) ?? readEndOfRawText()
                }
                readLessThanInScript()
            case UInt8(ascii: "-"):
                dashes += 1
                position += 1
            case UInt8(ascii: ">"):
                if dashes >= 2 { scriptEscape = .none }
                dashes = 0
                position += 1
            case 0:
                if let token = text(from: start) { return token }
                dashes = 0
                return replaceByte()
            default:
                dashes = 0
                position += 1
            }
        }
        return text(from: start)
    }

    private mutating func readLessThanInScript() {
        dashes = 0
        switch scriptEscape {
        case .none where input.hasWord("<!--", at: position):
            (scriptEscape, dashes) = (.escaped, 2)
            position += 4
        case .escaped where isTagName(Self.scriptName, at: position + 1):
            scriptEscape = .doubleEscaped
            position += 1 + Self.scriptName.count + 1
        case .doubleEscaped
        where byte(at: position + 1) == UInt8(ascii: "/") && isTagName(Self.scriptName, at: position + 2):
            scriptEscape = .escaped
            position += 2 + Self.scriptName.count + 1
        default: position += 1
        }
    }
}
