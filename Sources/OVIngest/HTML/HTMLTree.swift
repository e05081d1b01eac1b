// SPDX-License-Identifier: Apache-2.0

/// A page as a tree: all nodes in one array, linked by their indices.
struct HTMLTree: Sendable {
    typealias Index = Int32

    struct Node: Sendable {
        let name: HTMLName
        /// Whether it is SVG or MathML.
        var isForeign = false
        fileprivate(set) var parent: Index = none
        fileprivate(set) var firstChild: Index = none
        fileprivate(set) var lastChild: Index = none
        fileprivate(set) var next: Index = none
        fileprivate(set) var previous: Index = none
        /// Of a text the range in `text`, of an element the range in `attributes`.
        fileprivate var start: Int32
        fileprivate var end: Int32
    }

    static let none: Index = -1
    static let html: Index = 0
    static let head: Index = 1
    static let body: Index = 2

    private(set) var nodes: [Node] = []
    private var attributes: [HTMLAttribute] = []
    private var text: [UInt8] = []

    init() {
        append(HTMLTree.makeNode(.html), to: Self.none)
        append(HTMLTree.makeNode(.head), to: Self.html)
        append(HTMLTree.makeNode(.body), to: Self.html)
    }

    private static func makeNode(_ name: HTMLName) -> Node { Node(name: name, start: 0, end: 0) }

    subscript(index: Index) -> Node { nodes[Int(index)] }

    // MARK: Growing

    @discardableResult
    private mutating func append(_ node: Node, to parent: Index) -> Index {
        let index = Index(nodes.count)
        nodes.append(node)
        link(index, under: parent)
        return index
    }

    private mutating func link(_ index: Index, under parent: Index) {
        nodes[Int(index)].parent = parent
        guard parent != Self.none else { return }
        let last = nodes[Int(parent)].lastChild
        nodes[Int(index)].previous = last
        nodes[Int(index)].next = Self.none
        if last == Self.none {
            nodes[Int(parent)].firstChild = index
        } else {
            nodes[Int(last)].next = index
        }
        nodes[Int(parent)].lastChild = index
    }

    mutating func appendElement(
        _ name: HTMLName, _ attributes: [HTMLAttribute], isForeign: Bool = false, to parent: Index
    ) -> Index {
        let start = Int32(self.attributes.count)
        self.attributes += attributes
        let node = Node(name: name, isForeign: isForeign, start: start, end: Int32(self.attributes.count))
        return append(node, to: parent)
    }

    /// Another element with the name and attributes of one.
    mutating func appendCopy(of index: Index, to parent: Index) -> Index {
        var node = HTMLTree.makeNode(self[index].name)
        (node.start, node.end) = (self[index].start, self[index].end)
        return append(node, to: parent)
    }

    /// Text goes on in the text node before it.
    mutating func appendText(_ bytes: ArraySlice<UInt8>, to parent: Index) {
        let start = Int32(text.count)
        text += bytes
        let last = self[parent].lastChild
        if last != Self.none, self[last].name == .text, self[last].end == start {
            nodes[Int(last)].end = Int32(text.count)
        } else {
            append(Node(name: .text, start: start, end: Int32(text.count)), to: parent)
        }
    }

    /// Gives an element that has no attributes those of another tag: `html` and `body` may have several.
    mutating func setAttributes(_ attributes: [HTMLAttribute], of index: Index) {
        guard self[index].start == self[index].end, !attributes.isEmpty else { return }
        nodes[Int(index)].start = Int32(self.attributes.count)
        self.attributes += attributes
        nodes[Int(index)].end = Int32(self.attributes.count)
    }

    /// Moves the last child of one element to the end of another.
    mutating func moveLastChild(of parent: Index, to newParent: Index) {
        let child = self[parent].lastChild
        guard child != Self.none else { return }
        let previous = self[child].previous
        nodes[Int(parent)].lastChild = previous
        if previous == Self.none {
            nodes[Int(parent)].firstChild = Self.none
        } else {
            nodes[Int(previous)].next = Self.none
        }
        link(child, under: newParent)
    }

    /// Puts a copy of an element between another one and its children.
    mutating func wrapChildren(of parent: Index, inCopyOf index: Index) {
        let (first, last) = (self[parent].firstChild, self[parent].lastChild)
        (nodes[Int(parent)].firstChild, nodes[Int(parent)].lastChild) = (Self.none, Self.none)
        let copy = appendCopy(of: index, to: parent)
        (nodes[Int(copy)].firstChild, nodes[Int(copy)].lastChild) = (first, last)
        var child = first
        while child != Self.none {
            nodes[Int(child)].parent = copy
            child = self[child].next
        }
    }
}

// MARK: - Reading

extension HTMLTree {
    /// The text of a text node.
    func text(of index: Index) -> ArraySlice<UInt8> {
        guard self[index].name == .text else { return [] }
        return text[Int(self[index].start)..<Int(self[index].end)]
    }

    func attributes(of index: Index) -> ArraySlice<HTMLAttribute> {
        guard self[index].name != .text else { return [] }
        return attributes[Int(self[index].start)..<Int(self[index].end)]
    }

    /// The value of an attribute; nil when it is not there.
    func attribute(_ name: String, of index: Index) -> ArraySlice<UInt8>? {
        attributes(of: index).first { $0.name == name }?.value
    }

    /// The value of an attribute as text, white space collapsed; nil when there is none or it is empty.
    func string(_ name: String, of index: Index) -> String? {
        guard let value = attribute(name, of: index)?.collapsedHTML(), !value.isEmpty else { return nil }
        return String(decoding: value, as: UTF8.self)
    }

    /// Whether an attribute's value is a word, whatever its case.
    func has(_ name: String, _ word: StaticString, of index: Index) -> Bool {
        guard let value = attribute(name, of: index)?.trimmedHTML() else { return false }
        return value.count == word.utf8CodeUnitCount && value.hasWord(word, at: value.startIndex)
    }

    /// The words of an attribute such as `class`, in lower case.
    func words(_ name: String, of index: Index) -> [String] {
        guard let value = attribute(name, of: index) else { return [] }
        return value.split(whereSeparator: \.isHTMLSpace).prefix(64)
            .map { String(decoding: $0.prefix(64).map(\.lowercased), as: UTF8.self) }
    }

    /// Calls `enter` with each node from `root` on in the order of the page, and `leave` behind the children of those
    /// for which it answered true. Any depth, without recursion.
    func walk(from root: Index, enter: (Index) -> Bool, leave: (Index) -> Void = { _ in }) {
        var current = root
        while true {
            if enter(current) {
                let child = self[current].firstChild
                if child != Self.none {
                    current = child
                    continue
                }
                leave(current)
            }
            while current != root, self[current].next == Self.none {
                current = self[current].parent
                leave(current)
            }
            if current == root { return }
            current = self[current].next
        }
    }

    /// All text below a node, white space collapsed.
    func plainText(of root: Index, maximum: Int = 4096) -> String {
        var bytes: [UInt8] = []
        walk(
            from: root,
            enter: { index in
                if bytes.count < maximum { bytes += text(of: index).prefix(maximum) }
                return bytes.count < maximum
            })
        return String(decoding: bytes.collapsedHTML(), as: UTF8.self)
    }
}
