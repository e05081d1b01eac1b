// SPDX-License-Identifier: Apache-2.0

/// Builds a page's tree from its tokens, with what browsers do about tags that are missing or misplaced, as far as it
/// changes what a reader sees (after WHATWG HTML §13.2.6).
///
/// Different from the standard: text that is misplaced in a table stays there; formatting that a paragraph leaves
/// open is not taken up again in the next one; elements nested deeper than `maximumDepth` have no node, their content
/// is that of the element around them.
struct HTMLTreeBuilder {
    static let maximumDepth = 512
    private static let maximumNodes = 4_000_000

    /// An element that is not closed yet.
    struct Open {
        let node: HTMLTree.Index
        let name: HTMLName
        /// Names an element that is `other`; 0 for those that are not.
        let customName: Int
        /// Whether what is in it is SVG or MathML.
        let holdsForeign: Bool
    }

    private(set) var tree = HTMLTree()
    private var tokenizer: HTMLTokenizer
    private let isXML: Bool
    private(set) var open: [Open] = []
    /// How many elements of each name are open.
    private var openCounts = [Int](repeating: 0, count: 256)
    private var customNames: [String: Int] = [:]
    /// How many elements are open that were too deep to get a node.
    private var tooDeep = 0
    private var isInBody = false
    /// Whether a line feed that comes next belongs to the tag before it.
    private var ignoresLineFeed = false

    /// - Parameters:
    ///   - page: in UTF-8; shorter than 2 GiB.
    ///   - isXML: whether elements may be written as `<script/>`.
    static func tree(of page: [UInt8], isXML: Bool = false) -> HTMLTree {
        var builder = HTMLTreeBuilder(tokenizer: HTMLTokenizer(page), isXML: isXML)
        builder.push(HTMLTree.html, .html)
        builder.push(HTMLTree.head, .head)
        while let token = builder.tokenizer.next() { builder.take(token) }
        return builder.tree
    }

    private init(tokenizer: HTMLTokenizer, isXML: Bool) {
        self.tokenizer = tokenizer
        self.isXML = isXML
    }

    private mutating func take(_ token: HTMLToken) {
        switch token {
        case .text(let bytes): text(bytes)
        case .startTag(let tag): start(tag)
        case .endTag(let tag): end(tag)
        case .comment, .doctype: break
        }
        if case .text = token { return }
        tokenizer.allowsCDATA = isXML || open.last?.holdsForeign ?? false
    }

    // MARK: The open elements

    private mutating func push(
        _ node: HTMLTree.Index, _ name: HTMLName, customName: Int = 0, holdsForeign: Bool = false
    ) {
        open.append(Open(node: node, name: name, customName: customName, holdsForeign: holdsForeign))
        openCounts[Int(name.rawValue)] += 1
    }

    mutating func pop(to index: Int) {
        while open.count > max(index, 1) {
            if let last = open.popLast() { openCounts[Int(last.name.rawValue)] -= 1 }
        }
    }

    func isOpen(_ name: HTMLName) -> Bool { openCounts[Int(name.rawValue)] > 0 }

    private var current: HTMLTree.Index { open.last?.node ?? HTMLTree.body }

    /// The innermost open element of some names, unless one of `boundaries` is further in.
    func innermost(_ names: HTMLNameSet, within boundaries: HTMLNameSet) -> Int? {
        var index = open.count - 1
        while index > 0 {
            let name = open[index].name
            if names.contains(name) { return index }
            if boundaries.contains(name) { return nil }
            index -= 1
        }
        return nil
    }

    private mutating func enterBody() {
        guard !isInBody else { return }
        isInBody = true
        pop(to: 1)
        push(HTMLTree.body, .body)
    }

    // MARK: Text

    private mutating func text(_ bytes: ArraySlice<UInt8>) {
        var bytes = bytes
        if bytes.contains(0) { bytes = bytes.filter { $0 != 0 }[...] }
        if ignoresLineFeed, bytes.first == 10 { bytes = bytes.dropFirst() }
        ignoresLineFeed = false
        if !isInBody, open.last?.name == .head || open.last?.name == .html {
            bytes = bytes.drop { $0.isHTMLSpace }
            if !bytes.isEmpty { enterBody() }
        }
        guard !bytes.isEmpty, tree.nodes.count < Self.maximumNodes else { return }
        tree.appendText(bytes, to: current)
    }

    // MARK: Start tags

    private mutating func start(_ tag: HTMLTag) {
        ignoresLineFeed = false
        let name = HTMLName(tag.name)
        if open.last?.holdsForeign == true {
            guard HTMLNameSet.breakingOut.contains(name) else {
                insertForeign(tag, name)
                return
            }
            leaveForeign()
        }
        switch name {
        case .html: tree.setAttributes(tag.attributes, of: HTMLTree.html)
        case .head: break
        case .body:
            enterBody()
            tree.setAttributes(tag.attributes, of: HTMLTree.body)
        default:
            if !isInBody, !HTMLNameSet.metadata.contains(name), !isOpen(.template), !isOpen(.noscript) { enterBody() }
            guard closeImplied(before: name) else { return }
            insert(tag, name)
        }
    }

    private mutating func insert(_ tag: HTMLTag, _ name: HTMLName) {
        let isEmpty = HTMLNameSet.void.contains(name) || isXML && tag.isSelfClosing
        let isRaw = !isEmpty && readsRaw(name)
        guard tree.nodes.count < Self.maximumNodes,
            open.count < Self.maximumDepth || isRaw || isEmpty
        else {
            if !isEmpty, !Self.endTagIsOptional.contains(name) { tooDeep += 1 }
            return
        }
        let isSVGOrMath = name == .svg || name == .math
        let node = tree.appendElement(
            name == .image ? .img : name, tag.attributes, isForeign: isSVGOrMath, to: current)
        if isEmpty || isSVGOrMath && tag.isSelfClosing { return }
        push(node, name, customName: name == .other ? customName(tag.name) : 0, holdsForeign: isSVGOrMath)
        ignoresLineFeed = name == .pre || name == .listing || name == .textarea
    }

