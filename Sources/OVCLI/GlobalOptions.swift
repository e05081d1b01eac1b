// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVCore

/// What every command takes, before or after its name.
struct GlobalOptions: ParsableArguments {
    /// The names of those that take a value, and of those that do not.
    static let valuedNames: Set<String> = [
        "--home", "--server", "--api-key", "--account", "--user", "--output", "-o",
    ]
    static let flagNames: Set<String> = ["--compact", "-c", "--quiet", "-q", "--verbose", "-v", "--no-color"]
    static let names = valuedNames.union(flagNames)

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The store's folder (OV_HOME; default: $XDG_DATA_HOME/ov or ~/.local/share/ov).", valueName: "dir"),
        completion: .directory)
    var home: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Work on the store of the server at this address (OV_SERVER).", valueName: "url"))
    var server: String?

    @Option(
        name: .customLong("api-key"),
        help: ArgumentHelp(
            "The key for that server. Everybody on this machine can see it in the list of processes: better in "
                + "OV_API_KEY.", valueName: "key"))
    var apiKey: String?

    @Option(name: .long, help: ArgumentHelp("Act for this account (OV_ACCOUNT).", valueName: "name"))
    var account: String?

    @Option(name: .long, help: ArgumentHelp("Act for this user (OV_USER).", valueName: "name"))
    var user: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("What to print on standard output.", valueName: "format"))
    var output: OutputFormat?

    @Flag(name: .shortAndLong, help: "Compact: JSON on one line in an envelope, tables without a header.")
    var compact = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors on standard error.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Log what happens; twice for more.")
    var verbose: Int

    @Flag(name: .customLong("no-color"), help: "Use no colours (NO_COLOR).")
    var noColor = false
}

/// What standard output carries.
package enum OutputFormat: String, Hashable, Sendable, CaseIterable, ExpressibleByArgument {
    case table, json
}
