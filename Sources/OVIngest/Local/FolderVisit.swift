// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVCore
internal import OVSystem

/// One look at one folder: which of its files are documents, which of them have to be read, what lies below.
struct FolderVisit {
    private let folder: FolderWalk.Folder
    private let context: FolderWalk.Context
    private var scope: PathFilter.Scope
    /// Raw and canonical path of the entry in hand; used again for each.
    private var rawPath: [UInt8]
    private var path: [UInt8]
    /// Whether all names are canonical as they stand, as nearly always.
    private var namesAreExact = true
    /// Canonical names so far, where two names can have the same.
    private var taken: Set<String> = []

    private(set) var kept: [KeptDocument] = []
    private(set) var unread: FolderWalk.Unread
    private(set) var folders: [FolderWalk.Folder] = []
    private(set) var warnings: [FetchWarning] = []
    /// Of kept and unread documents together.
    private(set) var bytes: Int64 = 0

    init(_ folder: FolderWalk.Folder, _ context: FolderWalk.Context) {
        self.folder = folder
        self.context = context
        scope = folder.scope
        rawPath = context.prefix + folder.rawPath
        path = Array(folder.path.utf8)
        if !folder.rawPath.isEmpty {
            rawPath.append(UInt8(ascii: "/"))
            path.append(UInt8(ascii: "/"))
        }
        unread = FolderWalk.Unread(folder: folder.rawPath)
    }

    /// - Throws: `SystemError` when the folder cannot be looked at; `FetchError`; `CancellationError`.
    mutating func run(_ descriptor: Descriptor) throws {
        // Names that are left out count too, so this bounds only memory.
        let maximum = 4 * context.request.limits.documentsPerIngest + 1000
        let listing = try FolderListing(of: descriptor, atMost: maximum)
        guard !listing.isTruncated else { throw FetchError.limitExceeded("a folder with more than \(maximum) names") }
        scope.ignores = try IgnoreFiles.scope(
            of: listing, in: descriptor, baseLength: rawPath.count, below: folder.scope.ignores)
        namesAreExact = listing.entries.allSatisfy { isExact(listing.name(of: $0)) }
        let (rawStart, start) = (rawPath.count, path.count)
        for (index, entry) in listing.entries.enumerated() {
            if index % 256 == 255 { try Task.checkCancellation() }
            let raw = listing.name(of: entry)
            let name = canonicalName(raw)
            rawPath += raw
            path += name
            do {
                try look(at: entry, PathName(raw: raw, canonical: name), listing, descriptor)
            } catch {
                if error.isExhaustion { throw error }
                if error.errno != ENOENT { warnings.append(.unchecked(String(decoding: path, as: UTF8.self), error)) }
            }
            rawPath.removeSubrange(rawStart...)
            path.removeSubrange(start...)
        }
    }

    private struct PathName {
        let raw: ArraySlice<UInt8>
        let canonical: ArraySlice<UInt8>
    }

    private func isExact(_ name: ArraySlice<UInt8>) -> Bool {
        name.allSatisfy { $0 >= 32 && $0 < 127 } && name != [UInt8(ascii: "~")]
    }

    private func canonicalName(_ raw: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard !namesAreExact else { return raw }
        // An address cannot have a segment `~`.
        if raw == [UInt8(ascii: "~")] { return ArraySlice("%7E".utf8) }
        return DocumentPath.canonical(raw).map { ArraySlice($0.path.utf8) } ?? raw
    }

    private mutating func look(
        at entry: FolderListing.Entry, _ name: PathName, _ listing: FolderListing, _ descriptor: Descriptor
    ) throws(SystemError) {
        let known = entry.kind == nil ? try listing.status(of: entry, in: descriptor) : nil
        let place = PathEntry(rawPath: rawPath[...], rawName: name.raw, path: path[...], name: name.canonical)
        switch entry.kind ?? known?.kind ?? .other {
        case .folder:
            guard let inner = context.filter.enter(place, from: scope), claim(name) else { return }
            folders.append(
                FolderWalk.Folder(
                    rawPath: Array(rawPath[context.prefix.count...]), path: String(decoding: path, as: UTF8.self),
                    scope: inner))
        case .file:
            guard context.filter.admits(place, in: scope), claim(name) else { return }
            // It may be something else by now, which is then dealt with when it is read.
            let status = if let known { known } else { try listing.status(of: entry, in: descriptor) }
            account(name, status, isLink: false)
        case .symbolicLink:
            guard context.filter.admits(place, in: scope), claim(name) else { return }
            switch try LinkTarget(of: name.raw, in: descriptor, root: context.rootPath) {
            case .file(_, let status): account(name, status, isLink: true)
            case .folderInside: return
            case .refused(let reason): warn(reason)
            }
        case .other:
            guard context.filter.admits(place, in: scope), claim(name) else { return }
            let status = if let known { known } else { try listing.status(of: entry, in: descriptor) }
            warn("a \(status.noun); left out")
        }
    }

    /// Takes an entry's canonical path for it.
    /// - Returns: false when it cannot have it.
    private mutating func claim(_ name: PathName) -> Bool {
        guard path.count <= VikingURI.maximumByteCount else {
            // No document can have such a path, so there is nothing to keep either.
            let start = String(decoding: path.prefix(100), as: UTF8.self)
            let message = "left out, the path has more than \(VikingURI.maximumByteCount) bytes: \(start)…"
            warnings.append(FetchWarning(path: nil, message: message))
            return false
        }
        guard !namesAreExact else { return true }
        guard taken.insert(String(decoding: name.canonical, as: UTF8.self)).inserted else {
            warn("two names mean this path once they are brought to one spelling; only the first is here")
            return false
        }
        if !isExact(name.raw), !(DocumentPath.canonical(name.raw)?.isExact ?? false) || name.raw == [126] {
            warn("its name has bytes that no address can have; they are written %XX here")
        }
        return true
    }

    private mutating func warn(_ message: String) {
        warnings.append(FetchWarning(path: String(decoding: path, as: UTF8.self), message: message))
    }

    private mutating func account(_ name: PathName, _ status: FileStatus, isLink: Bool) {
        let limit = context.request.limits.documentBytes
        let path = String(decoding: self.path, as: UTF8.self)
        guard status.size <= limit else {
            warnings.append(.tooLarge(path, status.size, limit: limit))
            return
        }
        bytes += status.size
        if let validator = context.request.validators[path], FileValidator.matches(validator, status) {
            kept.append(KeptDocument(path: path, validator: validator))
        } else {
            unread.files.append(
                FolderWalk.Unread.File(rawName: Array(name.raw), path: path, size: status.size, isLink: isLink))
        }
    }
}

extension FetchWarning {
    /// A document that is there and is not read; what there was of it before stays.
    static func tooLarge(_ path: String, _ size: Int64, limit: Int64) -> FetchWarning {
        FetchWarning(
            path: path, message: "left out: it has \(size) bytes, one document may have \(limit)", isUnchecked: true)
    }
}
