// SPDX-License-Identifier: Apache-2.0

/// The language of a block of code, as highlighters write it on the block, on what is in it or on what is around it.
enum CodeLanguage {
    static func of(_ block: HTMLTree.Index, _ tree: HTMLTree) -> String? {
        if let language = language(on: block, tree) { return language }
        var child = tree[block].firstChild
        while child != HTMLTree.none {
            if tree[child].name == .code { return language(on: child, tree) ?? around(block, tree) }
            child = tree[child].next
        }
        return around(block, tree)
    }

    /// What highlighters put around a block.
    private static let wrappers: HTMLNameSet = [
        .div, .figure, .span, .code, .table, .tbody, .tr, .td, .p, .other, .details,
    ]

    private static func around(_ block: HTMLTree.Index, _ tree: HTMLTree) -> String? {
        var current = tree[block].parent
        // Line numbers make a table of it.
        for _ in 0..<8 {
            guard current != HTMLTree.none, wrappers.contains(tree[current].name) else { return nil }
            if let language = language(on: current, tree) { return language }
            current = tree[current].parent
        }
        return nil
    }

    private static func language(on index: HTMLTree.Index, _ tree: HTMLTree) -> String? {
        let words = tree.words("class", of: index)
        for prefix in [
            "language-", "lang-", "highlight-source-", "highlight-text-", "brush:", "sourcecode-", "highlight-",
        ] {
            for word in words where word.hasPrefix(prefix) {
                if let language = valid(String(word.dropFirst(prefix.count))) { return language }
            }
        }
        // `brush: js`, Pandoc's `sourceCode js`, highlight.js's `hljs js`
        for (word, next) in zip(words, words.dropFirst()) where ["brush:", "sourcecode", "hljs"].contains(word) {
            if let language = valid(next) { return language }
        }
        for name in ["data-lang", "data-language"] {
            if let language = tree.string(name, of: index).flatMap({ valid($0.lowercased()) }) { return language }
        }
        return nil
    }

    /// What may stand behind a fence, and says something.
    private static func valid(_ text: String) -> String? {
        let plain = text.utf8.prefix { $0 != UInt8(ascii: ";") }
        let nothing: Set<String> = ["none", "plain", "default", "auto", "nohighlight", "text", "plaintext"]
        let language = String(decoding: Array(plain), as: UTF8.self)
        let isWord = plain.allSatisfy { $0.isAlphanumeric || "+#._-".utf8.contains($0) }
        return isWord && !plain.isEmpty && plain.count <= 30 && !nothing.contains(language) ? language : nil
    }
}
