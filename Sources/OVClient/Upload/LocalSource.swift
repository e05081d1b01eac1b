// SPDX-License-Identifier: Apache-2.0

internal import OVAPI
internal import OVCore
internal import OVSystem

/// A file or folder of this machine that is meant by a source text, for a server that cannot see it.
struct LocalSource: Hashable, Sendable {
    let path: String
    let isFolder: Bool

    /// - Returns: nil for a URL, for what a fetcher of the server is asked for by name, and for a path at which this
    ///   machine has nothing: the server may know better.
    init?(_ request: IngestRequest) {
        guard request.fetcher == nil, !request.path.isEmpty, !request.path.utf8.contains(0),
            !request.path.contains("://"), !request.path.lowercased().hasPrefix("file:")
        else { return nil }
        var path = request.path
        if path == "~" || path.hasPrefix("~/") {
            guard let home = request.homeDirectory else { return nil }
            path = home + path.dropFirst()
        } else if !path.hasPrefix("/") {
            path = request.workingDirectory + "/" + path
        }
        guard let status = try? FileStatus(of: path), status.kind == .file || status.kind == .folder else { return nil }
        (self.path, isFolder) = (path, status.kind == .folder)
    }

    /// What it is called: the last part of its path, or of that of the folder which `.` and `..` are.
    var name: String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.last.map(String.init) ?? "root"
    }
}
