// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVCore
internal import OVSystem

/// How a user writes a place on this machine: absolute, relative, `~/…`, `file://…`.
enum LocalPath {
    /// The absolute path that a source text means, without `.`, `..`, double slashes and a slash at the end.
    ///
    /// `..` is resolved by its letters, not by following links, so that the result does not depend on the disk.
    /// - Returns: nil for what is no local path: other URLs, nothing at all.
    /// - Throws: `INVALID_URI` for a `file:` URL that names nothing here, `PERMISSION_DENIED` for whatever is a path
    ///   when the context allows none.
    static func parse(_ text: String, in context: SourceContext) throws(OVError) -> String? {
        guard !text.isEmpty, !text.utf8.contains(0) else { return nil }
        let scheme = scheme(of: text)
        guard scheme == nil || scheme == "file" else { return nil }
        guard !context.allowsLocalPaths else { return try path(of: text, scheme, in: context) }
        // Whoever may name no place at all is not told what would be wrong with this one.
        guard !context.allowedFolders.isEmpty, text.utf8.first != UInt8(ascii: "~") else { throw refused }
        return try resolved(try path(of: text, scheme, in: context), below: context.allowedFolders)
    }

    private static var refused: OVError {
        OVError(
            .permissionDenied, "local paths are refused over the network",
            hint: "upload the file, or let the server's operator allow its folder with --allow-path")
    }

    /// A path without symbolic links, if it then lies in one of these folders.
    /// - Throws: `PERMISSION_DENIED`, in the same words whether or not there is something.
    private static func resolved(_ path: String, below folders: [String]) throws(OVError) -> String {
        func isAllowed(_ path: String) -> Bool {
            folders.contains { $0 == "/" || path == $0 || path.utf8.starts(with: ($0 + "/").utf8) }
        }
        guard let real = realpath(path, nil) else {
            // Of the folders that are allowed, it may be said that something is not there.
            if isAllowed(path) { return path }
            throw refused
        }
        defer { free(real) }
        let resolved = String(cString: real)
        guard isAllowed(resolved) else { throw refused }
        return resolved
    }

    private static func path(of text: String, _ scheme: String?, in context: SourceContext) throws(OVError) -> String {
        if scheme == "file" { return normalised(try path(ofFileURL: text)) }
        if text.utf8.first == UInt8(ascii: "/") { return normalised(text) }
        if text == "~" || text.utf8.starts(with: "~/".utf8) {
            guard let home = context.homeDirectory else {
                throw OVError(
                    .invalidURI, "'\(shown(text))' starts at your home folder, and it is not known where that is",
                    hint: "set HOME, or write the path out")
            }
            return normalised(home + "/" + text.dropFirst(1))
        }
        return normalised(context.workingDirectory + "/" + text)
    }

    /// The scheme of a URL in lower case; nil for what is a path.
    static func scheme(of text: String) -> String? {
        let bytes = text.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon != bytes.startIndex else { return nil }
        let name = String(text[..<colon]).lowercased()
        let isName = name.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || "+-.".utf8.contains($0)
        }
        guard isName, bytes[colon...].starts(with: "://".utf8) || name == "file" else { return nil }
        return name
    }

    private static func path(ofFileURL text: String) throws(OVError) -> String {
        var rest = Array(text.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst())[...]
        if rest.starts(with: "//".utf8) {
            rest = rest.dropFirst(2)
            let host = String(decoding: rest.prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self).lowercased()
            guard host.isEmpty || host == "localhost" else {
                throw OVError(
                    .invalidURI, "'\(shown(text))' names a file on another machine, '\(host.prefix(100))'",
                    hint: "write file:///absolute/path, with three slashes")
            }
            rest = rest.dropFirst(host.utf8.count)
        }
        guard rest.first == UInt8(ascii: "/") else {
            throw OVError(.invalidURI, "'\(shown(text))' has no absolute path", hint: "write file:///absolute/path")
        }
        let bytes = percentDecoded(rest.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        guard let bytes, !bytes.contains(0), let path = String(validating: bytes, as: UTF8.self) else {
            throw OVError(.invalidURI, "'\(shown(text))' is not validly percent-encoded UTF-8")
        }
        return path
    }

    private static func percentDecoded(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var (decoded, index): ([UInt8], Int) = ([], bytes.startIndex)
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "%") {
                let digits = String(decoding: bytes[index...].dropFirst().prefix(2), as: UTF8.self)
                guard digits.utf8.count == 2, let byte = UInt8(digits, radix: 16), digits.first != "+" else {
                    return nil
                }
                decoded.append(byte)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return decoded
    }

    private static func normalised(_ path: String) -> String {
        var segments: [Substring.UTF8View] = []
        for segment in path.utf8.split(separator: UInt8(ascii: "/")) {
            if segment.elementsEqual(".".utf8) { continue }
            if segment.elementsEqual("..".utf8) { segments = segments.dropLast() } else { segments.append(segment) }
        }
        return "/" + segments.map { String(Substring($0)) }.joined(separator: "/")
    }

    /// What stands behind the last slash.
    static func lastSegment(_ path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// A source text as it may stand in a message; what is no path may be an address with a password in it.
    static func shown(_ text: String) -> String {
        let isPath = text.utf8.first.map { "/.~".utf8.contains($0) } ?? true
        return isPath ? WebURL.readable(text) : WebURL.redacted(text)
    }

    /// What a resource from this place is called: the last part, as a segment of an address.
    static func suggestedName(_ path: String) -> String {
        guard let last = path.utf8.split(separator: UInt8(ascii: "/")).last else { return "root" }
        guard let name = DocumentPath.canonical(Array(last))?.path, VikingURI.isSegment(name) else { return "source" }
        return name
    }

    /// What lies at a path, links followed.
    /// - Returns: nil when nothing does.
    /// - Throws: `INVALID_URI` for what can be no source: a FIFO, a device, what may not be looked at.
    static func status(_ path: String) throws(OVError) -> FileStatus? {
        let status: FileStatus
        do {
            status = try FileStatus(of: path)
        } catch {
            if error.errno == ENOENT || error.errno == ENOTDIR { return nil }
            throw OVError(.invalidURI, "'\(shown(path))' cannot be looked at: \(error.reason)")
        }
        guard status.kind == .file || status.kind == .folder else {
            throw OVError(
                .invalidURI, "'\(shown(path))' is a \(status.noun), which cannot be a source",
                hint: "give a file or a folder")
        }
        return status
    }
}

// MARK: - What is missing

extension LocalPath {
    /// Says which part of a path is not there, and what was probably meant.
    static func missing(_ path: String) -> (message: String, hint: String) {
        var folder = ""
        for segment in path.utf8.split(separator: UInt8(ascii: "/")) {
            let name = String(Substring(segment))
            let next = folder + "/" + name
            if (try? FileStatus(of: next)) == nil {
                let place = folder.isEmpty ? "/" : folder
                let guess = nearestName(to: name, among: names(in: place))
                return (
                    next == path ? "there is no such file or folder" : "there is no folder '\(shown(next))'",
                    guess.map { "did you mean '\(shown(folder + "/" + $0))'?" }
                        ?? "check the path; relative ones start at the current folder"
                )
            }
            folder = next
        }
        return ("it is neither a file nor a folder", "give a file or a folder")
    }

    private static func names(in folder: String) -> [String] {
        guard let descriptor = try? Descriptor(opening: folder, O_RDONLY | O_DIRECTORY),
            let listing = try? FolderListing(of: descriptor, atMost: 10_000)
        else { return [] }
        return listing.entries.compactMap { String(validating: listing.name(of: $0), as: UTF8.self) }
    }
}
