// SPDX-License-Identifier: Apache-2.0

internal import OVCore
internal import OVSystem

/// Tells which source texts are for git: what its form shows to be a repository, or, when the user names the fetcher,
/// whatever can be one.
enum GitRecognition {
    /// - Throws: `INVALID_URI` for what is meant for git and is not fetched.
    static func recognise(_ text: String, in context: SourceContext) throws(OVError) -> GitLocation? {
        if text.utf8.starts(with: "git+file:".utf8) {
            guard let path = try LocalPath.parse(String(text.dropFirst(4)), in: context) else { return nil }
            guard isRepository(path) else { throw notARepository(path) }
            return .local(path)
        }
        let isForGit = context.isFetcherNamed || text.utf8.starts(with: "git+".utf8)
        switch LocalPath.scheme(of: text) {
        case "http" where !isForGit, "https" where !isForGit: return try byItsForm(text)
        default: break
        }
        if let location = try GitLocation(remote: text) { return location }
        guard let path = try LocalPath.parse(text, in: context) else { return nil }
        if isBareRepository(path) { return .local(path) }
        guard context.isFetcherNamed else { return nil }
        guard isRepository(path) else { throw notARepository(path) }
        return .local(path)
    }

    /// Most URLs are those of pages, so only a form that pages do not have counts.
    private static func byItsForm(_ text: String) throws(OVError) -> GitLocation? {
        guard let url = try? WebURL(parsing: text) else { return nil }
        if let folder = Forge.folder(of: url) {
            let path = folder.path.isEmpty ? "" : " --arg path=\(folder.path)"
            throw GitLocation.refused(
                text, "it is a page about a folder of a repository",
                hint: "ingest \(folder.repository) --arg ref=\(folder.ref)\(path)")
        }
        var path = url.path.utf8[...]
        while path.last == UInt8(ascii: "/") { path.removeLast() }
        let isNamedLikeOne = path.suffix(4).elementsEqual(".git".utf8) && url.query == nil && url.fragment == nil
        guard isNamedLikeOne || Forge.repositoryPath(of: url) != nil else { return nil }
        return try GitLocation(remote: text)
    }

    private static func notARepository(_ path: String) -> OVError {
        OVError(
            .invalidURI, "'\(LocalPath.shown(path))' is no git repository",
            hint: "leave out the fetcher to ingest it as a folder")
    }

    // MARK: On this machine

    static func isRepository(_ path: String) -> Bool {
        (try? FileStatus(of: path + "/.git")) != nil || isBareRepository(path)
    }

    private static func isBareRepository(_ path: String) -> Bool {
        (try? FileStatus(of: path + "/HEAD"))?.kind == .file
            && (try? FileStatus(of: path + "/objects"))?.kind == .folder
            && (try? FileStatus(of: path + "/refs"))?.kind == .folder
    }
}
