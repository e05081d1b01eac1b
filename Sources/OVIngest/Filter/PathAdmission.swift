// SPDX-License-Identifier: Apache-2.0

/// Applies a filter to whole paths, for sources that are not walked folder by folder.
struct PathAdmission: Sendable {
    private let filter: PathFilter
    private let top: PathFilter.Scope
    /// The last path's folder, with its slash, because paths come in groups; and what holds in it, if it is not out.
    private var folder: ArraySlice<UInt8> = []
    private var scope: PathFilter.Scope?

    init(_ filter: PathFilter) {
        self.filter = filter
        top = filter.scope(ignores: nil)
        scope = top
    }

    /// Whether the file at a canonical path becomes a document.
    mutating func admits(_ path: String) -> Bool {
        let bytes = Array(path.utf8)
        let start = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        if bytes[..<start] != folder {
            folder = bytes[..<start]
            scope = enter(folder)
        }
        guard let scope else { return false }
        return filter.admits(Self.entry(bytes[...], from: start), in: scope)
    }

    /// Whether files below a canonical path may become documents.
    func admitsFolder(_ path: String) -> Bool { enter((Array(path.utf8) + [UInt8(ascii: "/")])[...]) != nil }

    private func enter(_ folder: ArraySlice<UInt8>) -> PathFilter.Scope? {
        var (scope, start) = (top, 0)
        for (index, byte) in folder.enumerated() where byte == UInt8(ascii: "/") {
            guard let inner = filter.enter(Self.entry(folder[..<index], from: start), from: scope) else { return nil }
            (scope, start) = (inner, index + 1)
        }
        return scope
    }

    private static func entry(_ path: ArraySlice<UInt8>, from start: Int) -> PathEntry {
        PathEntry(rawPath: path, rawName: path[start...], path: path, name: path[start...])
    }
}
