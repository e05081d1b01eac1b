// SPDX-License-Identifier: Apache-2.0

/// An attribute of the element that an `XMLReader` has just come to.
struct XMLAttribute: Sendable {
    /// Its name as it is written.
    let id: Int32
    /// The short name, once the element's namespaces are known.
    var name = ""
    /// The namespace that its prefix stands for; 0 for none.
    var namespace: Int32 = 0
    /// Where its value is, without quotes.
    let range: Range<Int>
    /// Whether the value is just that.
    let isPlain: Bool
}
