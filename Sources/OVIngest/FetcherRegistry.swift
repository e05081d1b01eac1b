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
        for fetcher in try candidates(name) {
            guard let recognised = try await fetcher.recognise(text, in: context) else { continue }
            try check(options.arguments, of: fetcher)
            return (
                Source(fetcher: fetcher.name, location: recognised.location, options: options),
                recognised.suggestedName
            )
        }
        throw nothingFits(text, name)
    }

    private func candidates(_ name: String?) throws(OVError) -> [any Fetcher] {
        guard let name else { return fetchers }
        if let fetcher = self[name] { return [fetcher] }
        let guess = nearestName(to: name, among: names).map { "did you mean '\($0)'? " } ?? ""
        throw OVError(
            .invalidArgument, "there is no fetcher called '\(name)'",
            hint: guess + "known fetchers: \(names.joined(separator: ", "))")
    }

    private func check(_ arguments: [String: String], of fetcher: any Fetcher) throws(OVError) {
        let known = fetcher.arguments.map(\.name)
        guard let unknown = arguments.keys.sorted().first(where: { !known.contains($0) }) else { return }
        let hint =
            known.isEmpty
            ? "this fetcher takes no arguments" : "it takes \(known.map { "\($0)=…" }.joined(separator: ", "))"
        throw OVError(
            .invalidArgument, "the fetcher '\(fetcher.name)' has no argument '\(unknown)'", hint: hint)
    }

    private func nothingFits(_ text: String, _ name: String?) -> OVError {
        let shown = String(text.prefix(200))
        guard let name else {
            return OVError(
                .invalidURI, "nothing can fetch '\(shown)': there is no such file or folder",
                hint: "check the path; it is looked up from where you are")
        }
        return OVError(.invalidURI, "the fetcher '\(name)' cannot fetch '\(shown)'")
    }
}
