// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

/// What `ov ingest` takes.
struct IngestOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("A path or a URL.", valueName: "source"), completion: .file())
    var source: String

    @Option(help: ArgumentHelp("The exact target.", valueName: "uri"))
    var to: String?

    @Option(help: ArgumentHelp("The folder to put it in, under a name derived from the source.", valueName: "uri"))
    var parent: String?

    @Option(
        name: .customLong("watch-interval"), parsing: .unconditional,
        help: ArgumentHelp("Refresh it every so many minutes; needs --to.", valueName: "minutes"))
    var watchInterval: Double = 0

    @Option(help: ArgumentHelp("Why it is here, for those who read it.", valueName: "text"))
    var reason: String = ""

    @Option(help: ArgumentHelp("What to do with it, for those who read it.", valueName: "text"))
    var instruction: String = ""

    @Option(help: ArgumentHelp("Keep only documents that match; repeatable.", valueName: "glob"))
    var include: [String] = []

    @Option(help: ArgumentHelp("Leave out documents that match; repeatable.", valueName: "glob"))
    var exclude: [String] = []

    @Option(
        name: .customLong("ignore-dirs"),
        help: ArgumentHelp("Names of folders to leave out, separated by commas.", valueName: "names"))
    var ignoredDirectories: [String] = []

    @Option(help: ArgumentHelp("How to fetch it, when that is not to be guessed.", valueName: "name"))
    var fetcher: String?

    @Option(
        name: .customLong("arg"),
        help: ArgumentHelp("An argument for the fetcher; repeatable.", valueName: "key=value"))
    var arguments: [String] = []

    @Flag(name: .customLong("no-wait"), help: "Print the receipt as soon as the ingest is accepted.")
    var noWait = false

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Give up waiting after so many seconds.", valueName: "seconds"))
    var timeout: Seconds?

    @Flag(name: .customLong("dry-run"), help: "Say what would change, and change nothing.")
    var dryRun = false

    @Flag(help: "Read the source anew, say in what it differs from what is kept, and change nothing.")
    var verify = false

    @Flag(name: .customLong("allow-private-networks"), help: "Fetch from addresses of private networks too.")
    var allowsPrivateNetworks = false

    /// Whether the source is only looked at, and how.
    /// - Throws: `INVALID_ARGUMENT` when both ways are asked for.
    func preview() throws(OVError) -> IngestPreview? {
        guard !(dryRun && verify) else {
            throw OVError(
                .contradictoryArguments, "--dry-run and --verify exclude each other",
                hint: "--verify tells what differs as well, and changes nothing either")
        }
        return verify ? .verification : dryRun ? .dryRun : nil
    }

    /// - Throws: `INVALID_ARGUMENT` for an `--arg` that is not a pair.
    func request(in workingDirectory: String, home: String?) throws(OVError) -> IngestRequest {
        var pairs: [String: String] = [:]
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw OVError(.invalidArgument, "--arg '\(argument)' is not KEY=VALUE")
            }
            guard pairs.updateValue(String(parts[1]), forKey: String(parts[0])) == nil else {
                throw OVError(.invalidArgument, "--arg '\(parts[0])' is given twice")
            }
        }
        return IngestRequest(
            path: source, to: to, parent: parent, reason: reason, instruction: instruction,
            watchInterval: watchInterval, include: include, exclude: exclude,
            ignoredDirectories: ignoredDirectories.flatMap { $0.split(separator: ",").map(String.init) },
            fetcher: fetcher, arguments: pairs, allowsPrivateNetworks: allowsPrivateNetworks,
            workingDirectory: workingDirectory, homeDirectory: home)
    }
}
