// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Entries below a folder, drawn as a tree.
struct TreeDrawing {
    let root: String
    let entries: [Entry]

    var text: String {
        let nodes = entries.map { entry in (path: entry.relativePath.split(separator: "/"), entry: entry) }
            .sorted { $0.path.lexicographicallyPrecedes($1.path) }
        var lines: [String] = []
        // From the end: a level goes on below an entry exactly when a later one stands there before the level ends.
        var goesOn: [Bool] = []
        for (path, entry) in nodes.reversed() {
            let depth = max(0, path.count - 1)
            if goesOn.count > depth + 1 { goesOn.removeSubrange((depth + 1)...) }
            while goesOn.count <= depth { goesOn.append(false) }
            var line = goesOn[..<depth].map { $0 ? "│   " : "    " }.joined()
            line += goesOn[depth] ? "├── " : "└── "
            goesOn[depth] = true
            lines.append(line + DisplayText.line(entry.name) + (entry.isFolder ? "/" : "") + "\n")
        }
        let folders = entries.count(where: \.isFolder)
        let documents = entries.count - folders
        let counts = "\(HumanFormat.count(folders, "folder")), \(HumanFormat.count(documents, "document"))"
        return "\(DisplayText.line(root))\n\(lines.reversed().joined())\n\(counts)\n"
    }
}
