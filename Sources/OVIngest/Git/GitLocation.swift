// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// Where a repository is: one of the three ways that are fetched from, each in its one spelling.
enum GitLocation: Hashable, Sendable {
    /// Smart HTTP; no user information, query or fragment.
    case web(WebURL)
    case secureShell(SecureShell)
    /// An absolute path.
    case local(String)

    struct SecureShell: Hashable, Sendable {
        let user: String?
        /// A name in ASCII and lower case, or an address; IPv6 without brackets.
        let host: String
        let port: UInt16
        /// As it is told to the other side. Without a slash in front it begins at the user's home folder there.
        let path: String
    }

    /// What is stored as the source's location; `init(stored:)` reads it again.
    var text: String {
        switch self {
        case .web(let url): return url.text
        case .local(let path): return path
        case .secureShell(let shell):
            let name = shell.host.utf8.contains(UInt8(ascii: ":")) ? "[\(shell.host)]" : shell.host
            let place = (shell.user.map { $0 + "@" } ?? "") + name
            // Only the form with a colon can say a relative path, and only the other one a port.
            guard shell.path.utf8.first == UInt8(ascii: "/") else { return "\(place):\(shell.path)" }
            return "ssh://\(place)\(shell.port == 22 ? "" : ":\(shell.port)")\(shell.path)"
        }
    }

    /// What a resource from this place is called.
    var suggestedName: String {
        let path =
            switch self {
            case .web(let url): WebURLReader.percentDecoded(Array(url.path.utf8))
            case .secureShell(let shell): Array(shell.path.utf8)
            case .local(let path): Array(path.utf8)
            }
        for segment in path.split(separator: UInt8(ascii: "/")).reversed() {
            let name = segment.suffix(4).elementsEqual(".git".utf8) ? segment.dropLast(4) : segment
            guard !name.isEmpty, let text = DocumentPath.canonical(name)?.path, VikingURI.isSegment(text) else {
                continue
            }
            return text
        }
        return "repository"
    }
}

// MARK: - Reading

extension GitLocation {
    /// Reads a location that is none of this machine: `git@host:path`, `ssh://…`, `https://…`, with `git+` in front or
    /// not.
    /// - Returns: nil for what has neither of these forms. Whether there is a repository is another question.
    /// - Throws: `INVALID_URI` for what git would take and we do not.
    init?(remote text: String) throws(OVError) {
        let rest = text.utf8.starts(with: "git+".utf8) ? String(text.dropFirst(4)) : text
        switch LocalPath.scheme(of: rest) {
        case "http", "https": self = .web(try Self.web(rest))
        case "ssh", "ssh+git":
            self = .secureShell(try Self.secureShell(ofURL: rest))
        case "git":
            throw Self.refused(
                rest, "the git:// protocol tells nobody who answers, and is not fetched from",
                hint: "write https:// or ssh:// instead")
        case .some: return nil
        case nil:
            if let helper = Self.transportHelper(rest) {
                throw Self.refused(
                    rest, "'\(helper)::' would run a program of git's choice",
                    hint: "write the repository's own address")
            }
            guard let shell = try Self.secureShell(ofShortForm: rest) else { return nil }
            self = .secureShell(shell)
        }
    }

    /// Reads what `text` has made.
    /// - Throws: `FetchError`, permanent.
    init(stored text: String) throws(FetchError) {
        if text.utf8.first == UInt8(ascii: "/") {
            self = .local(text)
            return
        }
        do throws(OVError) {
            if let location = try GitLocation(remote: text) {
                self = location
                return
            }
        } catch {
            throw .permanent(cause: "invalid_argument", error.message, hint: error.hint)
        }
        throw .permanent(
            cause: "invalid_argument", "'\(WebURL.redacted(text))' is no git repository's address",
            hint: "ingest the source anew")
    }

    private static func web(_ text: String) throws(OVError) -> WebURL {
        let url = try WebURL(parsing: text)
        guard url.userInformation == nil else {
            throw refused(
                text, "a URL with a user or password in it would show them in lists and logs",
                hint: "leave them out, and give them with --arg auth=env:NAME")
        }
        guard url.query == nil, url.fragment == nil else {
            throw refused(text, "a repository's URL has no '?' or '#'", hint: "name a branch with --arg ref=NAME")
        }
        let path = Forge.repositoryPath(of: url) ?? trimmed(url.path)
        return WebURL(
            scheme: url.scheme, userInformation: nil, host: url.host, port: url.port, path: path, query: nil,
            fragment: nil)
    }

