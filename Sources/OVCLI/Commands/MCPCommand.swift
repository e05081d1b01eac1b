// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore
import OVMCP

struct MCPCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp",
        abstract: "Serve an AI agent over standard input and output.",
        usage: "ov mcp [--read-only] [--no-scheduler] [options]",
        discussion: Discussion.text(
            """
            Speaks the Model Context Protocol, a message a line, in the revisions from 2024-11-05 to 2026-07-28. Clients \
            start it themselves; see README for what to write into their settings. Beside a server on this home it works \
            through that; else on the store, and runs what is due if no other process does. Any number of them share a \
            store. Ends at the end of its input. The server of `ov serve` speaks the same at /mcp.
            """,
            examples: [
                "ov mcp",
                "ov mcp --read-only --home /srv/knowledge",
                "ov mcp --allow-path ~/projects",
            ]))

    @Flag(name: .customLong("no-scheduler"), help: "Run only what is asked for, not what is due.")
    var noScheduler = false

    @Flag(name: .customLong("read-only"), help: "Leave out the tools that change something.")
    var readOnly = false

    @Flag(
        name: .customLong("allow-private-networks"), help: "Let the agent fetch from addresses of private networks.")
    var allowPrivateNetworks = false

    @Option(
        name: .customLong("allow-path"),
        help: ArgumentHelp(
            "Let the agent ingest only local files below this folder; repeatable. Without it: all.", valueName: "dir"),
        completion: .directory)
    var allowedPaths: [String] = []

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        var options = AgentOptions()
        options.schedules = !noScheduler
        options.allowsPrivateNetworks = allowPrivateNetworks
        options.allowedFolders = try FolderOption.resolve(allowedPaths, in: context.workingDirectory)
        var configuration = MCPServer.Configuration(clock: context.clock)
        configuration.isReadOnly = readOnly
        configuration.allowsPrivateNetworks = allowPrivateNetworks
        configuration.workingDirectory = context.workingDirectory
        configuration.homeDirectory = context.environment["HOME"]
        let caller = caller(context, isConfined: !options.allowedFolders.isEmpty)
        let streams = try StandardStreams.take()
        let plane = OpeningPlane()
        let server = try StdioServer(
            MCPServer(over: plane, configuration), as: caller, input: streams.input, output: streams.output)
        let isOver = Latch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [options] in
                do {
                    try await context.planes.withAgentPlane(context.settings, options) { opened in
                        plane.finish(.success(opened))
                        await isOver.wait()
                    }
                } catch {
                    // Whoever asked hears it; then it is over.
                    plane.finish(.failure(error as? OVError ?? OVError(.unavailable, "the store cannot be opened")))
                    server.stop()
                    throw error
                }
            }
            await serve(server, until: context.signals)
            isOver.open()
            try await group.waitForAll()
        }
    }

    private func serve(_ server: StdioServer, until signals: any SignalSource) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await signals.watch { _ in server.stop() } }
            await server.run()
            group.cancelAll()
        }
    }

    /// Who is confined to some folders is treated as one who calls over the network.
    private func caller(_ context: CommandContext, isConfined: Bool) -> Caller {
        let caller = context.caller
        guard isConfined else { return caller }
        return Caller(account: caller.account, user: caller.user, role: caller.role, origin: .network)
    }
}
