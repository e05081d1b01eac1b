// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// What `--arg` says to the git fetcher, checked.
struct GitArguments: Hashable, Sendable {
    static let ref = "ref"
    static let path = "path"
    static let auth = "auth"

    static let help = [
        (name: ref, help: "a branch, a tag or a whole commit id; the repository's default branch when not given"),
        (name: path, help: "a folder or file of the repository, which then is the root"),
        (name: auth, help: "env:NAME or file:PATH of a token or user:password, or netrc, for https"),
    ]

    enum Ref: Hashable, Sendable {
        /// What the repository says that it shows.
        case head
        /// Its whole name: `refs/…`.
        case full(String)
        /// A branch, else a tag.
        case short(String)
        /// 40 or 64 hexadecimal digits, lower case.
        case commit(String)
    }

    let ref: Ref
    /// Without slashes at its ends; empty for the whole repository.
    let path: String

    /// - Throws: `FetchError`, permanent.
    init(_ options: Source.Options) throws(FetchError) {
        ref = try Self.ref(options.arguments[Self.ref] ?? "HEAD")
        path = try Self.path(options.arguments[Self.path] ?? "")
    }

    private static func ref(_ text: String) throws(FetchError) -> Ref {
        if text == "HEAD" { return .head }
        let digits = text.lowercased()
        if [40, 64].contains(digits.utf8.count), digits.utf8.allSatisfy(isHexadecimal) { return .commit(digits) }
        // The rules of git-check-ref-format, as far as something else could be read out of it.
        let segments = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isName = text.utf8.allSatisfy { $0 > 32 && $0 != 127 && !"~^:?*[\\".utf8.contains($0) }
        guard isName, text.utf8.count <= 1000, text.utf8.first != UInt8(ascii: "-"), text != "@",
            !text.contains(".."), !text.contains("@{"), !segments.contains(where: \.isEmpty),
            !segments.contains(where: { $0.first == UInt8(ascii: ".") || $0.suffix(5).elementsEqual(".lock".utf8) })
        else {
            throw .permanent(
                cause: "invalid_argument", "'\(LocalPath.shown(text))' is no name of a branch or tag",
                hint: "give --arg ref=NAME of a branch, a tag, or a whole commit id")
        }
        return text.utf8.starts(with: "refs/".utf8) ? .full(text) : .short(text)
    }

    static func isHexadecimal(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...102).contains(byte) }

    private static func path(_ text: String) throws(FetchError) -> String {
        let segments = text.utf8.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
        guard !segments.contains(where: { $0.elementsEqual("..".utf8) }), !text.utf8.contains(0) else {
            throw .permanent(
                cause: "invalid_argument", "'\(LocalPath.shown(text))' is no path inside a repository",
                hint: "write --arg path=folder/file, relative to the repository's root")
        }
        return segments.map { String(Substring($0)) }.joined(separator: "/")
    }
}