    /// The row that cells are in when the page does not say so.
    mutating func insertRow() { insert(HTMLTag(name: "tr", attributes: [], isSelfClosing: false), .tr) }

    /// An element that HTML knows nothing of is told from others by a number.
    private mutating func customName(_ name: String) -> Int {
        if let number = customNames[name] { return number }
        // More names than any page has share one.
        let number = customNames.count < 4096 ? customNames.count + 1 : 4097
        if number <= 4096 { customNames[name] = number }
        return number
    }

    private static let endTagIsOptional: HTMLNameSet = [
        .p, .li, .dd, .dt, .tr, .td, .th, .thead, .tbody, .tfoot, .option, .optgroup, .rb, .rp, .rt, .colgroup,
    ]

    /// Has the tokenizer read what is in an element as text.
    private mutating func readsRaw(_ name: HTMLName) -> Bool {
        switch name {
        case .title, .textarea: tokenizer.switchTo(.rcdata)
        case .style, .xmp, .iframe, .noembed, .noframes: tokenizer.switchTo(.rawText)
        case .script: tokenizer.switchTo(.scriptData)
        case .plaintext: tokenizer.switchTo(.plainText)
        default: return false
        }
        return true
    }

    // MARK: SVG and MathML

    private mutating func insertForeign(_ tag: HTMLTag, _ name: HTMLName) {
        guard tree.nodes.count < Self.maximumNodes, open.count < Self.maximumDepth else {
            if !tag.isSelfClosing { tooDeep += 1 }
            return
        }
        let node = tree.appendElement(name, tag.attributes, isForeign: true, to: current)
        guard !tag.isSelfClosing else { return }
        let number = name == .other ? customName(tag.name) : 0
        push(node, name, customName: number, holdsForeign: !Self.holdingHTML.contains(name))
    }

    /// Elements of SVG and MathML that HTML may stand in.
    private static let holdingHTML: HTMLNameSet = [
        .foreignObject, .desc, .title, .mi, .mo, .mn, .ms, .mtext, .annotationXML,
    ]

    private mutating func leaveForeign() {
        var index = open.count
        while index > 1, open[index - 1].holdsForeign { index -= 1 }
        pop(to: index)
    }

    // MARK: End tags

    private mutating func end(_ tag: HTMLTag) {
        ignoresLineFeed = false
        let name = HTMLName(tag.name)
        if name == .br {
            if open.last?.holdsForeign == true { leaveForeign() }
            enterBody()
            insert(HTMLTag(name: "br", attributes: [], isSelfClosing: false), .br)
            return
        }
        // `head` and `body` end by what comes after them.
        guard name != .html, name != .head, name != .body, !HTMLNameSet.void.contains(name) else { return }
        if tooDeep > 0, open.last?.name != name || !isRawText(name) {
            if !Self.endTagIsOptional.contains(name) { tooDeep -= 1 }
            return
        }
        let number = name == .other ? customNames[tag.name] ?? 4097 : 0
        guard isOpen(name) || HTMLNameSet.headings.contains(name) else { return }
        close(name, number)
    }

    private func isRawText(_ name: HTMLName) -> Bool {
        switch name {
        case .title, .textarea, .style, .xmp, .iframe, .noembed, .noframes, .script: true
        default: false
        }
    }

    mutating func close(_ name: HTMLName, _ customName: Int = 0) {
        if HTMLNameSet.formatting.contains(name) {
            closeFormatting(name)
        } else if let index = openElement(name, customName) {
            pop(to: index)
        }
    }

    /// The open element that an end tag ends.
    private func openElement(_ name: HTMLName, _ customName: Int) -> Int? {
        if HTMLNameSet.tableParts.contains(name) || name == .table {
            return innermost([name], within: [.table, .template])
        }
        if HTMLNameSet.headings.contains(name) { return innermost(.headings, within: .scopes) }
        if name == .li { return innermost([.li], within: .scopes + [.ol, .ul]) }
        if HTMLNameSet.blocks.contains(name) { return innermost([name], within: .scopes) }
        var index = open.count - 1
        while index > 0 {
            if open[index].name == name, open[index].customName == customName { return index }
            if HTMLNameSet.blocks.contains(open[index].name) { return nil }
            index -= 1
        }
        return nil
    }

    /// Ends formatting that was opened further out than what is open now: blocks in it are moved behind it, with the
    /// formatting for what they hold already; formatting in it goes on.
    private mutating func closeFormatting(_ name: HTMLName) {
        guard let index = innermost([name], within: .scopes), index > 0 else { return }
        let inner = open[(index + 1)...]
        guard let block = inner.firstIndex(where: { HTMLNameSet.blocks.contains($0.name) }) else {
            let reopened = inner.filter { HTMLNameSet.formatting.contains($0.name) }.prefix(8)
            pop(to: index)
            for element in reopened where tree.nodes.count < Self.maximumNodes {
                push(tree.appendCopy(of: element.node, to: current), element.name)
            }
            return
        }
        guard tree.nodes.count < Self.maximumNodes else { return }
        tree.moveLastChild(of: open[block - 1].node, to: open[index - 1].node)
        tree.wrapChildren(of: open[block].node, inCopyOf: open[index].node)
        for element in open[index..<block] { openCounts[Int(element.name.rawValue)] -= 1 }
        open.removeSubrange(index..<block)
    }
}
