// SPDX-License-Identifier: Apache-2.0

/// Finds the text that a page is about by how it looks: paragraphs with sentences, few links, telling names.
///
/// After what Readability (Arc90, Mozilla) and Boilerpipe (Kohlschütter et al., WSDM 2010) found to work: what cannot
/// be content is set aside, paragraphs give points to the elements around them, links take points away, the best
/// element wins with those beside it that are like it, and what looks like no text in it is dropped. Where the page
/// says itself what its main part is and the sentences are spread over it, all of that is taken.
struct ArticleFinder {
    struct Options: OptionSet {
        let rawValue: UInt8

        /// Set aside what its name makes unlikely.
        static let byName = Options(rawValue: 1)
        /// Drop what looks like no text within the article.
        static let byLooks = Options(rawValue: 2)
        /// Names give and take points.
        static let weighingNames = Options(rawValue: 4)
        /// What readers wrote is the content.
        static let comments = Options(rawValue: 8)
    }

    struct Article {
        let root: HTMLTree.Index
        /// For each node whether it is no part of the article.
        let isOut: [Bool]
        let text: Int
        let prose: Int
    }

    let tree: HTMLTree
    let facts: HTMLFacts
    let hints: [ContentHints]
    /// What an element's names add to its points: 25 or -25 for class and id each.
    let weights: [Int8]
    let options: Options
    var isOut: [Bool]
    var measures: [ContentMeasure] = []
    var scores: [HTMLTree.Index: Float] = [:]
    private var keepsBylines = false
    /// Whether the page documents something.
    var isReference = false

    /// Nodes beyond which a page is data and no text.
    private static let maximumNodes = 1 << 20
    /// Letters from which on a text is believed to be the article.
    private static let enoughText = 400

    /// - Parameter setAside: nodes that no reader sees.
    /// - Returns: nil when nothing in the page looks like a text.
    static func find(_ tree: HTMLTree, _ facts: HTMLFacts, setAside: [Bool]) -> Article? {
        guard tree.nodes.count <= maximumNodes else { return nil }
        let names = Names(tree, facts)
        var best: Article?
        for options in [[.byName, .byLooks, .weighingNames], [.byLooks, .weighingNames], [.byLooks], []] as [Options] {
            var finder = ArticleFinder(tree, facts, names, setAside, options)
            if names.holdsThread(in: tree, facts, setAside) { finder = finder.with(.comments) }
            guard let article = finder.article() else { continue }
            if article.text >= enoughText { return article }
            if article.text > (best?.text ?? 0) { best = article }
        }
        // Of a short text, what the page says of itself is more to be believed than how it looks.
        return best.flatMap { $0.root == HTMLTree.body ? nil : $0 }
    }

    private init(_ tree: HTMLTree, _ facts: HTMLFacts, _ names: Names, _ setAside: [Bool], _ options: Options) {
        self.tree = tree
        self.facts = facts
        self.hints = names.hints
        self.weights = names.weights
        self.options = options
        isOut = setAside
    }

    private func with(_ option: Options) -> ArticleFinder {
        ArticleFinder(
            tree, facts, Names(hints: hints, weights: weights), isOut, options.union(option))
    }

    func weight(_ index: HTMLTree.Index) -> Int {
        options.contains(.weighingNames) ? Int(weights[Int(index)]) : 0
    }

    private mutating func article() -> Article? {
        // Where several people write, it matters who wrote what.
        let bylines = facts.order.count { hints[Int($0)].contains(.byline) && isByline($0) }
        keepsBylines = bylines > 4 || options.contains(.comments)
        setAsideUnlikely()
        measures = measured { _, _ in false }
        scoreParagraphs()
        guard let top = topCandidate() else { return nil }
        var root = top
        let whole = declaredMain(around: top)
        if let whole {
            root = whole
        } else if let parent = keepSiblings(of: top) {
            root = parent
        }
        if options.contains(.byLooks) { dropByLooks(in: root) }
        let measure = measures[Int(root)]
        guard measure.text > 0 else { return nil }
        return Article(root: root, isOut: isOut, text: Int(measure.text), prose: Int(measure.prose))
    }

    // MARK: Measuring

    /// Counts what is below each element, without what is set aside.
    /// - Parameter drops: asked for each element with what is in it; true sets it aside.
    mutating func measured(drops: (HTMLTree.Index, ContentMeasure) -> Bool) -> [ContentMeasure] {
        var measures = [ContentMeasure](repeating: ContentMeasure(), count: tree.nodes.count)
        for index in facts.order.reversed() where !isOut[Int(index)] {
            let node = tree[index]
            if node.name == .text {
                measures[Int(index)].add(tree.text(of: index))
            } else {
                let isBlock = Self.isBlock(node.name) || measures[Int(index)].hasBlock
                measures[Int(index)].close(node.name, isBlock: isBlock, linkFactor: linkFactor(index, node.name))
                if drops(index, measures[Int(index)]) {
                    isOut[Int(index)] = true
                    continue
                }
            }
            guard node.parent != HTMLTree.none else { continue }
            let isBlock = node.name != .text && (Self.isBlock(node.name) || measures[Int(index)].hasBlock)
            measures[Int(node.parent)].add(measures[Int(index)], isBlock: isBlock)
        }
        return measures
    }

    static func isBlock(_ name: HTMLName) -> Bool {
        HTMLNameSet.blocks.contains(name) && name != .button && name != .noscript
    }

