// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// The fetchers that a process has, in the order in which they are asked what a source is.
package struct FetcherRegistry: Sendable {
    private let fetchers: [any Fetcher]

    package init(_ fetchers: [any Fetcher]) { self.fetchers = fetchers }

    package subscript(name: String) -> (any Fetcher)? { fetchers.first { $0.name == name } }

    package var names: [String] { fetchers.map(\.name) }

    /// Finds the fetcher for a source text, or asks the one that the user named.
    /// - Throws: `INVALID_URI` when nothing can fetch it, `INVALID_ARGUMENT` for an unknown fetcher or argument.
    package func resolve(_ text: String, fetcher name: String?, options: Source.Options, in context: SourceContext)
        async throws(OVError) -> (source: Source, suggestedName: String)
    {
        var context = context
        context.isFetcherNamed = name != nil
        for fetcher in try candidates(name) {
            guard let recognised = try await fetcher.recognise(text, in: context) else { continue }
            try check(options, of: fetcher)
            return (
                Source(fetcher: fetcher.name, location: recognised.location, options: options),
                recognised.suggestedName
            )
        }
        throw try nothingFits(text, name, context)
    }

    private func candidates(_ name: String?) throws(OVError) -> [any Fetcher] {
        guard let name else { return fetchers }
        if let fetcher = self[name] { return [fetcher] }
        let guess = nearestName(to: name, among: names).map { "did you mean '\($0)'? " } ?? ""
        throw OVError(
            .invalidArgument, "there is no fetcher called '\(name)'",
            hint: guess + "known fetchers: \(names.joined(separator: ", "))")
    }

    /// Everything about the options that can be known to be wrong before anything is fetched.
    private func check(_ options: Source.Options, of fetcher: any Fetcher) throws(OVError) {
        _ = try PathFilter(options)
        let known = fetcher.arguments.map(\.name)
        if let unknown = options.arguments.keys.sorted().first(where: { !known.contains($0) }) {
            let guess = nearestName(to: unknown, among: known).map { "did you mean '\($0)'? " } ?? ""
            let hint =
                known.isEmpty
                ? "this fetcher takes no arguments"
                : guess + "it takes \(known.map { "\($0)=…" }.joined(separator: ", "))"
            throw OVError(
                .invalidArgument, "the fetcher '\(fetcher.name)' has no argument '\(unknown)'", hint: hint)
        }
        if known.contains(charsetArgument.name), let label = options.arguments[charsetArgument.name] {
            do { _ = try TextEncoding(label: label) } catch {
                throw OVError(
                    .invalidArgument, error.message, hint: "write a name such as utf-8, windows-1252 or shift_jis")
            }
        }
    }

    private func nothingFits(_ text: String, _ name: String?, _ context: SourceContext) throws(OVError) -> OVError {
        let shown = LocalPath.shown(text)
        if let name {
            return OVError(
                .invalidURI, "the fetcher '\(name)' cannot fetch '\(shown)'",
                hint: "leave out the fetcher to have it chosen, or check the source")
        }
        if let guess = SourceGuess.address(of: text) {
            return OVError(
                .invalidURI, "nothing can fetch '\(shown)': there is no such file or folder",
                hint: "if it is on the web, write '\(LocalPath.shown(guess))'")
        }
        if let path = try LocalPath.parse(text, in: context) {
            let missing = LocalPath.missing(path)
            return OVError(.invalidURI, "nothing can fetch '\(shown)': \(missing.message)", hint: missing.hint)
        }
        guard let scheme = LocalPath.scheme(of: text) else {
            return OVError(
                .invalidURI, "nothing can fetch '\(shown)': it is no path",
                hint: "give a path, a URL, or a git repository")
        }
        let guess = SourceGuess.address(of: text, withUnknown: scheme)
        return OVError(
            .invalidURI, "nothing can fetch '\(shown)': no fetcher handles '\(scheme):' addresses",
            hint: guess.map { "did you mean '\(LocalPath.shown($0))'?" }
                ?? "known fetchers: \(names.joined(separator: ", "))")
    }
}