    static func refused(_ text: String, _ reason: String, hint: String) -> OVError {
        OVError(.invalidURI, "'\(WebURL.redacted(text))' cannot be fetched: \(reason)", hint: hint)
    }

    private static func trimmed(_ path: String) -> String {
        var bytes = path.utf8[...]
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        return String(Substring(bytes))
    }

    /// `ext` of `ext::sh -c …`.
    private static func transportHelper(_ text: String) -> String? {
        let name = text.utf8.prefix { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        guard !name.isEmpty, text.utf8.dropFirst(name.count).starts(with: "::".utf8) else { return nil }
        return String(Substring(name))
    }

    fileprivate static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
    }
}

// MARK: - Secure shell

extension GitLocation {
    /// `ssh://user@host:port/path`.
    private static func secureShell(ofURL text: String) throws(OVError) -> SecureShell {
        let rest = Array(text.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst(3))
        let place = rest.prefix { $0 != UInt8(ascii: "/") }
        let path = WebURLReader.percentDecoded(Array(rest.dropFirst(place.count)))
        var (host, port, user) = (place, UInt16(22), ArraySlice<UInt8>?.none)
        if let at = place.lastIndex(of: UInt8(ascii: "@")) { (user, host) = (place[..<at], place[(at + 1)...]) }
        if let colon = host.lastIndex(of: UInt8(ascii: ":")), host.last != UInt8(ascii: "]") {
            guard let number = UInt16(String(decoding: host[(colon + 1)...], as: UTF8.self)), number > 0 else {
                throw refused(text, "its port is no number", hint: "write ssh://user@host:port/path")
            }
            (host, port) = (host[..<colon], number)
        }
        return try checked(text, user: user, host, port, path)
    }

    /// `user@host:path`. Without a user it could as well be a file with a colon in its name.
    private static func secureShell(ofShortForm text: String) throws(OVError) -> SecureShell? {
        let bytes = Array(text.utf8)
        let start = bytes.prefix { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "[") }
        guard let at = start.lastIndex(of: UInt8(ascii: "@")), at > 0 else { return nil }
        var host = start[(at + 1)...]
        if host.isEmpty, bytes.dropFirst(at + 1).first == UInt8(ascii: "[") {
            host = bytes[(at + 1)...].prefix { $0 != UInt8(ascii: "]") }
            host = bytes[host.startIndex..<min(bytes.endIndex, host.endIndex + 1)]
        }
        let rest = bytes[host.endIndex...]
        guard rest.first == UInt8(ascii: ":"), !host.isEmpty else { return nil }
        return try checked(text, user: start[..<at], host, 22, Array(rest.dropFirst()))
    }

    /// Whatever reaches the other side's shell or our own command lines is checked here.
    private static func checked(
        _ text: String, user: ArraySlice<UInt8>?, _ host: ArraySlice<UInt8>, _ port: UInt16, _ path: [UInt8]
    ) throws(OVError) -> SecureShell {
        let hint = "write git@host:path or ssh://user@host:port/path"
        if let user {
            if user.contains(UInt8(ascii: ":")) {
                throw refused(text, "ssh takes no password from a URL", hint: "let ssh use a key")
            }
            let isName = user.allSatisfy { isLetterOrDigit($0) || "._-+".utf8.contains($0) }
            guard !user.isEmpty, isName, user.first != UInt8(ascii: "-") else {
                throw refused(text, "its user is no user name", hint: hint)
            }
        }
        let name: String
        do { name = try WebHost.parse(host) } catch { throw refused(text, error.message, hint: hint) }
        guard name.utf8.first != UInt8(ascii: "-") else { throw refused(text, "its host is none", hint: hint) }
        guard let path = String(validating: path, as: UTF8.self).map(trimmed), path != "", path != "/",
            path.utf8.first != UInt8(ascii: "-"), path.utf8.allSatisfy({ $0 >= 32 && $0 != 127 })
        else { throw refused(text, "its path names no repository", hint: hint) }
        return SecureShell(
            user: user.map { String(decoding: $0, as: UTF8.self) }, host: name, port: port, path: path)
    }
}
