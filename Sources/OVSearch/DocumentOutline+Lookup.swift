// SPDX-License-Identifier: Apache-2.0

extension DocumentOutline {
    /// The sections that a text names by headings, from any of them inwards: `Linux`, `Install > Linux`. Letters count
    /// in either case. When one is named from the top it is the only one meant, unless there are several such.
    package func sections(named name: String) -> [Int] {
        let wanted = name.lowercased()
        let parts = wanted.split(separator: ">").map { Self.trimmed($0) }.filter { !$0.isEmpty }
        let single = Self.trimmed(wanted[...])
        var (exact, ending): ([Int], [Int]) = ([], [])
        for index in sections.indices {
            let path = headingPath(of: index).map { Self.trimmed($0.lowercased()[...]) }
            // A heading may have the sign in it.
            if path == parts || path == [single] {
                exact.append(index)
            } else if path.suffix(parts.count) == parts[...] || path.last == single {
                ending.append(index)
            }
        }
        guard !parts.isEmpty else { return [] }
        return exact.isEmpty ? ending : exact
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
