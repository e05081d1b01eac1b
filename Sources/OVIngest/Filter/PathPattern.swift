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
            suffix = []
        } else {
            let start = Self.literalSuffixStart(bytes)
            suffix = Array(bytes[start...])
            let isOneStar = start == end + 1 && bytes[end] == UInt8(ascii: "*")
            form = matchesNames && isOneStar ? .affixes : .glob(glob)
        }
    }

    func matches(_ path: ArraySlice<UInt8>) -> Bool {
        switch form {
        case .literal: path.count == prefix.count && path.elementsEqual(prefix)
        case .affixes: hasAffixes(path)
        case .glob(let glob): hasAffixes(path) && glob.matches(String(decoding: path, as: UTF8.self))
        }
    }

    private func hasAffixes(_ path: ArraySlice<UInt8>) -> Bool {
        path.count >= prefix.count + suffix.count && path.suffix(suffix.count).elementsEqual(suffix)
            && path.prefix(prefix.count).elementsEqual(prefix)
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
}
