// SPDX-License-Identifier: Apache-2.0

// Footnotes, and boxes with a note, a tip, a warning.

extension MarkdownWriter {
    /// - Returns: whether the element is a note, which stands behind its number, or a box, which is a quote.
    mutating func enterNote(_ index: HTMLTree.Index, _ name: HTMLName) -> Bool {
        guard table == nil, headingLevel == 0 else { return false }
        if let number = footnotes.notes[index] {
            flush()
            output.enter(first: "[^\(number)]: ", rest: "    ")
            return true
        }
        guard name == .div || name == .aside || name == .section, let names = tree.attribute("class", of: index),
            ContentHints(in: names).contains(.admonition)
        else { return false }
        flush()
        output.enter(first: "> ", rest: "> ")
        return true
    }

    /// Whether `enterNote` took the element.
    mutating func leaveNote(_ index: HTMLTree.Index, _ name: HTMLName) -> Bool {
        guard table == nil, headingLevel == 0 else { return false }
        let isBox = name == .div || name == .aside || name == .section
        guard
            footnotes.notes[index] != nil
                || isBox
                    && tree.attribute("class", of: index).map({ ContentHints(in: $0).contains(.admonition) }) == true
        else { return false }
        flush()
        output.leave()
        return true
    }

    /// Whether an element is the title of a box.
    func isTitleOfBox(_ index: HTMLTree.Index, _ name: HTMLName) -> Bool {
        guard name == .p || name == .div, let names = tree.attribute("class", of: index) else { return false }
        return ContentHints(in: names).contains(.admonitionTitle)
    }

    /// Whether a link in a note leads back to where it is referred to.
    func isBackReference(_ link: HTMLTree.Index) -> Bool {
        guard !footnotes.notes.isEmpty, Footnotes.target(of: link, tree) != nil else { return false }
        let text = tree.plainText(of: link, maximum: 32)
        let isSign =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy { !$0.properties.isAlphabetic && !(48...57).contains($0.value) }
        guard isSign else { return false }
        var current = tree[link].parent
        while current != HTMLTree.none {
            if footnotes.notes[current] != nil { return true }
            current = tree[current].parent
        }
        return false
    }

    /// A formula between the marks of TeX, in an element that is named so.
    /// - Returns: whether it was one.
    mutating func addMarkedFormula(_ index: HTMLTree.Index) -> Bool {
        guard let names = tree.attribute("class", of: index), ContentHints(in: names).contains(.formula) else {
            return false
        }
        let text = tree.plainText(of: index, maximum: 64 << 10)
        for (start, end, isDisplayed) in [("\\(", "\\)", false), ("\\[", "\\]", true), ("$$", "$$", true)]
        where text.hasPrefix(start) && text.hasSuffix(end) && text.utf8.count > 4 {
            addFormula(Array(text.utf8.dropFirst(2).dropLast(2)).trimmedHTML(), isDisplayed: isDisplayed)
            return true
        }
        return false
    }
}
