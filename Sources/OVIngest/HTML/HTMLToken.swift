// SPDX-License-Identifier: Apache-2.0

/// What the tokenizer makes of a page. Texts are UTF-8, as long as the page is.
package enum HTMLToken: Hashable, Sendable {
    /// A piece of text, references decoded. Text that belongs together may come in several pieces.
    case text(ArraySlice<UInt8>)
    case startTag(HTMLTag)
    case endTag(HTMLTag)
    case comment(ArraySlice<UInt8>)
    case doctype(HTMLDoctype)
}

package struct HTMLTag: Hashable, Sendable {
    /// ASCII letters in lower case.
    package let name: String
    /// In the order of the page, without repetitions of a name.
    package let attributes: [HTMLAttribute]
    package let isSelfClosing: Bool
}

package struct HTMLAttribute: Hashable, Sendable {
    /// ASCII letters in lower case.
    package let name: String
    /// References decoded; empty when there is none.
    package let value: ArraySlice<UInt8>
}

package struct HTMLDoctype: Hashable, Sendable {
    package var name: String?
    package var publicID: String?
    package var systemID: String?
    /// Whether it is broken, so that browsers lay out the page as in the last century.
    package var forcesQuirks = false
}
