// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// A run in the terms of the tasks extension.
struct TaskState: Sendable {
    /// How often to ask.
    private static let pollInterval = Milliseconds.seconds(1)
    /// How long it can be asked for.
    private static let lifetime = Milliseconds.days(1)

    private let view: TaskView
    /// What the tool answers in the end.
    private let output: ToolOutput?

    /// - Parameter watch: on what the run ingests, for the words of its answer.
    init(_ view: TaskView, watch: WatchView? = nil) {
        self.view = view
        output = view.status.isFinal ? AddedResource(uri: view.uri, watch: watch).ended(view) : nil
    }

    /// A run that failed is a tool that answered with an error, and so completed.
    private var status: String {
        switch view.status {
        case .pending, .running, .cancelling: "working"
        case .completed, .failed: "completed"
        case .cancelled: "cancelled"
        }
    }

    var members: [(name: String, value: JSONValue)] {
        let (task, progress) = (view, view.progress)
        var members: [(name: String, value: JSONValue)] = [
            ("taskId", .string(task.id.description)), ("status", .string(status)),
            ("createdAt", .string(task.createdAt.description)), ("lastUpdatedAt", .string(task.updatedAt.description)),
            ("ttlMs", .integer(Self.lifetime.count)), ("pollIntervalMs", .integer(Self.pollInterval.count)),
            ("statusMessage", .string("\(task.stage.rawValue): \(Amount.documents(progress.documents))")),
        ]
        if let output, status == "completed" {
            members.append(("result", MethodResult(output.members).json(in: .stateless)))
        }
        return members
    }
}
