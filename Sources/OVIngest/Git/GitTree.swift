// SPDX-License-Identifier: Apache-2.0

internal import OVCore
internal import OVSystem

/// The files of a commit, in git's order.
struct GitTree: Sendable {
    struct Entry: Sendable {
        enum Kind: Hashable, Sendable {
            case file, link, submodule
        }

        let kind: Kind
        let object: String
        /// Bytes; zero for a submodule.
        let size: Int64
        /// Raw bytes, relative to the repository's root.
        let path: [UInt8]
    }

    private(set) var entries: [Entry] = []

    /// Bytes that all paths together may have, and one record of git's listing.
    private static let maximumPathBytes = 256 << 20
    private static let maximumRecord = 1 << 20

    /// Lists what lies at and below some paths; everything for no paths.
    /// - Parameter maximum: how many entries there may be.
    /// - Throws: `GitFailure`, `FetchError`, `CancellationError`.
    static func list(_ commit: String, paths: [String], in mirror: GitMirror, atMost maximum: Int) async throws
        -> GitTree
    {
        let command = ["ls-tree", "-r", "-z", "-l", "--full-tree", commit, "--"] + paths
        return try await mirror.git.stream(command, in: mirror.repository) { program in
            var tree = GitTree()
            var (pending, pathBytes): ([UInt8], Int) = ([], 0)
            while case let part = try await program.read(), !part.isEmpty {
                pending += part
                var start = 0
                while let end = pending[start...].firstIndex(of: 0) {
                    let entry = try Self.entry(pending[start..<end])
                    pathBytes += entry.path.count
                    tree.entries.append(entry)
                    guard tree.entries.count <= maximum, pathBytes <= maximumPathBytes else {
                        throw FetchError.limitExceeded("more than \(tree.entries.count - 1) names")
                    }
                    start = end + 1
                }
                pending.removeFirst(start)
                guard pending.count < maximumRecord else { throw FetchError.limitExceeded("a path without end") }
            }
            return tree
        }
    }

    /// Reads `<mode> <type> <object> <size>\t<path>`.
    private static func entry(_ record: ArraySlice<UInt8>) throws(GitFailure) -> Entry {
        let words = record.prefix { $0 != 9 }.split(separator: 32)
        guard words.count == 4, let tab = record.firstIndex(of: 9), words[2].allSatisfy(GitArguments.isHexadecimal)
        else { throw GitFailure(broken: "fatal: a line that is none", command: "ls-tree") }
        let kind: Entry.Kind =
            switch String(decoding: words[0], as: UTF8.self) {
            case "120000": .link
            case "160000": .submodule
            default: .file
            }
        let object = String(decoding: words[2], as: UTF8.self)
        // Git puts a word in the place of a size that it cannot find out.
        guard let size = kind == .submodule ? 0 : Int64(String(decoding: words[3], as: UTF8.self)), size >= 0 else {
            throw GitFailure(broken: "fatal: object \(object) is missing or damaged", command: "ls-tree")
        }
        return Entry(kind: kind, object: object, size: size, path: Array(record[(tab + 1)...]))
    }
}
