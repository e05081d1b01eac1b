// SPDX-License-Identifier: Apache-2.0

extension MarkdownWriter {
    /// - Returns: nil when it is no inline; else whether to go on with what is in it.
    mutating func enterInline(_ index: HTMLTree.Index, _ name: HTMLName) -> Bool? {
        if let style = Self.style(of: name) {
            begin(style)
            return true
        }
        switch name {
        case .a: return enterLink(index)
        case .br: addBreak()
        case .img: addImage(index)
        case .video, .audio: addMedia(index, name)
        case .code, .tt, .kbd, .samp:
            if facts[index].contains(.hasCodeBlock) || headingLevel == 0 && hasBlocks(index) { return true }
            addCode(index)
        case .math: addMath(index)
        case .script: addMathScript(index)
        case .input: addCheckbox(index)
        case .span: return addMarkedFormula(index) ? false : nil
        case .sup, .sub: return !addScript(index, isRaised: name == .sup)
        case .q: run.add(text: Array("“".utf8)[...], marks)
        case .rt, .rtc: run.add(text: Array("(".utf8)[...], marks)
        case .rp, .wbr, .source, .track, .param, .col, .area, .link, .meta, .base: return false
        default: return nil
        }
        return name == .q || name == .rt || name == .rtc
    }

    mutating func leaveInline(_ index: HTMLTree.Index, _ name: HTMLName) -> Bool {
        if let style = Self.style(of: name) {
            end(style)
            return true
        }
        switch name {
        case .a: endLink()
        case .q: run.add(text: Array("”".utf8)[...], marks)
        case .rt, .rtc: run.add(text: Array(")".utf8)[...], marks)
        case .code, .tt, .kbd, .samp, .sup, .sub: break
        default: return false
        }
        return true
    }

    private static func style(of name: HTMLName) -> InlineRun.Style? {
        switch name {
        case .b, .strong: .strong
        case .i, .em, .cite, .dfn, .variable: .emphasis
        case .s, .strike, .del: .strikethrough
        default: nil
        }
    }

    /// A second break in a row ends the paragraph, as it looks on the page.
    private mutating func addBreak() {
        run.addBreak()
        if run.pendingBreaks > 1, headingLevel == 0, table?.isInCell != true { flush() }
    }

    private func hasBlocks(_ index: HTMLTree.Index) -> Bool {
        var child = tree[index].firstChild
        while child != HTMLTree.none {
            if HTMLNameSet.blocks.contains(tree[child].name) { return true }
            child = tree[child].next
        }
        return false
    }

    // MARK: Links and images

    private mutating func enterLink(_ index: HTMLTree.Index) -> Bool {
        endLink()
        if let number = footnotes.references[index] {
            run.add(verbatim: Array("[^\(number)]".utf8), InlineRun.Marks())
            return false
        }
        guard let href = tree.attribute("href", of: index) else { return true }
        if isBackReference(index) { return false }
        // A heading's link to itself says nothing; the sign that shows it is no part of its text.
        if href.trimmedHTML().first == UInt8(ascii: "#") {
            let text = tree.plainText(of: index, maximum: 16)
            if headingLevel > 0 { return !Self.isAnchorSign(text) }
            if text == "¶" || text == "§" || text == "🔗" { return false }
        }
        if let address = links.address(href) { beginLink(to: address) }
        return true
    }

    private static func isAnchorSign(_ text: String) -> Bool {
        ["", "#", "¶", "§", "🔗", "link"].contains(text.lowercased())
    }

    private mutating func addImage(_ index: HTMLTree.Index) {
        // Where a formula has an image too, the image is for browsers that cannot do formulas.
        guard !tree.words("class", of: index).contains(where: { $0.hasPrefix("mwe-math-fallback") }) else { return }
        let isDot = ["width", "height"].contains { size in
            tree.string(size, of: index).map { ["0", "1", "0px", "1px"].contains($0) } ?? false
        }
        guard !isDot else { return }
        let alternative = tree.string("alt", of: index) ?? ""
        guard let address = imageAddress(index) else {
            run.add(text: Array(alternative.utf8)[...], marks)
            return
        }
        run.add(verbatim: Self.image(alternative, address), marks)
    }

