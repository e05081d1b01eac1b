// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Takes a source in, and waits for it.
struct AddResourceTool: Tool {
    private static let defaultTimeout = 50.0
    /// How long a client that can ask later waits before it is sent away.
    private static let patience = Milliseconds.seconds(2)

    let name = "add_resource"
    let summary =
        "Take in a file, folder, git repository, web page or feed; refresh it every watch_interval minutes if that "
        + "is set (needs to)."
    let arguments = [
        Argument("path", .text, "Path or URL", isRequired: true, also: ["url", "source", "uri", "file"]),
        Argument("to", .text, "Target, viking://resources/NAME", also: ["target", "to_uri", "target_uri"]),
        Argument("watch_interval", .number, also: ["interval", "watch_interval_minutes"]),
        Argument("reason", .text), Argument("instruction", .text, also: ["instructions"]),
        Argument("include", .texts, "Globs", also: ["includes"]),
        Argument("exclude", .texts, "Globs", also: ["excludes"]),
        Argument("wait", .boolean, "Default true"), Argument("timeout", .number, "Seconds to wait, default 50"),
    ]
    let effect = ToolEffect(isReadOnly: false, isDestructive: false, isIdempotent: true, isOpenWorld: true)

    func run(_ arguments: ArgumentValues, _ context: ToolContext) async throws -> ToolAnswer {
        let request = try Self.request(arguments, context.configuration)
        let timeout = arguments.number("timeout") ?? Self.defaultTimeout
        guard timeout > 0 else {
            throw OVError(.invalidArgument, "'timeout' must be a number of seconds above 0, not \(timeout)")
        }
        let receipt = try await context.plane.ingest(request, as: context.caller)
        guard arguments.bool("wait") ?? true else { return .output(AddedResource(receipt).accepted()) }
        let (plane, caller, task) = (context.plane, context.caller, receipt.task.description)
        context.call.cleanups.add { _ = try? await plane.cancelTask(task, as: caller) }
        let knowsTasks = context.call.capabilities.knowsTasks
        let limit = Milliseconds(Int64((min(timeout, 86_400) * 1000).rounded(.up)))
        if let view = try await end(of: task, within: knowsTasks ? Self.patience : limit, context) {
            let output = AddedResource(receipt).ended(view)
            if output.isError { context.call.log(.warning, output.text) }
            return .output(output)
        }
        try Task.checkCancellation()
        let view = try await plane.task(task, as: caller)
        return knowsTasks ? .task(TaskState(view)) : .output(AddedResource(receipt).unfinished(view, after: timeout))
    }

    private static func request(_ arguments: ArgumentValues, _ configuration: MCPServer.Configuration)
        throws(OVError) -> IngestRequest
    {
        let interval = arguments.number("watch_interval") ?? 0
        guard interval >= 0 else {
            throw OVError(
                .invalidArgument, "'watch_interval' must be 0 or more minutes, not \(Amount.minutes(interval))",
                hint: "leave it out to take the source in once; `cancel_watch` ends a watch")
        }
        return IngestRequest(
            path: arguments.text("path") ?? "", to: arguments.text("to").flatMap { $0.isEmpty ? nil : $0 },
            reason: arguments.text("reason") ?? "", instruction: arguments.text("instruction") ?? "",
            watchInterval: interval, include: arguments.texts("include"), exclude: arguments.texts("exclude"),
            allowsPrivateNetworks: configuration.allowsPrivateNetworks,
            workingDirectory: configuration.workingDirectory, homeDirectory: configuration.homeDirectory)
    }

    /// Waits for a run to end, and tells how far it is.
    /// - Returns: nil when the time was up.
    private func end(of task: String, within limit: Milliseconds, _ context: ToolContext) async throws -> TaskView? {
        try await withThrowingTaskGroup(of: TaskView?.self) { group in
            group.addTask {
                for try await view in try await context.plane.updates(ofTask: task, as: context.caller) {
                    if view.status.isFinal { return view }
                    let progress = view.progress
                    context.call.progress?.report(
                        progress.documents, of: progress.totalDocuments,
                        "\(view.stage.rawValue): \(Amount.documents(progress.documents))")
                }
                try Task.checkCancellation()
                return nil
            }
            group.addTask {
                try await context.clock.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
