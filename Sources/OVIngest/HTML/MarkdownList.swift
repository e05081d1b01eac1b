// SPDX-License-Identifier: Apache-2.0

/// A list that items are being written of.
struct MarkdownList {
    let isOrdered: Bool
    /// Whether items stand close together.
    let isTight: Bool
    /// The next item's number.
    var number: Int
    /// Whether the list stands where an item should, so that its items belong to the item before it.
    let isIndented: Bool
    /// How many blank lines there were before the last item; nil before the first one. Where there is one in an item,
    /// there is one after it.
    var blankLines: Int?
    /// How many of them the last item itself began with.
    var lead = 0

    /// - Parameter isInTight: whether the list around it is tight, or there is none.
    init(_ index: HTMLTree.Index, _ tree: HTMLTree, isInList: Bool, isInTight: Bool) {
        isOrdered = tree[index].name == .ol
        isTight = isInTight && Self.isTight(index, tree)
        number = tree.string("start", of: index).flatMap { Int($0) } ?? 1
        let parent = tree[tree[index].parent].name
        isIndented = isInList && (parent == .ul || parent == .ol)
    }

    /// The mark of the next item.
    mutating func nextMark(value: String?) -> String {
        guard isOrdered else { return "- " }
        if let value = value.flatMap({ Int($0) }) { number = value }
        // Markdown counts from 0 to nine digits.
        let shown = min(max(number, 0), 999_999_999)
        number = shown + 1
        return "\(shown). "
    }

    /// Whether no item has more than a line of text and lists below it.
    private static func isTight(_ list: HTMLTree.Index, _ tree: HTMLTree) -> Bool {
        var item = tree[list].firstChild
        while item != HTMLTree.none {
            var (paragraphs, child) = (0, tree[item].firstChild)
            while child != HTMLTree.none {
                switch tree[child].name {
                case .p: paragraphs += 1
                case .pre, .blockquote, .table, .h1, .h2, .h3, .h4, .h5, .h6, .dl, .figure, .hr: return false
                default: break
                }
                child = tree[child].next
            }
            if paragraphs > 1 { return false }
            item = tree[item].next
        }
        return true
    }
}
