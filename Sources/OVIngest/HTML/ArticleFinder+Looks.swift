// SPDX-License-Identifier: Apache-2.0

extension ArticleFinder {
    /// Sets aside what looks like no text within the article, the innermost first; unless most of it would go.
    mutating func dropByLooks(in root: HTMLTree.Index) {
        let before = (isOut, measures)
        let isProtected = protected()
        isReference = tellsOfReference(root)
        let (old, tree) = (self, self.tree)
        measures = measured { index, measure in
            guard index != root, !isProtected[Int(index)] else { return false }
            return old.looksLikeNoText(index, tree[index].name, measure)
        }
        let (was, now) = (before.1[Int(root)], measures[Int(root)])
        if now.text < was.text / 3, now.prose < was.prose * 2 / 3 || now.text < 250 { (isOut, measures) = before }
    }

    /// Whether the page documents something: there every second line is a link, and lists of links are the content.
    private func tellsOfReference(_ root: HTMLTree.Index) -> Bool {
        let measure = measures[Int(root)]
        return measure.code * 12 >= measure.text || Self.isMadeByDocumentationTool(tree, facts)
    }

    private static let documentationTools = [
        "rustdoc", "sphinx", "mkdocs", "docusaurus", "mdbook", "javadoc", "doxygen", "docbook", "vitepress", "vuepress",
        "gitbook", "pdoc", "ex_doc", "yard", "texinfo", "makeinfo", "asciidoctor", "antora", "starlight", "hexdoc",
        "jsdoc", "typedoc", "pkgdown", "bookdown", "quarto", "dokuwiki", "mediawiki", "confluence",
    ]

    private static func isMadeByDocumentationTool(_ tree: HTMLTree, _ facts: HTMLFacts) -> Bool {
        for index in facts.order where tree[index].name == .meta && tree.has("name", "generator", of: index) {
            guard let generator = tree.string("content", of: index)?.lowercased() else { continue }
            if documentationTools.contains(where: generator.contains) { return true }
        }
        return false
    }

    /// What stands in code, in a table of data or in a figure is judged with that.
    private func protected() -> [Bool] {
        var isProtected = [Bool](repeating: false, count: tree.nodes.count)
        for index in facts.order {
            let node = tree[index]
            guard node.parent != HTMLTree.none else { continue }
            let isKept =
                switch node.name {
                case .pre, .code, .figure, .math: true
                case .table: facts[index].contains(.hasHeaderCell) && !facts[index].contains(.hasTable)
                default: false
                }
            isProtected[Int(index)] = isProtected[Int(node.parent)] || isKept
        }
        return isProtected
    }

    private func looksLikeNoText(_ index: HTMLTree.Index, _ name: HTMLName, _ measure: ContentMeasure) -> Bool {
        let hints = hints[Int(index)]
        if hints.contains(.share), measure.text < 500, name != .body { return true }
        switch name {
        case .aside: return !isNote(hints)
        case .footer: return true
        case .header: return weight(index) < 0
        case .form, .fieldset, .table, .ul, .div, .section, .other, .ol, .dl: break
        default: return false
        }
        if isNote(hints) { return false }
        if weight(index) < 0 { return true }
        return !isReference && measure.commas < 10 && hasShapeOfNoText(index, name, measure)
    }

    private func hasShapeOfNoText(_ index: HTMLTree.Index, _ name: HTMLName, _ measure: ContentMeasure) -> Bool {
        let isList = name == .ul || name == .ol || measure.text > 0 && measure.listed * 10 > measure.text * 9
        let (weight, density) = (weight(index), measure.linkDensity)
        if name == .other, !measure.hasBlock { return false }
        if measure.images > 1, measure.paragraphs * 2 < measure.images, measure.text < 400 {
            return measure.prose == 0 && density > 0.1
        }
        if !isList, measure.items > measure.paragraphs + 100 { return true }
        if measure.inputs > 0, measure.inputs * 3 > measure.paragraphs { return true }
        if isList { return weight >= 25 && density > 0.5 }
        let isHeading = measure.headings * 10 >= measure.text * 9
        if measure.text < 25, measure.images == 0, density > 0, !isHeading { return true }
        return weight < 25 ? density > 0.2 && !isHeading : density > 0.5
    }
}
