// SPDX-License-Identifier: Apache-2.0

extension ArticleFinder {
    /// Letters below which a run of text is a label.
    private static let leastParagraph = 25

    private static let paragraphs: HTMLNameSet = [
        .p, .td, .pre, .div, .section, .article, .main, .center, .blockquote, .other, .h2, .h3, .h4, .h5, .h6, .body,
    ]

    /// Where text that stands in them directly is a paragraph in them.
    private static let containers: HTMLNameSet = [.body, .main, .article]

    // MARK: Points

    /// Each paragraph gives points to the elements around it, the fewer the further out they are.
    mutating func scoreParagraphs() {
        for index in facts.order where !isOut[Int(index)] {
            let (name, measure) = (tree[index].name, measures[Int(index)])
            guard Self.paragraphs.contains(name), Self.isBlock(name) || measure.hasBlock else { continue }
            if name == .section, measure.text >= Self.leastParagraph {
                // The sections of a text speak for what holds them all.
                give(1 + Float(measure.commas) + min(Float(measure.text / 100), 3), to: tree[index].parent)
            }
            guard measure.ownText >= Self.leastParagraph else { continue }
            let most = Float(3 * (1 + measure.ownBreaks / 2))
            let points = 1 + Float(measure.ownCommas) + min(Float(measure.ownText / 100), most)
            give(points, to: measure.isLeaf && !Self.containers.contains(name) ? tree[index].parent : index)
        }
        for index in Array(scores.keys) { scores[index]? *= 1 - measures[Int(index)].linkDensity }
    }

    private mutating func give(_ points: Float, to first: HTMLTree.Index) {
        var (current, level) = (first, 0)
        while current != HTMLTree.none, current != HTMLTree.html, level < 5 {
            let divider: Float = level == 0 ? 1 : level == 1 ? 2 : Float(3 * level)
            let score = scores[current] ?? initialScore(current)
            scores[current] = score + points / divider
            current = tree[current].parent
            level += 1
        }
    }

    private func initialScore(_ index: HTMLTree.Index) -> Float {
        let byName: Float =
            switch tree[index].name {
            case .div: 5
            case .article, .main: 8
            case .pre, .td, .blockquote: 3
            case .address, .ol, .ul, .dl, .dd, .dt, .li, .form: -3
            case .h1, .h2, .h3, .h4, .h5, .h6, .th: -5
            default: 0
            }
        return byName + Float(weight(index))
    }

    // MARK: The best

    func topCandidate() -> HTMLTree.Index? {
        let best = scores.filter { $0.value > 0 }.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(5)
        guard let (first, score) = best.first else { return nil }
        guard first != HTMLTree.body else { return first }
        var top = first
        if let common = commonAncestor(of: top, and: best.dropFirst().filter { $0.value >= 0.75 * score }.map(\.key)) {
            top = common
        }
        top = climbed(from: top)
        // What stands alone in an element has its siblings one level up.
        while tree[top].parent != HTMLTree.body, tree[top].parent != HTMLTree.none, isOnlyChild(top) {
            top = tree[top].parent
        }
        return top
    }

    /// An element around the best that at least three others nearly as good are in too.
    private func commonAncestor(of top: HTMLTree.Index, and others: [HTMLTree.Index]) -> HTMLTree.Index? {
        guard others.count >= 3 else { return nil }
        let ancestors = others.map { Set(self.ancestors(of: $0)) }
        for ancestor in self.ancestors(of: top) where ancestor != HTMLTree.body && ancestor != HTMLTree.html {
            if ancestors.count(where: { $0.contains(ancestor) }) >= 3 { return ancestor }
        }
        return nil
    }

    private func ancestors(of index: HTMLTree.Index) -> [HTMLTree.Index] {
        var ancestors: [HTMLTree.Index] = []
        var current = tree[index].parent
        while current != HTMLTree.none {
            ancestors.append(current)
            current = tree[current].parent
        }
        return ancestors
    }

    /// Points that grow further out mean that there is more text beside.
    private func climbed(from top: HTMLTree.Index) -> HTMLTree.Index {
        var last = scores[top] ?? 0
        let least = last / 3
        var parent = tree[top].parent
        while parent != HTMLTree.body, parent != HTMLTree.html, parent != HTMLTree.none {
            if let score = scores[parent] {
                if score < least { break }
                if score > last { return parent }
                last = score
            }
            parent = tree[parent].parent
        }
        return top
    }

    private func isOnlyChild(_ index: HTMLTree.Index) -> Bool {
        var child = tree[tree[index].parent].firstChild
        while child != HTMLTree.none {
            if child != index, !isOut[Int(child)], tree[child].name != .text { return false }
            child = tree[child].next
        }
        return true
    }

    /// The element by which the page says that it is all of its content, where the best one misses a part of it.
    func declaredMain(around top: HTMLTree.Index) -> HTMLTree.Index? {
        let prose = measures[Int(top)].prose
        var found: HTMLTree.Index?
        for index in [top] + ancestors(of: top) {
            let name = tree[index].name
            guard name == .main || name == .article || isDeclaredBody(index) else { continue }
            let measure = measures[Int(index)]
            if measure.prose * 10 > prose * 12, measure.linkDensity < 0.5 { found = index }
            if name == .main { break }
        }
        return found
    }

    private func isDeclaredBody(_ index: HTMLTree.Index) -> Bool {
        tree.has("role", "main", of: index) || tree.has("itemprop", "articleBody", of: index)
    }

    // MARK: Beside the best

    /// Sets aside what stands beside the best element and is not like it.
    /// - Returns: the element around them; nil when there is nothing beside it that belongs to it.
    mutating func keepSiblings(of top: HTMLTree.Index) -> HTMLTree.Index? {
        let parent = tree[top].parent
        guard top != HTMLTree.body, parent != HTMLTree.none, parent != HTMLTree.html else { return nil }
        let score = scores[top] ?? 0
        let least = max(10, score * 0.2)
        let name = tree.attribute("class", of: top) ?? []
        var (others, child) = ([HTMLTree.Index](), tree[parent].firstChild)
        var hasKept = false
        while child != HTMLTree.none {
            if child != top, !isOut[Int(child)] {
                let isAlike = !name.isEmpty && tree.attribute("class", of: child) == name
                let points = (scores[child] ?? 0) + (isAlike ? score * 0.2 : 0)
                if scores[child] != nil && points >= least || isParagraph(child) {
                    hasKept = true
                } else {
                    others.append(child)
                }
            }
            child = tree[child].next
        }
        guard hasKept else { return nil }
        for other in others { isOut[Int(other)] = true }
        return parent
    }

    /// A paragraph of its own, or a short one that is a sentence.
    private func isParagraph(_ index: HTMLTree.Index) -> Bool {
        let measure = measures[Int(index)]
        let name = tree[index].name
        guard name == .p || name == .div && measure.isLeaf, measure.text > 0 else { return false }
        if measure.text > 80 { return measure.linkDensity < 0.25 }
        guard measure.linked == 0 else { return false }
        let text = tree.plainText(of: index, maximum: 1024)
        return text.hasSuffix(".") || text.contains(". ") || text.hasSuffix("。")
    }
}
