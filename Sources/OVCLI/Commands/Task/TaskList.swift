// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct TaskList: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List executions, newest first.",
        usage: "ov task list [--task-type TYPE] [--status STATUS] [options]",
        discussion: Discussion.text(
            "An execution is one run of an ingest or of a watch's refresh.",
            examples: ["ov task list", "ov task list --status failed -o json"]),
        aliases: ["ls"])

    @Option(
        name: .customLong("task-type"),
        help: ArgumentHelp("Only add_resource or watch_refresh.", valueName: "type"))
    var type: String?

    @Option(
        help: ArgumentHelp(
            "Only pending, running, cancelling, completed, failed or cancelled.", valueName: "status"))
    var status: String?

    @Option(help: ArgumentHelp("Only those of this resource.", valueName: "uri"))
    var resource: String?

    @Option(help: ArgumentHelp("Only those of the watch with this id.", valueName: "id"))
    var watch: String?

    @Option(help: ArgumentHelp("At most so many, up to 200.", valueName: "count"))
    var limit: Int = TaskQuery.defaultLimit

    @Option(help: ArgumentHelp("Go on where the last list ended.", valueName: "cursor"))
    var cursor: String?

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let query = TaskQuery(
            kind: type, status: status, resource: resource, watch: watch, limit: limit, cursor: cursor)
        let page = try await context.withPlane { try await $0.tasks(query, as: context.caller) }
        try context.show(JSONArray(page.tasks)) { page.display(now: context.clock.now()) }
        if let next = page.nextCursor { try context.note("there are more: --cursor \(next)") }
    }
}
