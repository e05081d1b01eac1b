// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// One run over a commit that is in the mirror.
struct GitRun: Sendable {
    let request: FetchRequest
    let arguments: GitArguments
    let mirror: GitMirror
    let probe: GitProbe
    let access: GitProgram.Access
    private(set) var commit: String
    /// Known once the commit's files are.
    private(set) var shape = Resource.Shape.tree

    init(
        request: FetchRequest, arguments: GitArguments, mirror: GitMirror, probe: GitProbe,
        access: GitProgram.Access, commit: String
    ) {
        self.request = request
        self.arguments = arguments
        self.mirror = mirror
        self.probe = probe
        self.access = access
        self.commit = commit
    }

    /// Does what reads from the mirror, and once more with a new mirror when the old one is broken.
    /// - Throws: what `work` throws.
    mutating func repairing<Result>(_ work: (inout GitRun) async throws -> Result) async throws -> Result {
        do {
            return try await work(&self)
        } catch let failure as GitFailure where !failure.isTimeout {
            try await renew()
            return try await work(&self)
        }
    }

    private mutating func renew() async throws {
        try mirror.discard()
        commit = try await mirror.bring(probe, access: access)
    }

    // MARK: Selecting

    /// Lists the commit and sorts what becomes a document into unchanged and to be read.
    /// - Throws: `GitFailure`, `FetchError`, `CancellationError`.
    mutating func select() async throws -> GitSelection {
        let root = arguments.path
        let paths = root.isEmpty ? [] : [root] + ExportIgnore.files(above: root)
        // Names that are left out count too, so this bounds only memory.
        let maximum = 4 * request.limits.documentsPerIngest + 1000
        let tree = try await GitTree.list(commit, paths: paths, in: mirror, atMost: maximum)
        let (inner, single) = try below(root, tree)
        if let single { return try await select(single) }
        let ignore = try await exportIgnore(tree)
        var selection = try GitSelection(request, root: root, exportIgnore: ignore.rules)
        if let warning = ignore.warning { selection.warn(nil, warning) }
        for (number, entry) in inner.enumerated() {
            if number % 1024 == 1023 { try Task.checkCancellation() }
            try selection.add(entry)
        }
        try await follow(inner, &selection)
        shape = .tree
        return selection
    }

    /// What lies below the root; or the root itself, when it is a file.
    private func below(_ root: String, _ tree: GitTree) throws(FetchError)
        -> (inner: [GitTree.Entry], single: GitTree.Entry?)
    {
        guard !root.isEmpty else { return (tree.entries, nil) }
        let start = Array(root.utf8)
        if let entry = tree.entries.first(where: { $0.path == start }) {
            guard entry.kind == .file else {
                throw .permanent(
                    cause: "source_gone",
                    "\(request.source.location) has a \(entry.kind == .link ? "symbolic link" : "submodule") at '\(root)'",
                    hint: "give the path of a folder or file with --arg path")
            }
            return ([], entry)
        }
        let inner = tree.entries.filter { $0.path.starts(with: start + [UInt8(ascii: "/")]) }
        guard !inner.isEmpty else {
            throw .permanent(
                cause: "source_gone", "\(request.source.location) has no '\(LocalPath.shown(root))'",
                hint: "check --arg path")
        }
        return (inner, nil)
    }

    private mutating func select(_ entry: GitTree.Entry) async throws -> GitSelection {
        let limit = min(request.limits.documentBytes, request.limits.bytesPerIngest)
        guard entry.size <= limit else {
            throw FetchError.permanent(
                cause: "limit_exceeded",
                "\(arguments.path) of \(request.source.location) has \(entry.size) bytes; one document may have \(limit)",
                hint: "split it, or leave out what nobody reads")
        }
        var selection = try GitSelection(request, root: "", exportIgnore: .none)
        try selection.account(GitSelection.Document(path: "", object: entry.object, size: entry.size))
        shape = .single
        return selection
    }

    /// A repository whose attributes git refuses to look at is fetched all the same.
    private func exportIgnore(_ tree: GitTree) async throws -> (rules: ExportIgnore, warning: String?) {
        do {
            return (try await ExportIgnore.find(in: tree, of: mirror), nil)
        } catch let failure as GitFailure where !failure.isTimeout {
            return (.none, "export-ignore is not applied: git says '\(failure.words)'")
        }
    }

    /// Delivers what links to files lead to in their place.
    private func follow(_ inner: [GitTree.Entry], _ selection: inout GitSelection) async throws {
        guard !selection.links.isEmpty else { return }
        let prefix = arguments.path.isEmpty ? 0 : arguments.path.utf8.count + 1
        let contents = try await GitBlobReader.contents(of: inner, in: mirror)
        let links = GitLinks(inner, prefix: prefix, targets: contents)
        var (left, example) = (0, "")
        for link in selection.links {
            switch links.target(of: link) {
            case .folder: break
            case .file(let entry):
                try selection.account(
                    GitSelection.Document(path: link.path, object: entry.object, size: entry.size))
            case .nothing:
                left += 1
                if example.isEmpty { example = link.path }
            }
        }
        guard left > 0 else { return }
        let words = left == 1 ? "1 symbolic link does" : "\(left) symbolic links do"
        let place = left == 1 ? example : "first: \(example)"
        selection.warn(
            nil, "\(words) not lead to a file of the source and \(left == 1 ? "is" : "are") left out (\(place))")
    }

    // MARK: Delivering

    /// Reads and delivers documents. When the mirror breaks off in the middle, it is made anew and the rest is read
    /// from there, provided that it has the same commit.
    /// - Throws: `GitFailure`, `FetchError`, `CancellationError`, what the sink throws.
    mutating func deliver(_ documents: [GitSelection.Document], into sink: any DocumentSink) async throws {
        let reader = GitBlobReader(mirror: mirror, request: request, sink: sink)
        if case .broken(let count, let failure) = try await reader.deliver(documents) {
            try Task.checkCancellation()
            guard !failure.isTimeout else { throw failure }
            let rest = try await remaining(after: documents[..<count])
            if case .broken(_, let failure) = try await reader.deliver(rest) { throw failure }
        }
        if let warning = reader.pointers.warning { await sink.warn(warning) }
    }

    /// Selects again from a new mirror, because what the broken one said of sizes may have been wrong too.
    private mutating func remaining(after delivered: ArraySlice<GitSelection.Document>) async throws
        -> [GitSelection.Document]
    {
        let before = commit
        try await renew()
        guard commit == before else {
            throw FetchError.transient(
                cause: "source_changed",
                "\(request.source.location) moved on while a broken mirror of it was made anew")
        }
        let paths = Set(delivered.map(\.path))
        return try await select().unread.filter { !paths.contains($0.path) }
    }
}
