// SPDX-License-Identifier: Apache-2.0

/// What is known about each node of a page from all that is below it; found in one pass, for any depth.
struct HTMLFacts: Sendable {
    struct Flags: OptionSet, Sendable {
        let rawValue: UInt16

        /// The element itself is hidden from readers.
        static let isHidden = Flags(rawValue: 1)
        static let hasTable = Flags(rawValue: 2)
        static let hasHeaderCell = Flags(rawValue: 4)
        /// Text whose lines count.
        static let hasCodeBlock = Flags(rawValue: 8)
        static let hasMath = Flags(rawValue: 16)
        static let hasLink = Flags(rawValue: 32)
        static let hasImage = Flags(rawValue: 64)
        static let hasHeading = Flags(rawValue: 128)

        /// What the elements around it inherit.
        static let inherited = Flags(rawValue: ~1)
    }

    private var flags: [Flags]
    private var textBytes: [Int32]
    /// All nodes in the order of the page.
    let order: [HTMLTree.Index]

    init(_ tree: HTMLTree) {
        var order: [HTMLTree.Index] = []
        order.reserveCapacity(tree.nodes.count)
        tree.walk(
            from: HTMLTree.html,
            enter: { index in
                order.append(index)
                return true
            })
        self.order = order
        flags = [Flags](repeating: [], count: tree.nodes.count)
        textBytes = [Int32](repeating: 0, count: tree.nodes.count)
        for index in order.reversed() {
            let node = tree[index]
            let position = Int(index)
            if node.name == .text {
                textBytes[position] = Int32(clamping: tree.text(of: index).count { !$0.isHTMLSpace })
            } else {
                flags[position].formUnion(Self.own(index, node, tree, flags[position]))
                if Self.neverShown.contains(node.name) || flags[position].contains(.isHidden) {
                    textBytes[position] = 0
                }
            }
            guard node.parent != HTMLTree.none else { continue }
            textBytes[Int(node.parent)] &+= textBytes[position]
            var inherited = flags[position].intersection(.inherited)
            if let flag = Self.flag(of: node.name) { inherited.insert(flag) }
            flags[Int(node.parent)].formUnion(inherited)
        }
    }

    subscript(index: HTMLTree.Index) -> Flags { flags[Int(index)] }

    /// How many bytes of text a reader sees in a node, white space not counted.
    func textBytes(of index: HTMLTree.Index) -> Int { Int(textBytes[Int(index)]) }

    /// Elements whose content is no text of the page.
    static let neverShown: HTMLNameSet = [
        .head, .script, .style, .template, .noscript, .svg, .iframe, .noembed, .noframes, .canvas, .datalist, .select,
        .textarea, .input, .embed, .video, .audio, .title, .object, .applet, .meter, .progress,
    ]

    private static func flag(of name: HTMLName) -> Flags? {
        switch name {
        case .table: .hasTable
        case .th: .hasHeaderCell
        case .math: .hasMath
        case .a: .hasLink
        case .img: .hasImage
        case .h1, .h2, .h3, .h4, .h5, .h6: .hasHeading
        default: nil
        }
    }

    private static func own(_ index: HTMLTree.Index, _ node: HTMLTree.Node, _ tree: HTMLTree, _ flags: Flags) -> Flags {
        var own: Flags = []
        if node.name == .pre || node.name == .listing || node.name == .xmp { own.insert(.hasCodeBlock) }
        if isHidden(index, tree, hasMath: flags.contains(.hasMath)) { own.insert(.isHidden) }
        return own
    }

    /// Formulas are often there twice: as MathML that is not displayed, and as an image or text for the eye.
    private static func isHidden(_ index: HTMLTree.Index, _ tree: HTMLTree, hasMath: Bool) -> Bool {
        for attribute in tree.attributes(of: index) {
            switch attribute.name {
            case "hidden":
                let value = attribute.value.trimmedHTML()
                if !value.hasWord("until-found", at: value.startIndex) { return true }
            case "aria-hidden": if tree.has("aria-hidden", "true", of: index) { return true }
            case "style": if !hasMath, hidesByStyle(attribute.value) { return true }
            default: break
            }
        }
        return false
    }

    private static func hidesByStyle(_ style: ArraySlice<UInt8>) -> Bool {
        let plain = style.prefix(4096).filter { !$0.isHTMLSpace }
        for start in plain.indices where start == 0 || plain[start - 1] == UInt8(ascii: ";") {
            if plain.hasWord("display:none", at: start) || plain.hasWord("visibility:hidden", at: start) { return true }
        }
        return false
    }
}
