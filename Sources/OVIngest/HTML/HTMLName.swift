// SPDX-License-Identifier: Apache-2.0

/// The elements that the tree builder and the writer treat in a way of their own.
package enum HTMLName: UInt8, CaseIterable, Sendable {
    /// No element, but text.
    case text
    /// An element that nothing is known about.
    case other

    case html, head, body, title, base, link, meta, style, script, noscript, template, frameset, frame, noframes
    case basefont, bgsound
    case address, article, aside, blockquote, center, details, dialog, dir, div, dl, dd, dt, fieldset, figcaption
    case figure, footer, form, h1, h2, h3, h4, h5, h6, header, hgroup, hr, li, listing, main, menu, nav, ol, p
    case plaintext, pre, search, section, summary, ul, xmp
    case table, caption, colgroup, col, thead, tbody, tfoot, tr, td, th
    case a, abbr, acronym, b, big, br, cite, code, del, dfn, em, font, i, ins, kbd, label, mark, nobr, q, rb, rp, rt
    case rtc, ruby, s, samp, small, span, strike, strong, sub, sup, time, tt, u, variable, wbr
    case applet, area, audio, button, canvas, datalist, embed, iframe, img, image, input, keygen, map, marquee, meter
    case noembed, object, optgroup, option, output, param, picture, progress, select, source, textarea, track, video
    case svg, desc, foreignObject, math, annotation, annotationXML, mi, mo, mn, ms, mtext, semantics

    /// - Parameter text: in lower case.
    init(_ text: String) { self = Self.byText[text] ?? .other }

    private static let byText: [String: HTMLName] = {
        var names: [String: HTMLName] = ["var": .variable, "annotation-xml": .annotationXML]
        for name in allCases where name != .text && name != .other { names["\(name)".lowercased()] = name }
        return names
    }()
}

/// Some elements. Asking is a look at one bit, because it is done for every tag.
struct HTMLNameSet: ExpressibleByArrayLiteral, Sendable {
    private var low: UInt64 = 0
    private var middle: UInt64 = 0
    private var high: UInt64 = 0

    init(arrayLiteral names: HTMLName...) {
        for name in names {
            let bit: UInt64 = 1 << UInt64(name.rawValue & 63)
            switch name.rawValue >> 6 {
            case 0: low |= bit
            case 1: middle |= bit
            default: high |= bit
            }
        }
    }

    @inline(__always) func contains(_ name: HTMLName) -> Bool {
        let word =
            switch name.rawValue >> 6 {
            case 0: low
            case 1: middle
            default: high
            }
        return word >> UInt64(name.rawValue & 63) & 1 == 1
    }

    static func + (left: HTMLNameSet, right: HTMLNameSet) -> HTMLNameSet {
        var sum = left
        sum.low |= right.low
        sum.middle |= right.middle
        sum.high |= right.high
        return sum
    }
}

extension HTMLNameSet {
    static let void: HTMLNameSet = [
        .area, .base, .basefont, .bgsound, .br, .col, .embed, .frame, .hr, .image, .img, .input, .keygen, .link, .meta,
        .param, .source, .track, .wbr,
    ]

    static let headings: HTMLNameSet = [.h1, .h2, .h3, .h4, .h5, .h6]

    /// What may stand before the body.
    static let metadata: HTMLNameSet = [
        .base, .basefont, .bgsound, .link, .meta, .noframes, .noscript, .script, .style, .template, .title,
    ]

    /// Elements whose start tag ends a paragraph.
    static let endingParagraphs =
        headings + [
            .address, .article, .aside, .blockquote, .center, .dd, .details, .dialog, .dir, .div, .dl, .dt, .fieldset,
            .figcaption, .figure, .footer, .form, .header, .hgroup, .hr, .li, .listing, .main, .menu, .nav, .ol, .p,
            .plaintext, .pre, .search, .section, .summary, .table, .ul, .xmp,
        ]

    static let tableParts: HTMLNameSet = [.caption, .colgroup, .col, .thead, .tbody, .tfoot, .tr, .td, .th]

    /// Elements that set what is in them apart from what is around them: the standard's "special" ones.
    static let blocks =
        endingParagraphs + tableParts + [
            .applet, .body, .button, .frameset, .html, .iframe, .marquee, .noscript, .object, .select, .template,
            .textarea,
        ]

    /// Elements that may be closed in another order than they were opened in.
    static let formatting: HTMLNameSet = [
        .a, .b, .big, .code, .em, .font, .i, .nobr, .s, .small, .strike, .strong, .tt, .u,
    ]

    /// Beyond these an end tag does not reach.
    static let scopes: HTMLNameSet = [
        .applet, .caption, .html, .marquee, .object, .table, .td, .template, .th, .foreignObject,
    ]

    /// HTML elements that end SVG and MathML when they stand in there.
    static let breakingOut =
        headings + [
            .b, .big, .blockquote, .body, .br, .center, .code, .dd, .div, .dl, .dt, .em, .embed, .head, .hr, .i, .img,
            .li, .listing, .menu, .meta, .nobr, .ol, .p, .pre, .ruby, .s, .small, .span, .strong, .strike, .sub, .sup,
            .table, .tt, .u, .ul, .variable,
        ]
}