    private static func image(_ alternative: String, _ address: [UInt8]) -> [UInt8] {
        var text = Array("![".utf8)
        for byte in alternative.utf8 {
            if [UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\\")].contains(byte) {
                text.append(UInt8(ascii: "\\"))
            }
            text.append(byte)
        }
        return text + Array("](".utf8) + address + [UInt8(ascii: ")")]
    }

    /// Pages that load images late have the address elsewhere and a placeholder in its place.
    private func imageAddress(_ index: HTMLTree.Index) -> [UInt8]? {
        for name in ["data-src", "data-original", "data-lazy-src", "data-srcset", "data-lazy-srcset", "src", "srcset"] {
            guard name.hasSuffix("set") else {
                if let value = tree.attribute(name, of: index), let address = links.address(value) { return address }
                continue
            }
            guard let first = tree.attribute(name, of: index)?.trimmedHTML().prefix(while: { !$0.isHTMLSpace }) else {
                continue
            }
            if let address = links.address(first) { return address }
        }
        return nil
    }

    private mutating func addMedia(_ index: HTMLTree.Index, _ name: HTMLName) {
        var source = tree.attribute("src", of: index)
        var child = tree[index].firstChild
        while source == nil, child != HTMLTree.none {
            if tree[child].name == .source { source = tree.attribute("src", of: child) }
            child = tree[child].next
        }
        guard let address = source.flatMap(links.address) else { return }
        let label =
            tree.string("title", of: index) ?? tree.string("aria-label", of: index)
            ?? (name == .video ? "Video" : "Audio")
        let outer = marks.link
        beginLink(to: address)
        run.add(text: Array(label.utf8)[...], marks)
        endLink()
        if outer != 0 { run.addSpace() }
    }

    /// A task list's box.
    private mutating func addCheckbox(_ index: HTMLTree.Index) {
        guard tree.has("type", "checkbox", of: index), run.isEmpty, !lists.isEmpty else { return }
        var parent = tree[tree[index].parent]
        if parent.name == .label || parent.name == .p { parent = tree[parent.parent] }
        guard parent.name == .li else { return }
        let isChecked = tree.attribute("checked", of: index) != nil
        run.add(verbatim: Array((isChecked ? "[x]" : "[ ]").utf8), InlineRun.Marks())
        run.addSpace()
    }

    // MARK: Raised and lowered text

    /// Powers and indices, where leaving out that they are raised would make another number of them.
    /// - Returns: whether it has been written.
    private mutating func addScript(_ index: HTMLTree.Index, isRaised: Bool) -> Bool {
        guard !facts[index].contains(.hasLink), !facts[index].contains(.hasMath), !facts[index].contains(.hasImage)
        else { return false }
        let text = tree.plainText(of: index, maximum: 64)
        guard !text.isEmpty, text.utf8.count <= 32, !run.endsInSpace else { return false }
        let isOneWord = text.utf8.allSatisfy { $0.isAlphanumeric || $0 >= 0x80 }
        let isNumber = text.utf8.allSatisfy(\.isDigit)
        // "1st" and "H2O" are read as they are.
        guard isRaised ? !text.utf8.allSatisfy(\.isLetter) || text.utf8.count == 1 : !isNumber else { return false }
        guard let first = text.utf8.first, first.isAlphanumeric || "+-−(".utf8.contains(first) || first >= 0x80 else {
            return false
        }
        let mark = isRaised ? "^" : "_"
        run.add(text: Array((isOneWord ? mark + text : "\(mark)(\(text))").utf8)[...], marks)
        return true
    }
}
