// SPDX-License-Identifier: Apache-2.0

/// What the names that an element has in its page (`class`, `id`) say about whether it is content.
///
/// The words are those that sites share, as extractors of articles have collected them since Arc90's Readability.
struct ContentHints: OptionSet, Sendable {
    let rawValue: UInt16

    /// Navigation, advertising and the like, unless something else in the name speaks for content.
    static let unlikely = ContentHints(rawValue: 1)
    /// Speaks against `unlikely`.
    static let maybe = ContentHints(rawValue: 2)
    static let positive = ContentHints(rawValue: 4)
    static let negative = ContentHints(rawValue: 8)
    /// No content whatever else is in the name.
    static let never = ContentHints(rawValue: 16)
    static let share = ContentHints(rawValue: 32)
    static let byline = ContentHints(rawValue: 64)
    /// What readers wrote.
    static let comment = ContentHints(rawValue: 128)
    /// A box that belongs to the text, though it stands aside.
    static let note = ContentHints(rawValue: 256)
    /// A box of a documentation tool.
    static let admonition = ContentHints(rawValue: 512)
    static let admonitionTitle = ContentHints(rawValue: 1024)
    static let formula = ContentHints(rawValue: 2048)

    /// The hints in an attribute's value. A word begins at what is no letter and at a capital behind a small letter.
    init(in value: ArraySlice<UInt8>) {
        self = []
        var before: UInt8 = 32
        let end = min(value.endIndex, value.startIndex + 256)
        for start in value.startIndex..<end {
            let byte = value[start]
            defer { before = byte }
            guard byte.isLetter else { continue }
            let isWordStart = !before.isLetter || before >= 97 && byte <= 90
            for pattern in Self.patterns[Int(byte & 31)] where isWordStart || pattern.place == .anywhere {
                if !isSuperset(of: pattern.hints), pattern.matches(value, at: start) { formUnion(pattern.hints) }
            }
        }
    }

    init(rawValue: UInt16) { self.rawValue = rawValue }

    // MARK: The words

    private enum Place { case anywhere, wordStart, wholeWord, wholeName }

    private struct Pattern {
        let text: [UInt8]
        let place: Place
        var hints: ContentHints

        func matches(_ value: ArraySlice<UInt8>, at start: Int) -> Bool {
            let end = start + text.count
            guard end <= value.endIndex else { return false }
            for (offset, byte) in text.enumerated() where value[start + offset].lowercased != byte { return false }
            if place == .wholeName {
                return (start == value.startIndex || value[start - 1].isHTMLSpace)
                    && (end == value.endIndex || value[end].isHTMLSpace)
            }
            guard place == .wholeWord, end < value.endIndex else { return true }
            let (last, next) = (value[end - 1], value[end])
            return !next.isLetter || last >= 97 && next <= 90
        }
    }

    /// By the first letter.
    private static let patterns: [[Pattern]] = {
        var patterns = [[Pattern]](repeating: [], count: 32)
        for (hints, words) in table {
            for word in words.split(separator: " ") {
                // `*word` is found in the middle of others too, `word*` at their beginning, `=word` only by itself.
                let place: Place =
                    switch (word.utf8.first, word.utf8.last) {
                    case (UInt8(ascii: "*"), _): .anywhere
                    case (UInt8(ascii: "="), _): .wholeName
                    case (_, UInt8(ascii: "*")): .wordStart
                    default: .wholeWord
                    }
                let text = word.utf8.filter { $0 != UInt8(ascii: "*") && $0 != UInt8(ascii: "=") }
                guard let first = text.first else { continue }
                patterns[Int(first & 31)].append(Pattern(text: text, place: place, hints: hints))
            }
        }
        return patterns
    }()

    private static let table: [(ContentHints, String)] = [
        (
            .unlikely,
            """
            *breadcrumb *sidebar *footer *sponsor *pagination *newsletter *skyscraper *shoutbox *recirc *popup *cookie \
            *subscri *navbar *masthead *socialmedia *toolbar *navigation *advert *promo *related *outbrain combx \
            community extra legends menu* submenu nav navi rss remark replies social* supplemental agegate pager banner* \
            login signin signup trending modal ad ads adbox adsense dropdown tooltip recommend* topnav subnav \
            leaderboard widget widgets readnext *mostread *most-read *mostviewed *most-viewed *mostpopular *most-popular *popular-posts
            """
        ),
        (.maybe, "*article *body column* *content main* mathjax shadow entry* *story"),
        (.positive, "*article *body *content entry* *hentry main* page* *post text* blog* *story"),
        (
            .negative,
            """
            *hidden hid *banner combx *comment com contact* *foot footer footnote *gdpr *masthead *media meta *outbrain \
            *promo *related scroll* *share* *shoutbox *sidebar *skyscraper *sponsor *shopping tags widget* *newsletter \
            *subscri *recommend
            """
        ),
        (
            .never,
            """
            noprint no-print d-print-none mw-editsection mw-jump-link mw-cite-backlink headerlink *skip-link skiplink skip-to *gdpr \
            *cookie-consent *cookieconsent cookie-banner cookie-notice cookie-bar *cookiebanner onetrust* *disqus \
            sharedaddy *taboola *outbrain noexcerpt addtoany* jp-relatedposts sr-only *screen-reader *screenreader \
            visually-hidden visuallyhidden hideme paywall-overlay paywall-modal paywall-prompt regwall*
            """
        ),
        (.share, "share shares sharing sharebar sharedaddy sharelinks socialshare *addthis"),
        (.byline, "*byline author* dateline writtenby p-author *published* postdate post-date entry-date post-meta"),
        (.comment, "*comment respond"),
        (
            .note,
            """
            admonition* callout* notice note notes notecard tip warning caution important info alert sidenote \
            footnote* example
            """
        ),
        (
            .admonition,
            "=admonition =theme-admonition =callout =notecard =markdown-alert =custom-block =admonitionblock"
        ),
        (
            .admonitionTitle,
            "admonition-title admonitionheading markdown-alert-title custom-block-title callout-title admonition-heading"
        ),
        (.formula, "math arithmatex tex mathjax_process"),
    ]
}
