// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVCore

/// The root of all commands.
struct OV: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ov",
        abstract: "Keep the knowledge that AI agents work from fresh.",
        usage: "ov COMMAND ...",
        discussion: """
            ov ingests resources (a file, a folder, a git repository, a web page, a site, a feed, an archive) into a \
            tree of documents under viking:// URIs, and keeps each of them current with a watch task.

            Every command takes the global options, before or after its name: --home, --server, --api-key, --account, \
            --user, -o/--output, -c/--compact, -q/--quiet, -v/--verbose, --no-color. See `ov ls --help`.

            Exit status:
            \(ExitStatus.meanings.map { "  \($0.status)  \($0.meaning)" }.joined(separator: "\n"))
            """,
        groupedSubcommands: [
            CommandGroup(name: "Ingest", subcommands: [IngestCommand.self, TaskCommand.self]),
            CommandGroup(
                name: "Documents",
                subcommands: [
                    ListCommand.self, TreeCommand.self, StatCommand.self, ReadCommand.self, AbstractCommand.self,
                    OverviewCommand.self, GetCommand.self, RemoveCommand.self,
                ]),
            CommandGroup(name: "Search", subcommands: [FindCommand.self, GrepCommand.self, GlobCommand.self]),
            CommandGroup(
                name: "Changes",
                subcommands: [ChangesCommand.self, HistoryCommand.self, DiffCommand.self, RevertCommand.self]),
            CommandGroup(
                name: "Store and system",
                subcommands: [
                    ServeCommand.self, MCPCommand.self, KeyCommand.self, StoreCommand.self, StatusCommand.self,
                    HealthCommand.self,
                    VersionCommand.self,
                    CompletionsCommand.self, ManualCommand.self,
                ]),
        ])

    /// What `ov` alone says.
    static let welcome = """
        ov \(productVersion): keep the knowledge that AI agents work from fresh.

        The three commands to begin with:
          ov ingest SOURCE --to URI --watch-interval MINUTES   take in a source and keep it current
          ov task watch ls                                     see what is kept current, and how it fares
          ov read URI                                          read a document

        For example:
          ov ingest ~/notes --to viking://resources/notes --watch-interval 60
          ov ls
          ov read viking://resources/notes/todo.md

        All commands: ov --help. One of them: ov COMMAND --help.

        """
}

/// Builds the long part of a command's help.
enum Discussion {
    /// What stands above the examples; the manual finds them by it.
    static let heading = "Examples:"

    static func text(_ words: String, examples: [String]) -> String {
        "\(words)\n\n\(heading)\n" + examples.map { "  \($0)" }.joined(separator: "\n")
    }
}
