// SPDX-License-Identifier: Apache-2.0

internal import OVCore
internal import OVSystem

/// A git command that did not succeed.
struct GitFailure: Error, Sendable {
    /// What the program said on standard error; hostile text, since servers add to it.
    let text: String
    /// The command's name: `fetch`, `ls-tree`.
    let command: String
    let isTimeout: Bool

    init(_ outcome: ChildProgram.Outcome, of arguments: [String]) {
        command = arguments.first ?? ""
        isTimeout = false
        var text = String(decoding: outcome.errors, as: UTF8.self)
        if text.isEmpty {
            text =
                switch outcome.end {
                case .exited(let status): "fatal: it ended with status \(status)"
                case .killed(let signal): "fatal: it was killed by signal \(signal)"
                }
        }
        self.text = text
    }

    init(_ failure: ChildProgram.Failure, of arguments: [String]) {
        command = arguments.first ?? ""
        switch failure {
        case .idle(let limit):
            text = "fatal: nothing came for \(limit.components.seconds) s"
            isTimeout = true
        case .notStarted(let error):
            text = "fatal: \(error)"
            isTimeout = false
        case .tooMuchOutput(let limit):
            text = "fatal: it wrote more than \(limit) bytes"
            isTimeout = false
        }
    }

    init(broken text: String, command: String) {
        self.text = text
        self.command = command
        isTimeout = false
    }

    /// Whether what is wrong lies with the other side, the network or this machine, so that a new mirror is no help.
    var isOfTheSource: Bool { isTimeout || rule != nil }

    /// Whether nobody answered at the address.
    var isUnreachable: Bool { isTimeout || rule?.cause == "network_error" }

    /// What it means for a run.
    func fetchError(of location: String) -> FetchError {
        if isTimeout {
            return .transient(cause: "timed_out", "\(location) cannot be fetched: \(words)", hint: nil)
        }
        guard let rule else {
            return .transient(cause: "git_failed", "\(location) cannot be fetched: git \(command): \(words)")
        }
        return FetchError(
            rule.isPermanent ? .permanent : .transient(retryAfter: nil), cause: rule.cause,
            "\(location) \(rule.message): \(words)", hint: rule.hint)
    }

    // MARK: - Words

    /// The lines that say why, without what may be a password, without control characters, and not too many.
    var words: String {
        // Progress overwrites itself with carriage returns.
        let lines = text.split { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }.map { Self.cleaned(String($0)) }
        let telling = lines.filter { line in
            !line.isEmpty && !Self.noise.contains { line.hasPrefix($0) }
        }
        let first =
            telling.first { $0.hasPrefix("fatal: ") || $0.hasPrefix("error: ") } ?? telling.first ?? "no reason given"
        let remote = telling.first { $0.hasPrefix("remote: ") || $0.hasPrefix("ERROR: ") }
        let shown = [first, remote].compactMap { $0 }.map { line in
            for start in ["fatal: ", "error: "] where line.hasPrefix(start) {
                return String(line.dropFirst(start.count))
            }
            return line
        }
        return String((shown.first == shown.last ? [shown[0]] : shown).joined(separator: "; ").prefix(400))
    }

    private static let noise = [
        "From ", "warning: ", "hint: ", "remote: Enumerating", "remote: Counting", "remote: Compressing",
        "remote: Total", "Receiving objects", "Resolving deltas", "Unpacking objects", "Updating files",
    ]

    private static func cleaned(_ line: String) -> String {
        let scalars = line.unicodeScalars.filter { $0.properties.generalCategory != .control }
        let text = String(String.UnicodeScalarView(scalars))
        var words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        for index in words.indices where words[index].contains("://") { words[index] = WebURL.redacted(words[index]) }
        return words.joined(separator: " ")
    }

    private var rule: Rule? {
        let text = Self.withoutQuotations(text)
        return Self.rules.first { rule in rule.signs.contains { text.contains($0) } }
    }

    /// What stands in quotation marks is an address or a name, in which anything may stand.
    private static func withoutQuotations(_ text: String) -> String {
        var rest = text.utf8[...]
        var kept: [UInt8] = []
        while let start = rest.firstIndex(of: UInt8(ascii: "'")) {
            kept += rest[..<start]
            rest = rest[rest.index(after: start)...]
            // An apostrophe follows a letter.
            guard kept.last == UInt8(ascii: " "), let end = rest.firstIndex(of: UInt8(ascii: "'")) else { continue }
            rest = rest[rest.index(after: end)...]
        }
        return String(decoding: kept + rest, as: UTF8.self)
    }
}

/// What git says in so many words, and what that means.
private struct Rule {
    let signs: [String]
    let isPermanent: Bool
    let cause: String
    let message: String
    let hint: String?

    init(_ signs: [String], permanent: Bool, _ cause: String, _ message: String, hint: String? = nil) {
        self.signs = signs
        isPermanent = permanent
        self.cause = cause
        self.message = message
        self.hint = hint
    }
}

extension GitFailure {
    /// The first that fits counts.
    private static let rules = [
        Rule(
            ["File too large"], permanent: true, "limit_exceeded",
            "is larger than one ingest may be",
            hint: "raise bytes_per_ingest in config.json"),
        Rule(["No space left on device", "Disk quota exceeded"], permanent: false, "io_error", "cannot be mirrored"),
        Rule(
            (301...308).map { "returned error: \($0)" }, permanent: true, "redirected",
            "answers that the repository is elsewhere", hint: "open it in a browser, and ingest the address it has now"),
        Rule(
            ["Host key verification failed", "HOST IDENTIFICATION HAS CHANGED"], permanent: true, "access_denied",
            "has a host key that is not known",
            hint: "connect once with ssh as the user that runs ov, and check the key"),
        Rule(
            ["Permission denied (", "Too many authentication failures"], permanent: true, "access_denied",
            "refuses the ssh keys of this user", hint: "check with: ssh -T, as the user that runs ov"),
        Rule(
            [
                "could not read Username", "could not read Password", "Authentication failed", "returned error: 401",
                "returned error: 403", "Permission denied", "Access denied", "access denied",
            ], permanent: true, "access_denied", "refuses access, or does not exist",
            hint: "check the address; for a private repository give --arg auth=env:NAME"),
        Rule(
            ["find remote ref", "no such remote ref"], permanent: true, "source_gone",
            "has no such branch, tag or commit any more", hint: "check --arg ref"),
        Rule(
            ["not our ref", "unadvertised object", "no such commit"], permanent: true, "source_gone",
            "does not serve that commit", hint: "give a branch or a tag, or a commit that one of them reaches"),
        Rule(
            [
                "returned error: 404", "returned error: 410", "not found", "does not appear to be a git repository",
                "does not exist", "Repository not found", "not valid: is this a git repository",
            ], permanent: true, "source_gone", "is not there", hint: "check the address, or `ov rm` the resource"),
        Rule(
            ["dumb http transport"], permanent: true, "unsupported", "is served by a server that knows no git",
            hint: "give an address that a git server answers"),
        Rule(
            [
                "Could not resolve", "Failed to connect", "Connection refused", "Connection timed out",
                "Connection reset", "Connection closed", "timed out", "early EOF", "RPC failed", "hung up",
                "returned error: 5", "returned error: 429", "unable to access", "Could not read from remote",
                "unexpected disconnect", "Network is unreachable", "No route to host", "Operation timed out",
                "protocol error", "bad line length", "invalid server response", "SSL", "gnutls",
            ], permanent: false, "network_error", "cannot be reached"),
    ]
}
