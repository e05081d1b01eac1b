// SPDX-License-Identifier: Apache-2.0

/// The notes of a page: links with a raised number that lead to an element further down.
struct Footnotes {
    /// Numbers of links to notes, and of the notes, in the order of the page.
    private(set) var references: [HTMLTree.Index: Int] = [:]
    private(set) var notes: [HTMLTree.Index: Int] = [:]

    /// Only notes that are part of the content count.
    init(_ content: PageContent) {
        let (tree, order) = (content.tree, content.facts.order)
        var links: [(link: HTMLTree.Index, target: ArraySlice<UInt8>)] = []
        for index in order where tree[index].name == .a {
            if let target = Self.target(of: index, tree), Self.isReference(index, tree) {
                links.append((index, target))
            }
        }
        guard !links.isEmpty else { return }
        var elements: [ArraySlice<UInt8>: HTMLTree.Index] = [:]
        for link in links { elements[link.target] = HTMLTree.none }
        for index in order where tree[index].name != .text {
            guard let name = tree.attribute("id", of: index) else { continue }
            if elements[name] == HTMLTree.none { elements[name] = index }
        }
        for link in links {
            guard let element = elements[link.target], element != HTMLTree.none,
                let note = Self.note(at: element, tree), Self.isWritten(note, content),
                !Self.isInside(link.link, note, tree)
            else { continue }
            let number = notes[note] ?? notes.count + 1
            notes[note] = number
            references[link.link] = number
        }
    }

    /// The name that a link to a place in its own page has.
    static func target(of link: HTMLTree.Index, _ tree: HTMLTree) -> ArraySlice<UInt8>? {
        guard let href = tree.attribute("href", of: link)?.trimmedHTML(), href.first == UInt8(ascii: "#") else {
            return nil
        }
        return href.count > 1 && href.count <= 256 ? href.dropFirst() : nil
    }

    private static func isReference(_ link: HTMLTree.Index, _ tree: HTMLTree) -> Bool {
        let isRaised = tree[tree[link].parent].name == .sup || tree[tree[link].firstChild, default: .text] == .sup
        guard isRaised || tree.has("role", "doc-noteref", of: link) || isNamedSo(link, tree) else { return false }
        let text = tree.plainText(of: link, maximum: 32).utf8
        return !text.isEmpty && text.count <= 12
            && text.contains { $0.isAlphanumeric || [UInt8(ascii: "*"), 0xE2].contains($0) }
    }

    private static func isNamedSo(_ link: HTMLTree.Index, _ tree: HTMLTree) -> Bool {
        tree.words("class", of: link).contains { $0.hasPrefix("footnote") && !$0.contains("back") || $0 == "noteref" }
    }

    /// The block that a note's name stands on or in.
    private static func note(at element: HTMLTree.Index, _ tree: HTMLTree) -> HTMLTree.Index? {
        var current = element
        for _ in 0..<4 where current != HTMLTree.none {
            switch tree[current].name {
            case .li, .aside, .p, .dd: return current
            case .div: return current == element ? current : nil
            case .a, .span, .sup, .b, .strong: current = tree[current].parent
            default: return nil
            }
        }
        return nil
    }

    private static func isWritten(_ note: HTMLTree.Index, _ content: PageContent) -> Bool {
        var current = note
        while current != content.root {
            if current == HTMLTree.none || content.isLeftOut(current) { return false }
            current = content.tree[current].parent
        }
        return true
    }

    private static func isInside(_ index: HTMLTree.Index, _ ancestor: HTMLTree.Index, _ tree: HTMLTree) -> Bool {
        var current = index
        while current != HTMLTree.none, current != ancestor { current = tree[current].parent }
        return current == ancestor
    }
}

extension HTMLTree {
    /// The name of a node that may not be there.
    fileprivate subscript(index: Index, default name: HTMLName) -> HTMLName {
        index == Self.none ? name : self[index].name
    }
}
