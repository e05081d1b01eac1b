// SPDX-License-Identifier: Apache-2.0

/// Counts what an archive has that can be no document: one line for a thousand links.
struct LeftOutEntries {
    private var counts: [ArchiveEntry.Kind: Int] = [:]
    private var examples: [ArchiveEntry.Kind: String] = [:]
    /// Entries that no document's path fits.
    private var longPaths = 0
    private var unnamed = 0

    mutating func add(_ entry: ArchiveEntry) {
        counts[entry.kind, default: 0] += 1
        if examples[entry.kind] == nil { examples[entry.kind] = entry.path }
    }

    mutating func addLongPath() { longPaths += 1 }

    /// A warning that there is no room for.
    mutating func addUnshown() { unnamed += 1 }

    var warnings: [FetchWarning] {
        var lines: [String] = []
        for (kind, count) in counts.sorted(by: { $0.key.nouns.one < $1.key.nouns.one }) {
            let example = examples[kind] ?? ""
            lines.append(
                count == 1
                    ? "1 \(kind.nouns.one) was left out (\(example))"
                    : "\(count) \(kind.nouns.many) were left out (first: \(example))")
        }
        if longPaths > 0 { lines.append("\(longPaths) with a path that is too long for an address: left out") }
        if unnamed > 0 { lines.append("\(unnamed) more warnings are not shown") }
        return lines.map { FetchWarning(path: nil, message: $0) }
    }
}
