// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct ServeCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the store over HTTP, and run what is due.",
        usage: "ov serve [--host NAME] [--port N] [options]",
        discussion: Discussion.text(
            """
            Listens on TCP for clients of the OpenViking REST interface, and on a socket in the home for commands of \
            this user. Ends with 0 on SIGTERM or SIGINT, after runs that go on have had a while to end. One server \
            serves a home; a second one says who does and exits with 1. GET /openapi.json describes the interface. serve in config.json has \
            defaults for these options, and lists the plug-ins and secrets that callers over TCP may name; see \
            ov-config(5).
            """,
            examples: [
                "ov serve",
                "ov serve --port 0 -o json",
                "ov serve --allow-path /srv/docs --allow-host knowledge.example.com",
            ]))

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The address to listen on; one that others reach only with keys (default: 127.0.0.1).",
            valueName: "name"))
    var host: String?

    @Option(name: .long, help: ArgumentHelp("The port; 0 for one that is free (default: 1933).", valueName: "n"))
    var port: Int?

    @Flag(
        name: .long, inversion: .prefixedNo,
        help: "Whether to run what is due, and not only what is asked for (default: --scheduler).")
    var scheduler: Bool?

    @Option(name: .customLong("max-concurrency"), help: ArgumentHelp("How many runs go on at once.", valueName: "n"))
    var maxConcurrency: Int?

    @Flag(
        name: .customLong("allow-private-networks"),
        help: "Let sources on private networks be fetched, for every caller.")
    var allowPrivateNetworks = false

    @Option(
        name: .customLong("allow-path"),
        help: ArgumentHelp("Let callers over TCP ingest what lies below this folder.", valueName: "dir"),
        completion: .directory)
    var allowedPaths: [String] = []

    @Option(
        name: .customLong("allow-host"),
        help: ArgumentHelp("Answer requests for this host name, too.", valueName: "name"))
    var hostNames: [String] = []

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        guard global.server == nil else {
            throw OVError(.invalidArgument, "a server serves a store of this machine: leave out --server")
        }
        var (settings, options) = (context.settings, try options(over: context.settings.serve))
        if let runs = options.concurrentRuns { settings.limits.concurrentRuns = runs }
        options.noticeSocket = context.environment["NOTIFY_SOCKET"]
        try await context.daemon.serve(settings, options, in: context.workingDirectory) { place in
            let json = JSONBlock { json in
                json.object { json in
                    json.member("url", place.url)
                    json.member("socket", place.socket)
                }
            }
            try context.show(json) { .text("listening on \(place.url) and \(place.socket)\n") }
        }
    }

    /// What was given takes the place of what the file says; a list that of a list.
    private func options(over file: ServeOptions) throws(OVError) -> ServeOptions {
        var options = file
        if let host { options.host = host }
        if let port {
            guard (0...65_535).contains(port) else {
                throw OVError(.invalidArgument, "--port must be from 0 to 65535, not \(port)")
            }
            options.port = port
        }
        if let maxConcurrency {
            guard (1...1024).contains(maxConcurrency) else {
                throw OVError(.invalidArgument, "--max-concurrency must be from 1 to 1024, not \(maxConcurrency)")
            }
            options.concurrentRuns = maxConcurrency
        }
        options.schedules = scheduler ?? options.schedules
        options.allowsPrivateNetworks = allowPrivateNetworks || options.allowsPrivateNetworks
        if !allowedPaths.isEmpty { options.allowedPaths = allowedPaths }
        if !hostNames.isEmpty { options.hostNames = hostNames }
        return options
    }
}
