// SPDX-License-Identifier: Apache-2.0

extension MarkdownWriter {
    /// - Returns: whether to go on with what is in it.
    mutating func enterBlock(_ index: HTMLTree.Index, _ name: HTMLName) -> Bool {
        guard HTMLNameSet.blocks.contains(name) else { return true }
        if let isDone = enterTablePart(index, name) { return isDone }
        if table?.isInCell == true { return enterBlockInCell(index, name) }
        if enterNote(index, name) { return true }
        if name == .div, addMarkedFormula(index) { return false }
        // What a heading holds is its text.
        if headingLevel > 0 { return !Self.isSkippedInHeading(name) }
        if name == .button { return true }
        flush()
        if isTitleOfBox(index, name) { begin(.strong) }
        switch name {
        case .h1, .h2, .h3, .h4, .h5, .h6: headingLevel = Self.level(of: name)
        case .pre, .listing, .xmp, .plaintext:
            writeCodeBlock(index)
            return false
        case .hr:
            // At the top it separates nothing, and would look like front matter.
            if !output.bytes.isEmpty { output.block(Array("---".utf8)) }
            return false
        case .blockquote: output.enter(first: "> ", rest: "> ")
        case .ul, .ol, .menu, .dir: enterList(index)
        case .li: enterItem(index)
        case .dl: hasTerm.append(false)
        case .dt: if tree[index].previousIsTerm(in: tree) { output.separation = .line }
        case .dd: enterDefinition()
        case .summary: begin(.strong)
        default: break
        }
        return true
    }

    mutating func leaveBlock(_ index: HTMLTree.Index, _ name: HTMLName) {
        guard HTMLNameSet.blocks.contains(name), !leaveTablePart(index, name) else { return }
        if table?.isInCell == true {
            run.addBreak()
            return
        }
        if leaveNote(index, name) { return }
        if headingLevel > 0 {
            run.addSpace()
            guard HTMLNameSet.headings.contains(name) else { return }
            flush()
            headingLevel = 0
            return
        }
        if name == .button { return }
        flush()
        if isTitleOfBox(index, name) { end(.strong) }
        switch name {
        case .blockquote: output.leave()
        case .dl: hasTerm.removeLast(hasTerm.isEmpty ? 0 : 1)
        case .dt: if !hasTerm.isEmpty { hasTerm[hasTerm.count - 1] = true }
        case .dd: output.leave()
        case .ul, .ol, .menu, .dir: leaveList()
        case .li: output.leave()
        case .summary: end(.strong)
        default: break
        }
    }

    private static func isSkippedInHeading(_ name: HTMLName) -> Bool { name == .hr }

    private mutating func enterBlockInCell(_ index: HTMLTree.Index, _ name: HTMLName) -> Bool {
        run.addBreak()
        switch name {
        case .pre, .listing, .xmp, .plaintext:
            writeCodeBlock(index)
            return false
        case .hr: return false
        case .li where !run.isEmpty || tree[index].next != HTMLTree.none:
            run.add(verbatim: Array("•".utf8), InlineRun.Marks())
            run.addSpace()
        default: break
        }
        return true
    }

    private static func level(of name: HTMLName) -> Int {
        switch name {
        case .h1: 1
        case .h2: 2
        case .h3: 3
        case .h4: 4
        case .h5: 5
        default: 6
        }
    }

    // MARK: Lists

    private mutating func enterDefinition() {
        let isDefinition = hasTerm.last == true
        if isDefinition { output.separation = .line }
        output.enter(first: isDefinition ? ": " : "", rest: isDefinition ? "  " : "")
    }

    private mutating func enterList(_ index: HTMLTree.Index) {
        let outer = lists.last
        let list = MarkdownList(index, tree, isInList: outer != nil, isInTight: outer?.isTight ?? true)
        if outer != nil, list.isTight { output.separation = .line }
        if list.isIndented {
            let blanks = outer?.isOrdered == true ? "   " : "  "
            output.enter(first: blanks, rest: blanks)
        }
        lists.append(list)
    }

    private mutating func leaveList() {
        guard let list = lists.popLast() else { return }
        if list.isIndented { output.leave() }
        if lists.isEmpty { output.separation = .blankLine }
    }

    private mutating func enterItem(_ index: HTMLTree.Index) {
        guard !lists.isEmpty else {
            output.enter(first: "- ", rest: "  ")
            return
        }
        let last = lists.count - 1
        if let before = lists[last].blankLines, lists[last].isTight, output.blankLines == before + lists[last].lead {
            output.separation = .line
        }
        lists[last].lead = output.separation == .blankLine && !output.bytes.isEmpty ? 1 : 0
        lists[last].blankLines = output.blankLines
        let mark = lists[last].nextMark(value: tree.string("value", of: index))
        output.enter(first: mark, rest: String(repeating: " ", count: mark.utf8.count))
    }
}

extension HTMLTree.Node {
    /// Whether the element before it is a term too, so that both have one definition.
    fileprivate func previousIsTerm(in tree: HTMLTree) -> Bool {
        var current = previous
        while current != HTMLTree.none {
            if tree[current].name != .text { return tree[current].name == .dt }
            if !tree.text(of: current).allSatisfy(\.isHTMLSpace) { return false }
            current = tree[current].previous
        }
        return false
    }
}
