// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// What is known of an entry from the last time: which version of which feed it was in, and what it was.
struct FeedValidator: Hashable, Sendable {
    /// What the entries of one feed have in common.
    struct Window: Hashable, Sendable {
        /// Where the feed is.
        let feed: String
        let web: WebValidator?
        /// How many of its entries are documents.
        let count: Int
    }

    let window: Window
    /// Of the entry.
    let digest: String

    private static let mark = "feed1"

    init(window: Window, digest: String) {
        self.window = window
        self.digest = digest
    }

    init?(_ validator: Validator) {
        let lines = validator.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count == 6, lines[0] == Self.mark, !lines[1].isEmpty, let count = Int(lines[4]) else { return nil }
        window = Window(
            feed: lines[1], web: WebValidator(entityTag: lines[2], lastModified: lines[3]), count: count)
        digest = lines[5]
    }

    var validator: Validator {
        Validator(
            "\(Self.mark)\n\(window.feed)\n\(window.web?.entityTag ?? "")\n\(window.web?.lastModified ?? "")\n"
                + "\(window.count)\n\(digest)")
    }

    /// What all that is known of a feed agrees on; nil when something is missing, so that the feed has to be read.
    static func window(of known: some Collection<FeedValidator>) -> Window? {
        guard let window = known.first?.window, known.count == window.count, known.allSatisfy({ $0.window == window })
        else { return nil }
        return window
    }
}
