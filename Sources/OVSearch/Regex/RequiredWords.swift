// SPDX-License-Identifier: Apache-2.0

/// What a text must have in its words to match a pattern, as far as that can be said: of each group at least one, as a
/// part of a word. Only letters and digits of ASCII count, without case, because a run of these lies in one word of an
/// index whatever stands around it.
package struct RequiredWords: Hashable, Sendable {
    /// Folded, each at least `leastLength` long.
    private(set) var groups: [[[UInt8]]] = []

    /// Shorter ones are in too many words.
    static let leastLength = 3
    private static let (maximumGroups, maximumAlternatives) = (4, 32)

    /// - Returns: nil for a pattern of which nothing can be said.
    init?(_ node: RegexNode) {
        var finder = Finder()
        finder.visit(node)
        finder.close()
        groups = Array(finder.groups.sorted { Self.weight($0) > Self.weight($1) }.prefix(Self.maximumGroups))
        if groups.isEmpty { return nil }
    }

    /// How much a group can be expected to leave out.
    private static func weight(_ group: [[UInt8]]) -> Int { (group.map(\.count).min() ?? 0) * 100 - group.count }

    private struct Finder {
        var groups: [[[UInt8]]] = []
        private var run: [UInt8] = []

        mutating func close() {
            if run.count >= RequiredWords.leastLength { groups.append([run]) }
            run = []
        }

        mutating func visit(_ node: RegexNode) {
            switch node {
            case .empty, .assertion: return
            case .scalars(let set):
                if let byte = Self.letter(of: set) { return run.append(byte) }
                close()
            case .sequence(let nodes): for node in nodes { visit(node) }
            case .repeated(let node, let lower, let upper):
                if lower == 1, upper == 1 { return visit(node) }
                close()
                guard lower > 0 else { return }
                visit(node)
                close()
            case .alternatives(let nodes):
                close()
                if let group = Self.group(of: nodes) { groups.append(group) }
            }
        }

        /// The best of each alternative; nil where there is one of which nothing can be said.
        private static func group(of nodes: [RegexNode]) -> [[UInt8]]? {
            var group: [[UInt8]] = []
            for node in nodes {
                guard let words = RequiredWords(node), let best = words.groups.first else { return nil }
                group.append(contentsOf: best)
                guard group.count <= RequiredWords.maximumAlternatives else { return nil }
            }
            return group
        }

        /// The one letter or digit that all characters of a set are folded to, if there is one.
        private static func letter(of set: ScalarSet) -> UInt8? {
            guard set.ranges.count <= 4, set.ranges.allSatisfy({ $0.count <= 2 }) else { return nil }
            var letter: UInt8?
            for value in set.ranges.joined() {
                guard let scalar = Unicode.Scalar(value) else { return nil }
                let folded = value < 128 ? [UInt8(value).lowercased] : ScalarFolding.fold(scalar)
                guard folded.count == 1, folded[0].isLetter || folded[0].isDigit else { return nil }
                guard letter == nil || letter == folded[0] else { return nil }
                letter = folded[0]
            }
            return letter
        }
    }
}
