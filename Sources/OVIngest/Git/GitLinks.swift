// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// Finds what the symbolic links of a tree lead to, without a file system: by the names in the tree.
struct GitLinks {
    /// The content of links by object.
    private let targets: [String: [UInt8]]
    private let entries: [ArraySlice<UInt8>: GitTree.Entry]
    /// Folders of the tree.
    private let folders: Set<ArraySlice<UInt8>>

    enum Target {
        case file(GitTree.Entry)
        /// Its files are documents at their own paths already.
        case folder
        case nothing
    }

    /// Longer ones lead nowhere on any system.
    static let maximumLength: Int64 = 4096
    private static let maximumHops = 20
    private static let slash = UInt8(ascii: "/")

    /// - Parameters:
    ///   - tree: everything below the root.
    ///   - prefix: how many bytes of the paths belong to the root.
    init(_ entries: some Sequence<GitTree.Entry>, prefix: Int, targets: [String: [UInt8]]) {
        var (byPath, folders): ([ArraySlice<UInt8>: GitTree.Entry], Set<ArraySlice<UInt8>>) = ([:], [])
        for entry in entries {
            let path = entry.path[prefix...]
            byPath[path] = entry
            var rest = path
            while let end = rest.lastIndex(of: Self.slash) {
                rest = rest[..<end]
                guard folders.insert(rest).inserted else { break }
            }
        }
        self.entries = byPath
        self.folders = folders
        self.targets = targets
    }

    /// Follows a link, and those that it leads to. A link in the place of a folder on the way is not followed.
    func target(of link: GitSelection.Link) -> Target {
        var (path, object) = (link.rawPath[...], link.object)
        for _ in 0..<Self.maximumHops {
            guard let text = targets[object], let next = resolve(text, from: path) else { return .nothing }
            guard let entry = entries[next[...]] else {
                return next.isEmpty || folders.contains(next[...]) ? .folder : .nothing
            }
            switch entry.kind {
            case .file: return .file(entry)
            case .submodule: return .nothing
            case .link: (path, object) = (next[...], entry.object)
            }
        }
        return .nothing
    }

    /// - Returns: nil when it leads out of the tree, or into what version control keeps for itself.
    private func resolve(_ text: [UInt8], from path: ArraySlice<UInt8>) -> [UInt8]? {
        guard !text.isEmpty, text.first != Self.slash else { return nil }
        var segments = path.split(separator: Self.slash).dropLast()
        for segment in text.split(separator: Self.slash) {
            if segment.elementsEqual(".".utf8) { continue }
            if segment.elementsEqual("..".utf8) {
                guard segments.popLast() != nil else { return nil }
            } else {
                guard !PathFilter.isInternal(segment) else { return nil }
                segments.append(segment)
            }
        }
        return Array(segments.joined(separator: [Self.slash]))
    }
}
