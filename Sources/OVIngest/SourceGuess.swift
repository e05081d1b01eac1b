// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// What somebody probably meant with a source that nothing can fetch.
enum SourceGuess {
    /// A web address without its scheme: `example.com/guide`.
    /// - Parameter isCertain: whether it is known to be one, and no name of a file.
    static func address(of text: String, isCertain: Bool = false) -> String? {
        let host = text.utf8.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count > 1, let top = labels.last, top.count > 1, labels.allSatisfy(isLabel),
            top.allSatisfy({ (97...122).contains($0 | 0x20) })
        else { return nil }
        // `guide.md` is a file that is not there, not a page in Moldova.
        let isBare = host.count == text.utf8.count && labels.first.map { String(Substring($0)) } != "www"
        if isBare, !isCertain, MediaType.guess(fromName: text) != MediaType.binary { return nil }
        return (try? WebURL(parsing: "https://\(text)")).map { _ in "https://\(text)" }
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        !label.isEmpty
            && label.allSatisfy { (97...122).contains($0 | 0x20) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
    }

    /// The same address with the scheme that is nearest: `htps://example.com`.
    static func address(of text: String, withUnknown scheme: String) -> String? {
        guard let nearest = nearestName(to: scheme, among: ["http", "https", "ssh", "file"]), nearest != scheme else {
            return nil
        }
        return nearest + text.dropFirst(scheme.count)
    }
}
