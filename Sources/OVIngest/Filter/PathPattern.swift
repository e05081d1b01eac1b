// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// A glob over the bytes of a path, with what lets nearly every path be turned away without running it.
///
/// A folder of ten thousand files asks each pattern ten thousand times, and nearly all patterns are a name or `*.ext`.
struct PathPattern: Sendable {
    private enum Form: Sendable {
        /// The prefix is the whole pattern.
        case literal
        /// One `*` between prefix and suffix, in a pattern for names.
        case affixes
        case glob(GlobPattern)
    }

    private let form: Form
    private let prefix: [UInt8]
    private let suffix: [UInt8]
    /// What every match has somewhere: the longest piece of plain text.
    private let infix: [UInt8]

    /// - Parameters:
    ///   - text: in the syntax of `GlobPattern`.
    ///   - matchesNames: whether what it will be asked for never has a `/`.
    init(_ text: String, matchesNames: Bool) throws(OVError) {
        let bytes = Array(text.utf8)
        let (prefix, end) = Self.literalPrefix(bytes)
        self.prefix = prefix
        // Also where the pattern turns out not to need it, so that what is wrong with it is said.
        let glob = try GlobPattern(text)
        if end == bytes.count {
            form = .literal
            (suffix, infix) = ([], [])
        } else {
            let start = Self.literalSuffixStart(bytes)
            suffix = Array(bytes[start...])
            infix = Self.longestLiteral(bytes)
            let isOneStar = start == end + 1 && bytes[end] == UInt8(ascii: "*")
            form = matchesNames && isOneStar ? .affixes : .glob(glob)
        }
    }

    func matches(_ path: ArraySlice<UInt8>) -> Bool {
        switch form {
        case .literal: path.count == prefix.count && hasAffixes(path)
        case .affixes: hasAffixes(path)
        case .glob(let glob):
            hasAffixes(path) && hasInfix(path) && glob.matches(String(decoding: path, as: UTF8.self))
        }
    }

    private func hasAffixes(_ path: ArraySlice<UInt8>) -> Bool {
        guard path.count >= prefix.count + suffix.count else { return false }
        // Compared byte by byte from the start: most differ in the first.
        for index in suffix.indices where path[path.endIndex - suffix.count + index] != suffix[index] { return false }
        for index in prefix.indices where path[path.startIndex + index] != prefix[index] { return false }
        return true
    }

    private func hasInfix(_ path: ArraySlice<UInt8>) -> Bool {
        guard let first = infix.first else { return true }
        guard path.count >= infix.count else { return false }
        for start in path.startIndex...(path.endIndex - infix.count) where path[start] == first {
            if path[start..<start + infix.count].elementsEqual(infix) { return true }
        }
        return false
    }

    /// What every match begins with, and where in the pattern it ends.
    private static func literalPrefix(_ bytes: [UInt8]) -> (prefix: [UInt8], end: Int) {
        var (prefix, index): ([UInt8], Int) = ([], 0)
        while index < bytes.count, !"*?[{".utf8.contains(bytes[index]) {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count { index += 1 }
            prefix.append(bytes[index])
            index += 1
        }
        return (prefix, index)
    }

    /// Where in the pattern the text begins that every match ends with.
    private static func literalSuffixStart(_ bytes: [UInt8]) -> Int {
        var (start, index) = (0, 0)
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 2
                start = min(index, bytes.count)
            } else {
                index += 1
                if "*?[]{},".utf8.contains(bytes[index - 1]) { start = index }
            }
        }
        // `**/` also stands for no folder at all, and then its slash is not there.
        let isFolders = start >= 2 && bytes[start - 2] == UInt8(ascii: "*") && bytes[start - 1] == UInt8(ascii: "*")
        return isFolders && start < bytes.count && bytes[start] == UInt8(ascii: "/") ? start + 1 : start
    }

    /// The longest run in which nothing is special, before any bracket or brace; no slashes, which `**/` may swallow.
    private static func longestLiteral(_ bytes: [UInt8]) -> [UInt8] {
        var (longest, start, index): (ArraySlice<UInt8>, Int, Int) = ([], 0, 0)
        while index < bytes.count, bytes[index] != UInt8(ascii: "["), bytes[index] != UInt8(ascii: "{") {
            if "*?\\/".utf8.contains(bytes[index]) {
                if index - start > longest.count { longest = bytes[start..<index] }
                if bytes[index] == UInt8(ascii: "\\") { index += 1 }
                start = index + 1
            }
            index += 1
        }
        let end = min(index, bytes.count)
        return Array(end - start > longest.count ? bytes[start..<end] : longest)
    }
}
