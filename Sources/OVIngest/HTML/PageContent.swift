// SPDX-License-Identifier: Apache-2.0

/// Which part of a page is its content.
///
/// A first version, by what elements say of themselves: the one `main` or `article` where there is one, and no
/// navigation, page header, page footer or side matter. Whoever finds content by its looks comes in here.
struct PageContent {
    /// How much of a page is left out; the writer asks for less where it would otherwise have nothing.
    enum Level: CaseIterable {
        /// The text that the page is about, by how it looks.
        case article
        /// What the page says is its content.
        case content
        /// All that a reader sees.
        case visible
        /// Also what is for browsers without scripts.
        case withoutScripts
        /// Also what is hidden.
        case hidden
    }

    let tree: HTMLTree
    let facts: HTMLFacts
    let level: Level
    private(set) var root: HTMLTree.Index
    /// Whether formulas are kept as scripts, and what is shown of them is for the eye.
    private let hasMathScripts: Bool
    /// For each node whether it is no part of the article; empty when the page is none.
    private var isOut: [Bool] = []

    /// Bytes of text that make an element the page's content.
    private static let leastText = 140

    init(_ tree: HTMLTree, _ facts: HTMLFacts, level: Level) {
        self.tree = tree
        self.facts = facts
        self.level = level
        root = Self.root(tree, facts, level)
        hasMathScripts = facts.order.contains { tree[$0].name == .script && Self.isMathScript($0, tree) }
        guard level == .article else { return }
        isOut = [Bool](repeating: true, count: tree.nodes.count)
        var setAside = [Bool](repeating: false, count: tree.nodes.count)
        for index in facts.order where isUnseen(index) { setAside[Int(index)] = true }
        guard let article = ArticleFinder.find(tree, facts, setAside: setAside) else { return }
        (root, isOut) = (article.root, article.isOut)
    }

    private static func root(_ tree: HTMLTree, _ facts: HTMLFacts, _ level: Level) -> HTMLTree.Index {
        switch level {
        case .content: contentRoot(tree, facts)
        case .article, .visible: HTMLTree.body
        // What a page says without scripts may stand in its head.
        case .withoutScripts, .hidden: HTMLTree.html
        }
    }

    static func isMathScript(_ index: HTMLTree.Index, _ tree: HTMLTree) -> Bool {
        guard let type = tree.attribute("type", of: index) else { return false }
        return type.hasWord("math/tex", at: type.startIndex)
    }

    // MARK: The root

    private static func contentRoot(_ tree: HTMLTree, _ facts: HTMLFacts) -> HTMLTree.Index {
        var mains: [HTMLTree.Index] = []
        var articles: [HTMLTree.Index] = []
        tree.walk(
            from: HTMLTree.body,
            enter: { index in
                let name = tree[index].name
                if name == .text || facts[index].contains(.isHidden) { return false }
                if name == .main || tree.has("role", "main", of: index) {
                    if mains.last.map({ !isInside(index, $0, tree) }) ?? true { mains.append(index) }
                } else if name == .article || tree.has("role", "article", of: index) {
                    if articles.last.map({ !isInside(index, $0, tree) }) ?? true { articles.append(index) }
                }
                return true
            })
        if let main = only(mains, facts) {
            let inner = articles.filter { isInside($0, main, tree) }
            // A page's `main` may have side matter beside its one article.
            if let article = only(inner, facts), facts.textBytes(of: article) * 2 >= facts.textBytes(of: main) {
                return article
            }
            return main
        }
        return only(articles, facts) ?? HTMLTree.body
    }

    private static func only(_ candidates: [HTMLTree.Index], _ facts: HTMLFacts) -> HTMLTree.Index? {
        guard candidates.count == 1, let index = candidates.first else { return nil }
        let text = facts.textBytes(of: index)
        return text >= leastText || text * 2 >= facts.textBytes(of: HTMLTree.body) && text > 0 ? index : nil
    }

    private static func isInside(_ index: HTMLTree.Index, _ ancestor: HTMLTree.Index, _ tree: HTMLTree) -> Bool {
        var current = index
        while current != HTMLTree.none {
            if current == ancestor { return true }
            current = tree[current].parent
        }
        return false
    }

    // MARK: What is left out

    /// Whether a node, with all in it, is no part of the content.
    func isLeftOut(_ index: HTMLTree.Index) -> Bool {
        if level == .article { return isOut[Int(index)] }
        if isUnseen(index) { return true }
        return level == .content && index != root && isBoilerplate(index, tree[index].name)
    }

    /// Whether no reader sees a node.
    private func isUnseen(_ index: HTMLTree.Index) -> Bool {
        let name = tree[index].name
        if facts[index].contains(.isHidden), level != .hidden { return true }
        switch name {
        case .script: return !Self.isMathScript(index, tree)
        case .noscript, .head: return level != .withoutScripts && level != .hidden
        case .video, .audio, .input: return false
        case .button: return !isTextOfItsParent(index)
        case .object, .canvas: return level != .hidden
        default: if HTMLFacts.neverShown.contains(name) || tree[index].isForeign && name != .math { return true }
        }
        return hasMathScripts && isRenderedFormula(index)
    }

    /// A button that opens what is below its heading, and is all of the heading's text.
    private func isTextOfItsParent(_ index: HTMLTree.Index) -> Bool {
        let parent = tree[index].parent
        let name = tree[parent].name
        guard HTMLNameSet.headings.contains(name) || name == .dt || name == .summary else { return false }
        return facts.textBytes(of: index) * 2 > facts.textBytes(of: parent)
    }

    private func isRenderedFormula(_ index: HTMLTree.Index) -> Bool {
        let classes: Set<String> = ["mathjax_preview", "mathjax", "mathjax_display", "mathjax_chtml", "mathjax_svg"]
        return tree.words("class", of: index).contains { classes.contains($0) }
    }

    private func isBoilerplate(_ index: HTMLTree.Index, _ name: HTMLName) -> Bool {
        if isUnlikelyByName(index, name) { return true }
        let role = tree.attribute("role", of: index).map { String(decoding: $0.trimmedHTML(), as: UTF8.self) }
        switch role?.lowercased() {
        case "navigation", "search", "dialog", "alertdialog", "menu", "menubar", "tablist": return true
        case "banner", "contentinfo", "complementary": return !isInContent(index)
        case .some(let role) where !role.isEmpty: return name == .nav
        default: break
        }
        switch name {
        case .nav, .search, .menu: return true
        case .dialog: return tree.attribute("open", of: index) == nil
        case .header, .footer, .aside: return !isInContent(index)
        default: return false
        }
    }

    private func isUnlikelyByName(_ index: HTMLTree.Index, _ name: HTMLName) -> Bool {
        var hints: ContentHints = []
        for attribute in tree.attributes(of: index) where attribute.name == "class" || attribute.name == "id" {
            hints.formUnion(ContentHints(in: attribute.value))
        }
        if hints.contains(.never) { return true }
        guard root == HTMLTree.body, name == .div || name == .ul || name == .section || name == .table else {
            return false
        }
        return hints.contains(.unlikely) && hints.isDisjoint(with: [.maybe, .note])
    }

    /// Whether an element belongs to a part of the page that is content by itself.
    private func isInContent(_ index: HTMLTree.Index) -> Bool {
        var current = tree[index].parent
        while current != HTMLTree.none {
            switch tree[current].name {
            case .article, .main, .section, .blockquote, .figure, .td: return true
            default: if current == root { return root != HTMLTree.body }
            }
            current = tree[current].parent
        }
        return false
    }
}
