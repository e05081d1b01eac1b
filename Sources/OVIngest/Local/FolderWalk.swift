// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVCore
internal import OVSystem

/// Walks a folder tree in the order of its bytes, and sorts what becomes a document into unchanged and to be read.
///
/// It looks at folders and file status only. Files are opened later, when it is known how many there are.
struct FolderWalk {
    /// A folder that the walk has still to look at.
    struct Folder {
        /// Raw bytes relative to the root; empty for the root.
        let rawPath: [UInt8]
        /// As documents in it are called, see `DocumentPath`; empty for the root.
        let path: String
        let scope: PathFilter.Scope
    }

    /// Files of one folder whose bytes are needed.
    struct Unread: Sendable {
        struct File: Sendable {
            let rawName: [UInt8]
            let path: String
            let size: Int64
            let isLink: Bool
        }

        /// The folder's raw path.
        let folder: [UInt8]
        var files: [File] = []
    }

    /// What is the same for the whole walk.
    struct Context {
        let filter: PathFilter
        let request: FetchRequest
        /// The root as the kernel spells it.
        let rootPath: [UInt8]
        /// The root's raw path in its work tree, with a slash; empty when it is in none.
        let prefix: [UInt8]
    }

    private let context: Context
    private var chain: FolderChain
    private var remaining: [Folder]

    private(set) var documents = 0
    private(set) var bytes: Int64 = 0
    private(set) var unread: [Unread] = []
    /// Since the last `takeFindings`.
    private(set) var kept: [KeptDocument] = []
    private var warnings = WarningList()

    /// - Throws: `FetchError`.
    init(_ request: FetchRequest, root: Descriptor, rootPath: [UInt8]) throws {
        let filter: PathFilter
        do { filter = try PathFilter(request.source.options) } catch {
            throw FetchError.permanent(cause: "invalid_argument", error.message, hint: error.hint)
        }
        let above: (scope: IgnoreScope?, prefix: [UInt8])
        do { above = try IgnoreFiles.above(rootPath) } catch {
            throw FetchError.source(request.source.location, error)
        }
        context = Context(filter: filter, request: request, rootPath: rootPath, prefix: above.prefix)
        chain = FolderChain(root: root)
        remaining = [Folder(rawPath: [], path: "", scope: filter.scope(ignores: above.scope))]
    }

    /// Looks at the next folder.
    /// - Returns: false when there is none.
    /// - Throws: `FetchError`, `CancellationError`.
    mutating func advance() throws -> Bool {
        try Task.checkCancellation()
        guard let folder = remaining.popLast() else {
            warnings.finish()
            return false
        }
        var visit = FolderVisit(folder, context)
        do {
            try visit.run(try chain.folder(at: folder.rawPath))
        } catch let error as SystemError {
            try handle(error, folder)
            return true
        }
        try add(visit)
        return true
    }

    /// What was found since the last call.
    mutating func takeFindings() -> (kept: [KeptDocument], warnings: [FetchWarning]) {
        defer { kept = [] }
        return (kept, warnings.take())
    }

    private mutating func add(_ visit: consuming FolderVisit) throws(FetchError) {
        let limits = context.request.limits
        documents += visit.kept.count + visit.unread.files.count
        bytes += visit.bytes
        guard documents <= limits.documentsPerIngest else {
            throw .limitExceeded("more than \(limits.documentsPerIngest) documents")
        }
        guard bytes <= limits.bytesPerIngest else { throw .limitExceeded("more than \(limits.bytesPerIngest) bytes") }
        kept += visit.kept
        if !visit.unread.files.isEmpty { unread.append(visit.unread) }
        remaining.append(contentsOf: visit.folders.reversed())
        for warning in visit.warnings { warnings.add(warning) }
    }

    private mutating func handle(_ error: SystemError, _ folder: Folder) throws(FetchError) {
        if folder.rawPath.isEmpty || error.isExhaustion {
            throw FetchError.source(context.request.source.location, error)
        }
        // Gone, or no folder any more, since its parent was listed.
        if [ENOENT, ENOTDIR, ELOOP].contains(error.errno) { return }
        warnings.add(.unchecked(folder.path, error))
    }
}

extension FetchWarning {
    /// Something that is there but cannot be looked at.
    static func unchecked(_ path: String, _ error: SystemError) -> FetchWarning {
        FetchWarning(path: path, message: "cannot \(error.operation) it: \(error.reason)", isUnchecked: true)
    }
}

extension FetchError {
    static func limitExceeded(_ what: String) -> FetchError {
        .permanent(
            cause: "limit_exceeded", "the source has \(what)",
            hint: "leave something out with --exclude or --ignore-dirs, or ingest a folder below it")
    }
}

extension SystemError {
    /// Whether it says something about this process or machine rather than about the file.
    var isExhaustion: Bool { [EMFILE, ENFILE, ENOMEM].contains(errno) }
}
