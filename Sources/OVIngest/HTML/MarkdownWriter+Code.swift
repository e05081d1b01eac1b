// SPDX-License-Identifier: Apache-2.0

// Code and formulas: what is kept as it was written.

extension MarkdownWriter {
    /// Code within text. Markdown has no marks in code; a link around all of it goes around the code.
    mutating func addCode(_ index: HTMLTree.Index) {
        var text: [UInt8] = []
        var link: HTMLTree.Index?
        var (hasOther, depth) = (false, 0)
        tree.walk(
            from: index,
            enter: { node in
                let name = tree[node].name
                if name == .text {
                    let piece = tree.text(of: node)
                    text += piece
                    if depth == 0, !piece.allSatisfy(\.isHTMLSpace) { hasOther = true }
                    return false
                }
                if name == .br { text.append(32) }
                if name == .a {
                    if link != nil { hasOther = true }
                    link = node
                    depth += 1
                }
                return node == index || !content.isLeftOut(node)
            }, leave: { if tree[$0].name == .a { depth -= 1 } })
        if text.first?.isHTMLSpace == true { run.addSpace() }
        let code = text.collapsedHTML()
        guard !code.isEmpty else { return }
        var marks = marks
        if marks.link == 0, let link, !hasOther, let href = tree.attribute("href", of: link),
            let address = links.address(href)
        {
            beginLink(to: address)
            marks.link = addresses.count
            endLink()
        }
        run.add(verbatim: Self.codeSpan(code), marks)
        if text.last?.isHTMLSpace == true { run.addSpace() }
    }

    static func codeSpan(_ code: [UInt8]) -> [UInt8] {
        let tick = UInt8(ascii: "`")
        let fence = [UInt8](repeating: tick, count: longestRun(of: tick, in: code) + 1)
        let isPadded = code.first == tick || code.last == tick
        return isPadded ? fence + [32] + code + [32] + fence : fence + code + fence
    }

    static func longestRun(of byte: UInt8, in text: [UInt8]) -> Int {
        var (longest, current) = (0, 0)
        for other in text {
            current = other == byte ? current + 1 : 0
            longest = max(longest, current)
        }
        return longest
    }

    // MARK: Blocks of code

    /// - Returns: whether there was anything to write.
    mutating func writeCodeBlock(_ index: HTMLTree.Index) {
        let code = Self.withoutBlankEnds(preformatted(index))
        guard !code.isEmpty else { return }
        if table?.isInCell == true {
            run.addBreak()
            run.add(verbatim: Self.codeSpan(code.collapsedHTML()), marks)
            run.addBreak()
            return
        }
        let tick = UInt8(ascii: "`")
        let fence = [UInt8](repeating: tick, count: max(3, Self.longestRun(of: tick, in: code) + 1))
        let language = CodeLanguage.of(index, tree) ?? ""
        writeBlock(fence + Array(language.utf8) + [10] + code + [10] + fence)
    }

    /// Text with its white space; elements that begin lines on the page begin lines.
    private func preformatted(_ root: HTMLTree.Index) -> [UInt8] {
        var text: [UInt8] = []
        func endLine() { if let last = text.last, last != 10 { text.append(10) } }
        tree.walk(
            from: root,
            enter: { index in
                let name = tree[index].name
                if name == .text {
                    text += tree.text(of: index)
                    return false
                }
                if name == .br { text.append(10) }
                guard index == root || !content.isLeftOut(index) && !isLineNumber(index) else { return false }
                if Self.isLine(name), index != root { endLine() }
                return true
            }, leave: { if Self.isLine(tree[$0].name), $0 != root { endLine() } })
        return text
    }

    private static func isLine(_ name: HTMLName) -> Bool {
        HTMLNameSet.blocks.contains(name) && name != .td && name != .th
    }

    /// Numbers that highlighters put beside the lines.
    func isLineNumber(_ index: HTMLTree.Index) -> Bool {
        let names: Set<String> = [
            "lineno", "linenos", "linenodiv", "linenumber", "gutter", "line-numbers-rows", "hljs-ln-numbers",
            "blob-num",
            "rouge-gutter",
        ]
        guard tree.words("class", of: index).contains(where: names.contains) else { return false }
        return tree.plainText(of: index).utf8.allSatisfy { $0.isDigit || $0 == 32 }
    }

    private static func withoutBlankEnds(_ text: [UInt8]) -> [UInt8] {
        let isBlank = { (byte: UInt8) in byte == 10 || byte == 32 || byte == 9 }
        guard let last = text.lastIndex(where: { !isBlank($0) }) else { return [] }
        // The first line keeps its indentation.
        var start = 0
        for index in text.indices.prefix(while: { isBlank(text[$0]) }) where text[index] == 10 { start = index + 1 }
        return Array(text[start...last])
    }

    // MARK: Formulas

    mutating func addMath(_ index: HTMLTree.Index) {
        var source: HTMLTree.Index?
        tree.walk(
            from: index,
            enter: { node in
                if source == nil, tree[node].name == .annotation, let encoding = tree.string("encoding", of: node),
                    encoding.lowercased().hasSuffix("tex")
                {
                    source = node
                }
                return source == nil
            })
        let text =
            source.map { tree.plainText(of: $0, maximum: 64 << 10) }
            ?? tree.string("alttext", of: index) ?? tree.plainText(of: index, maximum: 64 << 10)
        addFormula(Array(text.utf8), isDisplayed: tree.has("display", "block", of: index))
    }

    mutating func addMathScript(_ index: HTMLTree.Index) {
        let type = tree.string("type", of: index)?.lowercased() ?? ""
        let text = tree.plainText(of: index, maximum: 64 << 10)
        addFormula(Array(text.utf8), isDisplayed: type.contains("mode=display"))
    }

    mutating func addFormula(_ source: some RandomAccessCollection<UInt8>, isDisplayed: Bool) {
        guard !source.isEmpty else { return }
        if isDisplayed, table?.isInCell != true, headingLevel == 0 {
            writeBlock(Array("$$\n".utf8) + Array(source) + Array("\n$$".utf8))
        } else {
            run.add(verbatim: Array("$".utf8) + Array(source) + Array("$".utf8), marks)
        }
    }
}
