// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// Decides which entries of a tree become documents, by the rules that hold for folders too.
struct GitSelection {
    /// A file that becomes a document.
    struct Document: Sendable {
        /// See `FetchedDocument.path`.
        let path: String
        let object: String
        let size: Int64
    }

    /// A symbolic link in the place of a document.
    struct Link: Sendable {
        let path: String
        /// Of the link itself, relative to the source's root.
        let rawPath: [UInt8]
        let object: String
        let size: Int64
    }

    private let request: FetchRequest
    private let filter: PathFilter
    private let exportIgnore: ExportIgnore
    /// How many bytes of raw paths belong to the folder that is the root.
    private let prefix: Int

    private var levels: [Level]
    /// The folder in hand, raw and canonical.
    private var folder: [UInt8] = []
    private var canonicalFolder: [UInt8] = []
    /// Canonical paths of documents and of folders that are taken.
    private var documentPaths: Set<String> = []
    private var folderPaths: Set<String> = []
    private var submodules = 0

    private(set) var kept: [KeptDocument] = []
    private(set) var unread: [Document] = []
    private(set) var links: [Link] = []
    private var warnings = WarningList()
    private var documents = 0
    private var bytes: Int64 = 0

    private struct Level {
        /// Where the folder ends in `folder`, and in `canonicalFolder`.
        let end: Int
        let canonicalEnd: Int
        /// Nil when it is left out with everything in it.
        let scope: PathFilter.Scope?
    }

    private static let slash = UInt8(ascii: "/")
    private static let shownSubmodules = 20

    /// - Throws: `FetchError` for a pattern that is wrong.
    init(_ request: FetchRequest, root: String, exportIgnore: ExportIgnore) throws(FetchError) {
        do { filter = try PathFilter(request.source.options) } catch {
            throw FetchError.permanent(cause: "invalid_argument", error.message, hint: error.hint)
        }
        self.request = request
        self.exportIgnore = exportIgnore
        prefix = root.isEmpty ? 0 : root.utf8.count + 1
        levels = [Level(end: 0, canonicalEnd: 0, scope: filter.scope(ignores: nil))]
    }

    /// - Parameter entry: one below the root.
    /// - Throws: `FetchError` over a limit.
    mutating func add(_ entry: GitTree.Entry) throws(FetchError) {
        let path = entry.path[prefix...]
        guard path.count <= 4 * VikingURI.maximumByteCount else {
            leaveOut(path, "the path has more than \(VikingURI.maximumByteCount) bytes")
            return
        }
        let nameStart = path.lastIndex(of: Self.slash).map { $0 + 1 } ?? path.startIndex
        enter(path[..<max(path.startIndex, nameStart - 1)], whole: entry.path)
        guard let level = levels.last, let scope = level.scope else { return }
        let rawName = path[nameStart...]
        guard let name = DocumentPath.canonical(rawName) else {
            leaveOut(path, "its name cannot stand in an address")
            return
        }
        let canonical = (canonicalFolder.isEmpty ? [] : canonicalFolder + [Self.slash]) + Array(name.path.utf8)
        let place = PathEntry(rawPath: path, rawName: rawName, path: canonical[...], name: ArraySlice(name.path.utf8))
        guard filter.admits(place, in: scope), !exportIgnore.paths.contains(entry.path) else { return }
        guard canonical.count <= VikingURI.maximumByteCount else {
            leaveOut(path, "the path has more than \(VikingURI.maximumByteCount) bytes")
            return
        }
        let text = String(decoding: canonical, as: UTF8.self)
        guard !folderPaths.contains(text), documentPaths.insert(text).inserted else {
            warn(text, "two names mean this path once they are brought to one spelling; only the first is here")
            return
        }
        if !name.isExact { warn(text, "its name has bytes that no address can have; they are written %XX here") }
        try take(entry, path, as: text)
    }

    private mutating func take(_ entry: GitTree.Entry, _ path: ArraySlice<UInt8>, as text: String) throws(FetchError) {
        switch entry.kind {
        case .file: try account(Document(path: text, object: entry.object, size: entry.size))
        case .link:
            links.append(Link(path: text, rawPath: Array(path), object: entry.object, size: entry.size))
        case .submodule:
            submodules += 1
            if submodules <= Self.shownSubmodules { warn(text, "a submodule, which is another repository; left out") }
        }
    }

