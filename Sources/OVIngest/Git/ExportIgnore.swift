// SPDX-License-Identifier: Apache-2.0

internal import OVCore
internal import OVSystem

/// Which files and folders of a commit `.gitattributes` keep out of exports (`export-ignore`), by git's own rules.
///
/// Git reads attributes from an index, so it gets one that has nothing but the commit's `.gitattributes` files.
struct ExportIgnore: Sendable {
    /// Raw paths, of folders without a slash at the end.
    private(set) var paths: Set<[UInt8]> = []

    private static let fileName = Array(".gitattributes".utf8)

    static let none = ExportIgnore()

    /// The paths of `.gitattributes` files that hold for a folder from above it.
    static func files(above path: String) -> [String] {
        var (files, folder) = ([".gitattributes"], "")
        for segment in path.split(separator: "/") {
            folder += segment + "/"
            files.append(folder + ".gitattributes")
        }
        return path.isEmpty ? [] : files
    }

    /// - Parameter tree: with the `.gitattributes` above what it lists, too.
    /// - Throws: `GitFailure`, `FetchError`, `CancellationError`.
    static func find(in tree: GitTree, of mirror: GitMirror) async throws -> ExportIgnore {
        let files = tree.entries.filter { entry in
            entry.kind == .file && isUsable(entry.path)
                && entry.path.suffix(fileName.count).elementsEqual(fileName)
                && (entry.path.count == fileName.count || entry.path.dropLast(fileName.count).last == slash)
        }
        guard !files.isEmpty else { return .none }
        let index = mirror.repository + "/attributes.index"
        let variables = ["GIT_INDEX_FILE": index]
        defer { for name in [index, index + ".lock"] { try? Descriptor.removeFile(name) } }
        for name in [index, index + ".lock"] { try? Descriptor.removeFile(name) }
        var lines: [UInt8] = []
        for file in files { lines += Array("100644 \(file.object)\t".utf8) + file.path + [0] }
        _ = try await mirror.git.stream(
            ["update-index", "-z", "--index-info"], in: mirror.repository, variables: variables, input: lines
        ) { _ in }
        return try await ask(about: tree, mirror, variables)
    }

    private static func ask(about tree: GitTree, _ mirror: GitMirror, _ variables: [String: String]) async throws
        -> ExportIgnore
    {
        try await mirror.git.stream(
            ["check-attr", "--cached", "-z", "--stdin", "export-ignore"], in: mirror.repository, variables: variables,
            input: question(about: tree)
        ) { program in
            var result = ExportIgnore()
            var pending: [UInt8] = []
            while case let part = try await program.read(), !part.isEmpty {
                pending += part
                // Triples: path, attribute, value.
                let fields = pending.split(separator: 0, omittingEmptySubsequences: false).dropLast()
                let whole = fields.prefix(fields.count / 3 * 3)
                for start in stride(from: whole.startIndex, to: whole.endIndex, by: 3)
                where whole[start + 2].elementsEqual("set".utf8) {
                    let path = whole[start]
                    result.paths.insert(Array(path.last == slash ? path.dropLast() : path))
                }
                if let last = whole.last { pending.removeFirst(last.endIndex + 1) }
            }
            return result
        }
    }

    /// All files, and before the first file in it each folder, with a slash behind it as git wants it.
    private static func question(about tree: GitTree) -> [UInt8] {
        var (question, asked): ([UInt8], Set<ArraySlice<UInt8>>) = ([], [])
        for entry in tree.entries where isUsable(entry.path) {
            var folders: [ArraySlice<UInt8>] = []
            var rest = entry.path[...]
            while let end = rest.lastIndex(of: slash) {
                rest = rest[..<end]
                guard asked.insert(rest).inserted else { break }
                folders.append(rest)
            }
            for folder in folders.reversed() { question += folder + [slash, 0] }
            question += entry.path + [0]
        }
        return question
    }

    private static let slash = UInt8(ascii: "/")

    /// Git refuses to talk about other paths at all, and documents they cannot be.
    private static func isUsable(_ path: [UInt8]) -> Bool {
        guard path.count <= 4 * VikingURI.maximumByteCount else { return false }
        return !path.split(separator: slash, omittingEmptySubsequences: false).contains { segment in
            segment.isEmpty || segment.elementsEqual(".".utf8) || segment.elementsEqual("..".utf8)
                || PathFilter.isInternal(segment)
        }
    }
}
