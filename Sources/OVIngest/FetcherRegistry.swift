// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// The fetchers that a process has, in the order in which they are asked what a source is; then its plug-ins, which
/// are not asked but called by name.
package struct FetcherRegistry: Sendable {
    private let fetchers: [any Fetcher]
    private let plugins: PluginFolders?

    /// - Parameter plugins: where fetchers are looked for that are not built in; none of them takes the place of one
    ///   that is.
    package init(_ fetchers: [any Fetcher], plugins: PluginFolders? = nil) {
        self.fetchers = fetchers
        self.plugins = plugins
    }

    /// The fetcher of a name. Looks at the disk for those that are not built in.
    /// - Throws: `INVALID_ARGUMENT` when there is none, `FAILED_PRECONDITION` for a plug-in that cannot be used.
    package func fetcher(named name: String) throws(OVError) -> any Fetcher {
        if let fetcher = fetchers.first(where: { $0.name == name }) { return fetcher }
        if let fetcher = try plugins?.fetcher(named: name) { return fetcher }
        let found = plugins?.names(without: names) ?? []
        let guess = nearestName(to: name, among: told + found).map { "did you mean '\($0)'? " } ?? ""
        throw OVError(
            .invalidArgument, "there is no fetcher called '\(LocalPath.shown(name))'",
            hint: guess + "known fetchers: \(known(plugins))")
    }

    private var names: [String] { fetchers.map(\.name) }

    /// Those that somebody can ask for: an upload is named by what it was answered with.
    private var told: [String] { names.filter { $0 != UploadReference.fetcher } }

    private func known(_ plugins: PluginFolders?) -> String {
        told.joined(separator: ", ") + (plugins.map { "; \($0.words($0.names(without: names)))" } ?? "")
    }

    /// Plug-ins are programs of this machine, and so are the names of those that it has.
    private func plugins(for context: SourceContext) -> PluginFolders? { context.allowsLocalPaths ? plugins : nil }

    /// A plug-in, if whoever asks may name it.
    private func plugin(named name: String, in context: SourceContext) throws(OVError) -> PluginFetcher? {
        guard context.allowsLocalPaths || context.allowedPlugins.contains(name) else { return nil }
        return try plugins?.fetcher(named: name)
    }

    /// Whether a fetcher sends a secret nowhere but to the host that its source names.
    package func keepsSecrets(_ name: String) -> Bool {
        fetchers.contains { $0.name == name && $0.arguments.contains { $0.name == authArgument.name } }
    }

    /// Finds the fetcher for a source text, or asks the one that the user named.
    /// - Throws: `INVALID_URI` when nothing can fetch it, `INVALID_ARGUMENT` for an unknown fetcher or argument,
    ///   `PERMISSION_DENIED` for what only somebody on this machine may name.
    package func resolve(_ text: String, fetcher name: String?, options: Source.Options, in context: SourceContext)
        async throws(OVError) -> (source: Source, suggestedName: String)
    {
        var context = context
        context.isFetcherNamed = name != nil
        for fetcher in try candidates(name, in: context) {
            do throws(OVError) {
                guard let recognised = try await fetcher.recognise(text, in: context) else { continue }
                return try resolved(recognised, fetcher, options)
            } catch {
                // What looks like a path is none from whoever may name no paths.
                guard error.code == .permissionDenied, name == nil,
                    let found = try await plugin(recognising: text, options, in: context)
                else { throw error }
                return found
            }
        }
        if name == nil, let found = try await plugin(recognising: text, options, in: context) { return found }
        throw try nothingFits(text, name, context)
    }

    private func plugin(recognising text: String, _ options: Source.Options, in context: SourceContext)
        async throws(OVError) -> (source: Source, suggestedName: String)?
    {
        guard let (plugin, source) = try plugin(for: text, in: context),
            let recognised = try await plugin.recognise(source, in: context)
        else { return nil }
        return try resolved(recognised, plugin, options)
    }

    private func candidates(_ name: String?, in context: SourceContext) throws(OVError) -> [any Fetcher] {
        guard let name else { return fetchers }
        if context.allowsLocalPaths || names.contains(name) { return [try fetcher(named: name)] }
        guard let plugin = try plugin(named: name, in: context) else {
            let allowed = context.allowedPlugins.sorted().map { ", \($0)" }.joined()
            throw OVError(
                .permissionDenied, "fetchers that are not built in are refused over the network",
                hint: "fetchers: \(known(nil))\(allowed)")
        }
        return [plugin]
    }

    private func resolved(_ recognised: RecognisedSource, _ fetcher: any Fetcher, _ options: Source.Options)
        throws(OVError) -> (source: Source, suggestedName: String)
    {
        try check(options, of: fetcher)
        let source = Source(fetcher: fetcher.name, location: recognised.location, options: options)
        return (source, recognised.suggestedName)
    }

    /// The plug-in of the name that an address begins with, and what it is to fetch: `Main_Page` for
    /// `wiki:Main_Page`, but `wiki://host/page` as a whole.
    private func plugin(for text: String, in context: SourceContext) throws(OVError) -> (PluginFetcher, String)? {
        guard let (name, rest) = Self.nameAndRest(of: text), !names.contains(name),
            let plugin = try plugin(named: name, in: context)
        else { return nil }
        return (plugin, rest.utf8.starts(with: "//".utf8) ? text : rest)
    }

    private static func nameAndRest(of text: String) -> (name: String, rest: String)? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = String(text[..<colon])
        guard PluginProtocol.isName(name) else { return nil }
        return (name, String(text[text.utf8.index(after: colon)...]))
    }

    /// Everything about the options that can be known to be wrong before anything is fetched.
    private func check(_ options: Source.Options, of fetcher: any Fetcher) throws(OVError) {
        _ = try PathFilter(options)
        let known = fetcher.arguments.map(\.name)
        if !fetcher.takesAnyArgument,
            let unknown = options.arguments.keys.sorted().first(where: { !known.contains($0) })
        {
            let other = fetchers.first { $0.arguments.contains { $0.name == unknown } }?.name
            let guess =
                other.map { "'\(unknown)' is for --fetcher \($0); " }
                ?? nearestName(to: unknown, among: known).map { "did you mean '\($0)'? " } ?? ""
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
            let program = Self.nameAndRest(of: text).map {
                "; there is no plug-in called '\($0.name)' either: \(known(plugins(for: context)))"
            }
            return OVError(
                .invalidURI, "nothing can fetch '\(shown)': \(missing.message)", hint: missing.hint + (program ?? ""))
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
                ?? "known fetchers: \(known(plugins(for: context)))")
    }
}
