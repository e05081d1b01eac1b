// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "See and steer watch tasks, which keep resources current.",
        discussion: Discussion.text(
            "A watch is made by `ov ingest SOURCE --to URI --watch-interval MINUTES`. KEY is its URI or its id.",
            examples: ["ov task watch ls", "ov task watch pause viking://resources/docs"]),
        subcommands: [
            WatchList.self, WatchShow.self, WatchRemove.self, WatchPause.self, WatchResume.self, WatchUpdate.self,
            WatchTrigger.self,
        ])
}

/// The watch that a command is about.
struct WatchKeyArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The watch: its viking:// URI, or its id.", valueName: "key"))
    var key: String
}