    /// How much the text of a link counts as such: less where it leads to another place of the page.
    private func linkFactor(_ index: HTMLTree.Index, _ name: HTMLName) -> Float {
        guard name == .a, let href = tree.attribute("href", of: index)?.trimmedHTML() else { return 0 }
        return href.first == UInt8(ascii: "#") ? 0.3 : 1
    }

    // MARK: What cannot be content

    /// Sets aside what is hidden or unlikely by its role or name, with all in it.
    private mutating func setAsideUnlikely() {
        var isInTableOrCode = [Bool](repeating: false, count: tree.nodes.count)
        for index in facts.order {
            let node = tree[index]
            guard node.parent != HTMLTree.none else { continue }
            if isOut[Int(node.parent)] {
                isOut[Int(index)] = true
                continue
            }
            isInTableOrCode[Int(index)] =
                isInTableOrCode[Int(node.parent)] || node.name == .pre || node.name == .code
                || node.name == .table && facts[index].contains(.hasHeaderCell)
            guard node.name != .text, !isOut[Int(index)] else { continue }
            isOut[Int(index)] = isUnlikely(index, node.name, isProtected: isInTableOrCode[Int(index)])
        }
    }

    private func isUnlikely(_ index: HTMLTree.Index, _ name: HTMLName, isProtected: Bool) -> Bool {
        let hints = hints[Int(index)]
        if hints.contains(.never), name != .body, name != .html { return true }
        switch name {
        case .nav, .search, .menu: return !isProtected
        case .footer: return !isProtected && !isNote(hints)
        case .header where !facts[index].contains(.hasHeading) && !standsInText(index): return true
        case .body, .html, .main, .article: return false
        case .dialog: return tree.attribute("open", of: index) == nil
        default: break
        }
        if Self.isUnlikelyRole(tree.attribute("role", of: index)) { return true }
        guard options.contains(.byName), !isProtected, name != .a else { return false }
        if hints.contains(.comment), !hints.contains(.maybe), !options.contains(.comments) { return true }
        if hints.contains(.byline), !keepsBylines, isByline(index) { return true }
        return hints.contains(.unlikely) && !hints.contains(.maybe) && !isNote(hints)
            && !HTMLNameSet.headings.contains(name)
    }

    private func standsInText(_ index: HTMLTree.Index) -> Bool {
        var current = tree[index].parent
        while current != HTMLTree.none {
            switch tree[current].name {
            case .article, .main, .section, .blockquote, .figure, .td: return true
            default: current = tree[current].parent
            }
        }
        return false
    }

    private func isByline(_ index: HTMLTree.Index) -> Bool {
        let length = facts.textBytes(of: index)
        return length > 0 && length < 100 && !facts[index].contains(.hasHeading)
    }

    func isNote(_ hints: ContentHints) -> Bool { hints.contains(.note) }

    static func isUnlikelyRole(_ role: ArraySlice<UInt8>?) -> Bool {
        guard let role = role?.trimmedHTML(), !role.isEmpty else { return false }
        switch String(decoding: role.map(\.lowercased), as: UTF8.self) {
        case "navigation", "search", "dialog", "alertdialog", "menu", "menubar", "tablist", "alert", "complementary",
            "contentinfo":
            return true
        default: return false
        }
    }
}

extension ArticleFinder {
    /// What the names of all elements say.
    struct Names {
        var hints: [ContentHints]
        var weights: [Int8]

        init(hints: [ContentHints], weights: [Int8]) {
            self.hints = hints
            self.weights = weights
        }

        init(_ tree: HTMLTree, _ facts: HTMLFacts) {
            hints = [ContentHints](repeating: [], count: tree.nodes.count)
            weights = [Int8](repeating: 0, count: tree.nodes.count)
            for index in facts.order where tree[index].name != .text {
                for attribute in tree.attributes(of: index) {
                    switch attribute.name {
                    case "class", "id":
                        let found = ContentHints(in: attribute.value)
                        hints[Int(index)].formUnion(found)
                        weights[Int(index)] +=
                            (found.contains(.positive) ? 25 : 0) - (found.contains(.negative) ? 25 : 0)
                    case "itemprop":
                        let value = attribute.value.trimmedHTML()
                        if value.hasWord("author", at: value.startIndex) { hints[Int(index)].insert(.byline) }
                    case "rel":
                        let value = attribute.value.trimmedHTML()
                        if value.elementsEqual("author".utf8) { hints[Int(index)].insert(.byline) }
                    default: break
                    }
                }
            }
        }

        /// Whether what readers wrote is what the page is for, as in forums and lists of issues: there is little else.
        func holdsThread(in tree: HTMLTree, _ facts: HTMLFacts, _ setAside: [Bool]) -> Bool {
            var (comments, others) = (0, 0)
            tree.walk(
                from: HTMLTree.body,
                enter: { index in
                    guard !setAside[Int(index)] else { return false }
                    let name = tree[index].name
                    if name == .text { return false }
                    if hints[Int(index)].contains(.comment), name != .body {
                        comments += facts.textBytes(of: index)
                        return false
                    }
                    if hints[Int(index)].contains(.unlikely), !hints[Int(index)].contains(.maybe), name != .body {
                        return false
                    }
                    if name == .p { others += facts.textBytes(of: index) }
                    return name != .nav && name != .header && name != .footer && name != .aside
                })
            return comments > 300 && comments > 3 * others && others < 600
        }
    }
}
