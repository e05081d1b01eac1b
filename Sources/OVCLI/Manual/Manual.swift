// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVCore

/// The manual: which commands stand on which page, and what is said beyond their own help.
enum Manual {
    private static let names = [
        "ov", "ov-ingest", "ov-task", "ov-task-watch", "ov-documents", "ov-search", "ov-changes", "ov-serve",
        "ov-mcp", "ov-key", "ov-store",
    ]

    /// All pages, made from the definitions of the commands.
    static func pages() throws(OVError) -> [ManualPage] {
        let root = try CommandDefinition(dump: OV._dumpHelp())
        func commands(_ names: [String]) -> [CommandDefinition] { names.compactMap(root.subcommand) }
        let task = root.subcommand("task")
        let watch = task?.subcommand("watch")
        return [
            overview(root),
            page(
                "ov-ingest", "take in a source, once or as a watch that keeps it current",
                "Ingests sources into the store.", commands(["ingest"])),
            page(
                "ov-task", "see and end executions",
                "An execution is one run of an ingest or of a watch's refresh. It is pending, running, completed, "
                    + "failed or cancelled, and is kept for a while after its end.",
                task?.subcommands.filter { $0.name != "watch" } ?? []),
            page("ov-task-watch", "see and steer watch tasks", watch?.words ?? "", watch?.subcommands ?? []),
            page(
                "ov-documents", "list, read, export and remove documents",
                "Documents lie under viking:// URIs: viking://resources/... is shared in the account, "
                    + "viking://~/resources/... is the caller's own.",
                commands(["ls", "tree", "stat", "read", "abstract", "overview", "get", "rm"])),
            page(
                "ov-search", "find passages, lines and documents",
                "find ranks sections of documents by words; grep prints lines that match a pattern; glob lists "
                    + "documents by their path. All three look at the current revisions, and at what the caller may "
                    + "read.",
                commands(["find", "grep", "glob"])),
            page(
                "ov-changes", "say what has changed, and what was there before",
                "A re-ingest that finds a difference makes a new revision of its resource. The last ones are kept.",
                commands(["changes", "history", "diff", "revert"])),
        ] + programs(root)
    }

    /// The pages of what goes on running, and of what looks after it.
    private static func programs(_ root: CommandDefinition) -> [ManualPage] {
        [
            page(
                "ov-serve", "serve the store over HTTP, and run what is due",
                "The daemon of a store. Clients of the OpenViking REST interface work with it unchanged.",
                [root.subcommand("serve")].compactMap(\.self)),
            page(
                "ov-mcp", "serve an AI agent",
                "The server for one agent, which its client starts: the Model Context Protocol over standard input and "
                    + "output.",
                [root.subcommand("mcp")].compactMap(\.self)),
            page(
                "ov-key", "make and revoke the keys of a server", root.subcommand("key")?.words ?? "",
                root.subcommand("key")?.subcommands ?? []),
            page(
                "ov-store", "look after the store's files",
                "The store is a folder. These commands work on its files, whether or not its content can be read.",
                root.subcommand("store")?.subcommands ?? []),
        ]
    }

    private static func page(
        _ name: String, _ abstract: String, _ words: String, _ commands: [CommandDefinition]
    ) -> ManualPage {
        ManualPage(
            name: name, abstract: abstract,
            words: words + "\n\nThe global options, the environment and the files are described in ov(1).",
            commands: commands, seeAlso: names.filter { $0 != name })
    }

    private static func overview(_ root: CommandDefinition) -> ManualPage {
        let paragraphs = root.discussion.split(separator: "\n\n").prefix(2).joined(separator: "\n\n")
        let system = ["status", "health", "version", "completions"].compactMap(root.subcommand)
        let leaves = root.leaves
        return ManualPage(
            name: "ov", abstract: "keep the knowledge that AI agents work from fresh",
            words: paragraphs, commands: system,
            synopsis: "\(Roff.bold("ov"))\n[\(Roff.italic("global options"))] \(Roff.italic("command"))\n...",
            extra: { roff in
                roff.section("All commands")
                for leaf in leaves { roff.item(Roff.bold(leaf.path.joined(separator: " ")), leaf.abstract) }
                roff.section("Global options")
                for argument in system.first?.global ?? [] { roff.item(argument.term, argument.meaning) }
                environment(&roff)
                files(&roff)
            }, seeAlso: names.filter { $0 != "ov" })
    }

    private static func environment(_ roff: inout Roff) {
        roff.section("Environment")
        roff.item(Roff.bold("OV_HOME"), "The store's folder, when --home is not given.")
        roff.item(Roff.bold("OV_SERVER"), "The server to work on, when --server is not given: http://HOST:PORT.")
        roff.item(Roff.bold("OV_API_KEY"), "The key for that server. Unlike --api-key, no other user can see it.")
        roff.item(
            Roff.bold("SSL_CERT_FILE"), "A file of certificates (PEM) to trust beside those of the system.")
        roff.item(Roff.bold("OV_ACCOUNT"), "The account to act for, when --account is not given.")
        roff.item(Roff.bold("OV_USER"), "The user to act for, when --user is not given.")
        roff.item(Roff.bold("XDG_DATA_HOME"), "Where the default store lies: $XDG_DATA_HOME/ov.")
        roff.item(Roff.bold("NO_COLOR"), "When set and not empty: no colours.")
        roff.item(Roff.bold("COLUMNS"), "The width of the terminal, when the terminal's own is not to be used.")
    }

    private static func files(_ roff: inout Roff) {
        roff.section("Files")
        roff.item(
            Roff.italic("~/.local/share/ov"),
            "The default store. Everything in it belongs to ov; only config.json is yours to write.")
        roff.item(
            Roff.italic("config.json"),
            "In the store's folder, optional: a JSON object with defaults for the options. An option goes before the "
                + "environment, the environment before the file. Keys: "
                + ConfigurationFile.keys.joined(separator: ", ") + ". In limits: "
                + Limits.configurationKeys.joined(separator: ", ")
                + ". A file with api_key must be for its owner alone "
                + "(chmod 600); that key goes to the server that the file names, and to no other.")
        roff.example([
            #"{"output": "json", "account": "team", "limits": {"concurrent_runs": 2, "task_days": 7}}"#
        ])
    }
}
