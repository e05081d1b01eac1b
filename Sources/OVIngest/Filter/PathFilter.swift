// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// Decides which paths of a tree become documents: one decision for every fetcher of trees, on every run.
///
/// In this order: what version control keeps for itself is always out; then ignore files, where the fetcher reads
/// them; then `--exclude` and `--ignore-dirs`; then `--include`. Whatever is out takes everything below it along.
package struct PathFilter: Sendable {
    private let included: [PathRule]
    private let excluded: [PathRule]

    /// Folders, or files in their place, in which version control systems keep their own data.
    static let internals = [".git", ".hg", ".svn", ".bzr", ".jj", "CVS", "_darcs"].map { Array($0.utf8) }

    /// - Throws: `INVALID_ARGUMENT` that says which pattern is wrong, and how.
    package init(_ options: Source.Options) throws(OVError) {
        var (included, excluded): ([PathRule], [PathRule]) = ([], [])
        for text in options.include { included.append(try PathRule(text)) }
        for text in options.exclude { excluded.append(try PathRule(text)) }
        for text in options.ignoredDirectories { excluded.append(try PathRule(text, isForFolders: true)) }
        self.included = included
        self.excluded = excluded
    }

    /// What holds in one folder.
    package struct Scope: Sendable {
        /// Whether a folder above was included by name, and with it everything below.
        fileprivate var isIncluded: Bool
        var ignores: IgnoreScope?
    }

    /// What holds at the top, under the ignore files that lie above it.
    func scope(ignores: IgnoreScope?) -> Scope { Scope(isIncluded: included.isEmpty, ignores: ignores) }

    /// The scope of a folder that lies in `scope`; nil when it is left out with everything below it.
    func enter(_ folder: PathEntry, from scope: Scope) -> Scope? {
        if isOut(folder, isFolder: true, in: scope) { return nil }
        var inner = scope
        inner.isIncluded = scope.isIncluded || included.contains { $0.matches(folder, isFolder: true) }
        return inner
    }

    /// Whether a file that lies in `scope` becomes a document.
    func admits(_ file: PathEntry, in scope: Scope) -> Bool {
        if isOut(file, isFolder: false, in: scope) { return false }
        return scope.isIncluded || included.contains { $0.matches(file, isFolder: false) }
    }

    private func isOut(_ entry: PathEntry, isFolder: Bool, in scope: Scope) -> Bool {
        if Self.isInternal(entry.rawName) { return true }
        if let ignores = scope.ignores, ignores.ignores(entry, isFolder: isFolder) { return true }
        return excluded.contains { $0.matches(entry, isFolder: isFolder) }
    }

    static func isInternal(_ name: ArraySlice<UInt8>) -> Bool {
        guard let first = name.first, first == 46 || first == 67 || first == 95 else { return false }
        return internals.contains { name.elementsEqual($0) }
    }
}

/// A place in a tree, twice: as the source spells it, and as its document is called.
struct PathEntry {
    /// Relative to the top of what ignore files talk about, which is the work tree where there is one.
    let rawPath: ArraySlice<UInt8>
    let rawName: ArraySlice<UInt8>
    /// Relative to the source's root, see `DocumentPath`.
    let path: ArraySlice<UInt8>
    let name: ArraySlice<UInt8>
}

/// One of the patterns that a user gives: `*.md` for names anywhere, `docs/*.md` for paths, `build/` for folders.
private struct PathRule: Sendable {
    private let pattern: PathPattern
    private let isForNames: Bool
    private let isForFolders: Bool

    init(_ text: String, isForFolders: Bool = false) throws(OVError) {
        var rest = text[...]
        let endsInSlash = rest.hasSuffix("/")
        while rest.hasSuffix("/") { rest.removeLast() }
        isForNames = !rest.contains("/")
        if rest.hasPrefix("./") { rest.removeFirst(2) } else if rest.hasPrefix("/") { rest.removeFirst() }
        guard !rest.isEmpty, rest != "." else {
            throw OVError(
                .invalidArgument, "the pattern '\(text.prefix(120))' matches nothing",
                hint: "write a name, or a path relative to the source: '*.md', 'docs/**'")
        }
        pattern = try PathPattern(String(rest), matchesNames: isForNames)
        self.isForFolders = isForFolders || endsInSlash
    }

    func matches(_ entry: PathEntry, isFolder: Bool) -> Bool {
        if isForFolders && !isFolder { return false }
        return pattern.matches(isForNames ? entry.name : entry.path)
    }
}

/// The ignore files that hold in a folder: its own, and those of the folders above.
final class IgnoreScope: Sendable {
    private let parent: IgnoreScope?
    private let rules: IgnoreRules
    /// How many bytes of a raw path come before what the rules are relative to.
    private let baseLength: Int

    init(_ rules: IgnoreRules, baseLength: Int, below parent: IgnoreScope?) {
        self.rules = rules
        self.baseLength = baseLength
        self.parent = parent
    }

    /// The nearest file that has a rule for it decides.
    fileprivate func ignores(_ entry: PathEntry, isFolder: Bool) -> Bool {
        var next: IgnoreScope? = self
        while let scope = next {
            let path = entry.rawPath.dropFirst(scope.baseLength)
            if let decision = scope.rules.decision(path: path, name: entry.rawName, isFolder: isFolder) {
                return decision
            }
            next = scope.parent
        }
        return false
    }
}
