// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVIngest
import OVStore

/// What an ingest request means: a source, and where it goes.
struct IngestTarget: Sendable {
    private(set) var source: Source
    let key: ResourceKey
    /// Whether the request says how to fetch, so that it replaces what was said before.
    let givesOptions: Bool
    /// A secret that came in the address; `secured` puts a reference to it into the source.
    let credential: String?

    /// With a reference in place of the secret.
    func secured(by reference: SecretReference) -> IngestTarget {
        var target = self
        target.source.options.arguments["auth"] = reference.text
        return target
    }

    var uri: VikingURI { key.uri }
}

extension Engine {
    /// - Throws: `INVALID_URI`, `INVALID_ARGUMENT`, `PERMISSION_DENIED`.
    func target(of request: IngestRequest, as caller: Caller) async throws(OVError) -> IngestTarget {
        for pattern in request.include + request.exclude { _ = try GlobPattern(pattern) }
        var options = Source.Options(
            include: request.include, exclude: request.exclude, ignoredDirectories: request.ignoredDirectories,
            arguments: request.arguments, allowsPrivateNetworks: request.allowsPrivateNetworks)
        try checkReach(options, of: caller)
        let givesOptions = options != Source.Options()
        options.allowsPrivateNetworks = options.allowsPrivateNetworks || networkReach.allowsPrivateNetworks
        let context = SourceContext(
            workingDirectory: request.workingDirectory, homeDirectory: request.homeDirectory,
            allowsLocalPaths: caller.origin == .local, allowedFolders: networkReach.allowedFolders,
            allowedPlugins: networkReach.allowedFetchers)
        let resolution = try await pipeline.resolve(
            request.path, fetcher: request.fetcher, options: options, in: context)
        try checkSecrets(resolution, of: caller)
        let wished = request.suggestedName.flatMap { VikingURI.isSegment($0) ? $0 : nil }
        let uri = try Self.uri(for: request, name: wished ?? resolution.suggestedName, as: caller)
        return IngestTarget(
            source: resolution.source, key: ResourceKey(account: caller.account, uri: uri),
            givesOptions: givesOptions || resolution.credential != nil,
            credential: resolution.credential)
    }

    /// What reaches into this machine, or past its fence, is for those who are on it.
    private func checkReach(_ options: Source.Options, of caller: Caller) throws(OVError) {
        guard caller.origin != .local else { return }
        if options.allowsPrivateNetworks, !networkReach.allowsPrivateNetworks {
            throw OVError(
                .permissionDenied, "who comes over the network cannot open private networks",
                hint: "let the server's operator start it with --allow-private-networks")
        }
    }

    /// A secret of this machine goes to the host that its operator has listed it for. A plug-in could send it anywhere.
    private func checkSecrets(_ resolution: IngestPipeline.Resolution, of caller: Caller) throws(OVError) {
        guard caller.origin != .local else { return }
        let source = resolution.source
        for (name, value) in source.options.arguments.sorted(by: { $0.key < $1.key }) {
            guard let reference = SecretReference(value) else { continue }
            // A word like any other, but where it says who is asking.
            if reference == .netrc, name != "auth" { continue }
            if resolution.keepsSecrets, networkReach.allows(reference, for: source) { continue }
            throw OVError(
                .permissionDenied, "the argument '\(name)' refers to a secret of this machine",
                hint: "let the server's operator list it in config.json, with the one host that it may go to")
        }
    }

    private static func uri(for request: IngestRequest, name: String, as caller: Caller) throws(OVError) -> VikingURI {
        if request.to != nil, request.parent != nil {
            throw OVError(
                .contradictoryArguments, "'to' and 'parent' exclude each other",
                hint: "'to' is the exact target; 'parent' is the folder above it")
        }
        if let to = request.to {
            let uri = try VikingURI(parsing: to, user: caller.user)
            guard uri.isTarget else {
                throw OVError(
                    .invalidURI, "\(uri) cannot hold a resource itself",
                    hint: "write for example \(suggestion(below: uri, name))")
            }
            return uri
        }
        let parent = try request.parent.map { text throws(OVError) in
            try VikingURI(parsing: text, user: caller.user)
        }
        let uri = (parent ?? .resources).appending(path: name)
        guard uri.isTarget, uri.text.utf8.count <= VikingURI.maximumByteCount else {
            throw OVError(
                .invalidURI, "\(parent ?? .resources) is no folder for resources",
                hint: "write viking://resources/… or viking://~/resources/…")
        }
        return uri
    }

    private static func suggestion(below uri: VikingURI, _ name: String) -> VikingURI {
        let below = uri.appending(path: name)
        return below.isTarget ? below : VikingURI.resources.appending(path: name)
    }

    /// - Throws: `INVALID_ARGUMENT` for an interval that cannot be, or one that has no target to stick to.
    func interval(of request: IngestRequest, proposing uri: VikingURI) throws(OVError) -> Interval? {
        guard request.watchInterval != 0 else { return nil }
        guard request.watchInterval > 0 || !request.watchInterval.isFinite else {
            throw .invalidField(
                ["body", "watch_interval"], "watch_interval must not be negative", type: "greater_than_equal",
                hint: "0 means no watch")
        }
        let interval = try Interval(minutes: request.watchInterval)
        guard request.to != nil else {
            throw OVError(
                .contradictoryArguments, "watch_interval > 0 needs 'to', the exact target that the watch refreshes",
                hint: "for example --to \(uri)", details: ["suggested_to": .string(uri.text)])
        }
        return interval
    }
}

extension State {
    /// - Throws: `PERMISSION_DENIED`, or `CONFLICT` with what is in the way.
    func checkTarget(_ target: IngestTarget, as caller: Caller) throws(OVError) {
        let (uri, account) = (target.uri, target.key.account)
        guard caller.mayCreate(at: uri) else { throw Self.denied(uri) }
        if let resource = resources[target.key] {
            guard caller.mayChange(resource.owner) else { throw Self.denied(uri) }
            try Self.check(target, isSameAs: resource.source)
            return
        }
        if let watch = watch(at: target.key) {
            guard caller.mayChange(watch.owner) else { throw Self.denied(uri) }
            try Self.check(target, isSameAs: watch.source)
        }
        if let above = uri.parent.flatMap({ resource(containing: $0, account: account) }) {
            throw OVError(
                .conflict, "\(uri) lies inside the resource \(above.uri)",
                hint: "choose a target beside it, or remove it first: `ov rm \(above.uri)`")
        }
        if hasRoots(below: uri, account: account) {
            throw OVError(
                .conflict, "there are resources below \(uri)",
                hint: "choose another target, or look what is there: `ov ls \(uri)`")
        }
    }

    static func denied(_ uri: VikingURI) -> OVError {
        OVError(
            .permissionDenied, "\(uri) is not yours to change",
            hint: "its owner or an admin of the account can; or choose another target")
    }

    private static func check(_ target: IngestTarget, isSameAs source: Source) throws(OVError) {
        guard !source.isSameSource(as: target.source) else { return }
        throw OVError(
            .conflict, "\(target.uri) holds another source: \(source.location) (\(source.fetcher))",
            hint: "choose another target with --to, or remove what is there: `ov rm \(target.uri)` "
                + "and `ov task watch rm \(target.uri)`",
            details: ["source": .string(source.location)])
    }
}
