// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct TaskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task",
        abstract: "See and steer executions and watch tasks.",
        subcommands: [TaskList.self, TaskStatus.self, TaskCancel.self, WatchCommand.self])
}
