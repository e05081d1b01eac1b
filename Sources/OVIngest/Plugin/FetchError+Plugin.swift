// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVCore
internal import OVSystem

// What went wrong with a plug-in, in the words that its user needs.
extension FetchError {
    /// It did what no plug-in may. Perhaps only this time: what it writes comes from elsewhere.
    static func badOutput(_ message: String, hint: String? = nil) -> FetchError {
        .transient(
            cause: "bad_output", "the plug-in's output cannot be used: \(message)",
            hint: hint ?? "ov-fetch(7) says what a plug-in writes")
    }

    static func plugin(_ plugin: PluginFetcher, _ error: ArchiveError) -> FetchError {
        switch error.reason {
        case .limitExceeded:
            .permanent(
                cause: "limit_exceeded", "the plug-in's archive is too large: \(error)",
                hint: "narrow the source by the plug-in's own arguments, or by --include and --exclude")
        case .unsafePath:
            .permanent(
                cause: "bad_output", "the plug-in's archive is refused: \(error)",
                hint: "nothing of it was kept; find out where \(plugin.executable) has this from")
        default: .badOutput(error.description)
        }
    }

    static func plugin(_ plugin: PluginFetcher, _ failure: ChildProgram.Failure) -> FetchError {
        switch failure {
        case .notStarted(let error): notStarted(plugin, error)
        case .idle(let limit):
            .transient(
                cause: "timed_out",
                "the plug-in was ended: it has neither read nor written for \(limit.components.seconds) s",
                hint: "what takes long says so on standard error from time to time")
        case .tooMuchOutput(let limit): .badOutput("it has more than \(limit) bytes")
        }
    }

    private static func notStarted(_ plugin: PluginFetcher, _ error: SystemError) -> FetchError {
        let message = "\(plugin.executable) cannot be started: \(error.reason)"
        let hint: String? =
            switch error.errno {
            case ENOENT where error.path == plugin.executable:
                "perhaps its first line, #!, names a program that is not there"
            case ENOEXEC: "a script needs a first line such as #!/bin/sh"
            case EACCES: "the file, and what its first line names, must be executable"
            case E2BIG: "the source and the arguments together are too long"
            default: nil
            }
        return hint == nil
            ? .transient(cause: "plugin_failed", message) : .permanent(cause: "plugin_failed", message, hint: hint)
    }

    /// It ended with something other than success.
    /// - Parameter secrets: what is not shown, should it have said it.
    static func plugin(
        _ plugin: PluginFetcher, _ outcome: ChildProgram.Outcome, _ source: Source, hiding secrets: [String]
    ) -> FetchError {
        let words = secrets.reduce(lastWords(outcome.errors)) { $0.replacing($1, with: "…") }
        let status: Int32
        switch outcome.end {
        case .killed(let signal):
            let end = "the plug-in was ended by signal \(signal)"
            return .transient(cause: "plugin_failed", words.isEmpty ? end : "\(end): \(words)")
        case .exited(let exited): status = exited
        }
        let said = words.isEmpty ? "the plug-in ended with status \(status) and said nothing" : words
        switch PluginProtocol.Status(rawValue: status) {
        case .sourceGone:
            let place = ForeignText.line(source.location.utf8, atMost: 1000)
            return .permanent(
                cause: "source_gone", "\(place) is not there any more" + (words.isEmpty ? "" : ": \(words)"),
                hint: "put it back, or `ov rm` the resource")
        case .accessDenied:
            return .permanent(
                cause: "access_denied", said, hint: "give the plug-in access, then resume the watch")
        case .badUsage, .badConfiguration:
            return .permanent(
                cause: "invalid_argument", said, hint: "check the source, each --arg, and how the plug-in is set up")
        default:
            // So shells and env(1) end when they cannot run something.
            let isMissing = status == 126 || status == 127
            return .transient(
                cause: "plugin_failed", said,
                hint: isMissing ? "a program that \(plugin.executable) calls is not on its PATH" : nil)
        }
    }

    /// The last lines of what was said on standard error, as one.
    static func lastWords(_ errors: [UInt8]) -> String {
        var (words, bytes): ([String], Int) = ([], 0)
        for line in errors.split(separator: 10).reversed() {
            let text = redacted(ForeignText.line(line, atMost: 400))
            guard !text.isEmpty else { continue }
            bytes += text.utf8.count
            guard words.count < 3, words.isEmpty || bytes <= 600 else { break }
            words.append(text)
        }
        return words.reversed().joined(separator: "; ")
    }

    /// Programs that fetch like to say the URL that failed, and what is in it.
    private static func redacted(_ line: String) -> String {
        guard line.utf8.contains(UInt8(ascii: "@")) else { return line }
        let words = line.utf8.split(separator: 32, omittingEmptySubsequences: false).map { String(Substring($0)) }
        return words.map { $0.utf8.contains(UInt8(ascii: "@")) ? WebURL.redacted($0) : $0 }.joined(separator: " ")
    }
}