    /// Counts a document in, and finds out whether it has to be read.
    /// - Throws: `FetchError` over a limit.
    mutating func account(_ document: Document) throws(FetchError) {
        let limits = request.limits
        guard document.size <= limits.documentBytes else {
            warnings.add(.tooLarge(document.path, document.size, limit: limits.documentBytes))
            return
        }
        documents += 1
        bytes += document.size
        guard documents <= limits.documentsPerIngest else {
            throw .limitExceeded("more than \(limits.documentsPerIngest) documents")
        }
        guard bytes <= limits.bytesPerIngest else { throw .limitExceeded("more than \(limits.bytesPerIngest) bytes") }
        if let validator = request.validators[document.path], validator.text == document.object {
            kept.append(KeptDocument(path: document.path, validator: validator))
        } else {
            unread.append(document)
        }
    }

    // MARK: Folders

    /// Goes to the folder of the next entry, by way of the folder that it shares with the one before.
    private mutating func enter(_ path: ArraySlice<UInt8>, whole: [UInt8]) {
        let common = zip(folder, path).prefix { $0 == $1 }.count
        while let level = levels.last, level.end > 0, !isWithin(level.end, common, path) { levels.removeLast() }
        let end = levels.last?.end ?? 0
        folder = Array(path)
        canonicalFolder.removeSubrange((levels.last?.canonicalEnd ?? 0)...)
        guard end < path.count else { return }
        var start = path.startIndex + (end == 0 ? 0 : end + 1)
        while start <= path.endIndex {
            let stop = path[start...].firstIndex(of: Self.slash) ?? path.endIndex
            let scope = open(path[start..<stop], path[..<stop], whole)
            levels.append(Level(end: stop - path.startIndex, canonicalEnd: canonicalFolder.count, scope: scope))
            start = stop + 1
        }
    }

    private func isWithin(_ end: Int, _ common: Int, _ path: ArraySlice<UInt8>) -> Bool {
        end <= common && (end == path.count || path.dropFirst(end).first == Self.slash)
    }

    /// - Returns: nil for a folder that is left out.
    private mutating func open(_ rawName: ArraySlice<UInt8>, _ path: ArraySlice<UInt8>, _ whole: [UInt8])
        -> PathFilter.Scope?
    {
        guard let outer = levels.last?.scope else { return nil }
        guard let name = DocumentPath.canonical(rawName) else {
            leaveOut(path, "its name cannot stand in an address")
            return nil
        }
        if !canonicalFolder.isEmpty { canonicalFolder.append(Self.slash) }
        canonicalFolder += name.path.utf8
        let place = PathEntry(
            rawPath: path, rawName: rawName, path: canonicalFolder[...], name: ArraySlice(name.path.utf8))
        guard let inner = filter.enter(place, from: outer),
            !exportIgnore.paths.contains(Array(whole.prefix(path.endIndex)))
        else { return nil }
        let text = String(decoding: canonicalFolder, as: UTF8.self)
        guard !documentPaths.contains(text) else {
            warn(text, "a file has the same name; what lies in the folder is left out")
            return nil
        }
        if folderPaths.insert(text).inserted, !name.isExact {
            warn(text, "its name has bytes that no address can have; they are written %XX here")
        }
        return inner
    }

    // MARK: Findings

    mutating func takeKept() -> [KeptDocument] {
        defer { kept = [] }
        return kept
    }

    /// What has to be said in the end.
    mutating func takeWarnings() -> [FetchWarning] {
        if submodules > Self.shownSubmodules {
            let message = "\(submodules - Self.shownSubmodules) more submodules are left out"
            warnings.add(FetchWarning(path: nil, message: message))
        }
        warnings.finish()
        return warnings.take()
    }

    var count: Int { documents }

    mutating func warn(_ path: String?, _ message: String) { warnings.add(FetchWarning(path: path, message: message)) }

    private mutating func leaveOut(_ path: ArraySlice<UInt8>, _ reason: String) {
        let start = String(decoding: path.prefix(100).map { $0 < 32 || $0 == 127 ? 63 : $0 }, as: UTF8.self)
        warn(nil, "left out, \(reason): \(start)\(path.count > 100 ? "…" : "")")
    }
}
