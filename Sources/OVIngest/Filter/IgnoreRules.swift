// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// The rules of one `.gitignore` file, as gitignore(5) describes them.
///
/// Two things differ from git on purpose: `?` and `[…]` take a whole character where git takes a byte of it, and case
/// always counts.
struct IgnoreRules: Sendable {
    private struct Rule: Sendable {
        let pattern: PathPattern
        let isNegated: Bool
        /// Written with a `/` at the end.
        let isForFolders: Bool
        /// Without a `/` elsewhere: matches the name, at any depth.
        let isForNames: Bool
    }

    private let rules: [Rule]

    var isEmpty: Bool { rules.isEmpty }

    /// Reads a file's lines. As in git, a line that is not a valid pattern matches nothing.
    init(parsing bytes: [UInt8]) {
        var bytes = bytes[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        rules = bytes.split(separator: UInt8(ascii: "\n")).compactMap(Self.rule)
    }

    /// What the last rule that fits says.
    /// - Parameters:
    ///   - path: relative to the folder that the file is in.
    ///   - name: the last segment of `path`.
    /// - Returns: whether to ignore it; nil when no rule fits.
    func decision(path: ArraySlice<UInt8>, name: ArraySlice<UInt8>, isFolder: Bool) -> Bool? {
        // A span, because copying rules out of the array is most of what this would cost.
        let rules = self.rules.span
        for index in rules.indices.reversed() {
            if rules[index].isForFolders && !isFolder { continue }
            if rules[index].pattern.matches(rules[index].isForNames ? name : path) { return !rules[index].isNegated }
        }
        return nil
    }
}

// MARK: - Parsing

extension IgnoreRules {
    private static func rule(_ line: ArraySlice<UInt8>) -> Rule? {
        var line = line
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if line.first == UInt8(ascii: "#") { return nil }
        line = droppingTrailingSpaces(line)
        let isNegated = line.first == UInt8(ascii: "!")
        if isNegated { line.removeFirst() }
        let isForFolders = line.last == UInt8(ascii: "/")
        if isForFolders { line.removeLast() }
        let isForNames = !line.contains(UInt8(ascii: "/"))
        if line.first == UInt8(ascii: "/") { line.removeFirst() }
        guard !line.isEmpty, let text = globText(String(decoding: line, as: UTF8.self)),
            let pattern = try? PathPattern(text, matchesNames: isForNames)
        else { return nil }
        return Rule(pattern: pattern, isNegated: isNegated, isForFolders: isForFolders, isForNames: isForNames)
    }

    /// Spaces at the end do not count, unless a backslash stands before them.
    private static func droppingTrailingSpaces(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var (end, index) = (line.startIndex, line.startIndex)
        while index < line.endIndex {
            let isQuoting = line[index] == UInt8(ascii: "\\")
            index += isQuoting ? 2 : 1
            if isQuoting || line[index - 1] != UInt8(ascii: " ") { end = min(index, line.endIndex) }
        }
        return line[..<end]
    }

    /// Rewrites git's pattern in the syntax of `GlobPattern`: braces mean nothing to git, `[[:alpha:]]` does.
    /// - Returns: nil when git takes it for malformed.
    private static func globText(_ text: String) -> String? {
        var scalars = Array(text.unicodeScalars)[...]
        // Of scalars, since a string would be copied for each that is appended.
        var glob = String.UnicodeScalarView()
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\\":
                guard let quoted = scalars.popFirst() else { return nil }
                glob.append("\\")
                glob.append(quoted)
            case "{", "}":
                glob.append("\\")
                glob.append(scalar)
            case "[":
                guard let set = BracketExpression(parsing: &scalars) else { return nil }
                guard let text = set.globText else { return nil }
                glob.append(contentsOf: text.unicodeScalars)
            default: glob.append(scalar)
            }
        }
        return String(glob)
    }
}

/// What stands between `[` and `]` in a pattern of git's (fnmatch(3), with POSIX character classes).
private struct BracketExpression {
    private var isNegated = false
    private var ranges: [(Unicode.Scalar, Unicode.Scalar)] = []

    /// Takes what follows a `[`, including the `]`.
    /// - Returns: nil when there is no `]`, or an unknown class.
    init?(parsing scalars: inout ArraySlice<Unicode.Scalar>) {
        if scalars.first == "!" || scalars.first == "^" {
            isNegated = true
            scalars.removeFirst()
        }
        var isFirst = true
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "]" where !isFirst: return
            case "[" where scalars.first == ":":
                guard let end = scalars.dropFirst().firstIndex(of: "]") else { return nil }
                guard scalars[end - 1] == ":", end - 1 > scalars.startIndex else {
                    addRange(from: scalar, &scalars)
                    break
                }
                let name = String(String.UnicodeScalarView(scalars[(scalars.startIndex + 1)..<(end - 1)]))
                guard let members = Self.classes[name] else { return nil }
                ranges += members
                scalars = scalars[(end + 1)...]
            case "\\":
                guard let quoted = scalars.popFirst() else { return nil }
                addRange(from: quoted, &scalars)
            default: addRange(from: scalar, &scalars)
            }
            isFirst = false
        }
        return nil
    }

    private mutating func addRange(from lower: Unicode.Scalar, _ scalars: inout ArraySlice<Unicode.Scalar>) {
        var upper = lower
        if scalars.first == "-", let next = scalars.dropFirst().first, next != "]" {
            scalars.removeFirst(2)
            upper = next == "\\" ? scalars.popFirst() ?? next : next
        }
        if lower <= upper { ranges.append((lower, upper)) }
    }

    /// The same set for `GlobPattern`; nil for one that nothing is in.
    var globText: String? {
        if ranges.isEmpty { return isNegated ? "?" : nil }
        var text = String.UnicodeScalarView((isNegated ? "[!" : "[").unicodeScalars)
        for (lower, upper) in ranges {
            for scalar in ["\\", lower, "-", "\\", upper] as [Unicode.Scalar] { text.append(scalar) }
        }
        return String(text) + "]"
    }

    private static let classes: [String: [(Unicode.Scalar, Unicode.Scalar)]] = [
        "alnum": [("0", "9"), ("A", "Z"), ("a", "z")], "alpha": [("A", "Z"), ("a", "z")],
        "blank": [(" ", " "), ("\t", "\t")], "cntrl": [("\0", "\u{1F}"), ("\u{7F}", "\u{7F}")],
        "digit": [("0", "9")], "graph": [("!", "~")], "lower": [("a", "z")], "print": [(" ", "~")],
        "punct": [("!", "/"), (":", "@"), ("[", "`"), ("{", "~")], "space": [("\t", "\r"), (" ", " ")],
        "upper": [("A", "Z")], "xdigit": [("0", "9"), ("A", "F"), ("a", "f")],
    ]
}
