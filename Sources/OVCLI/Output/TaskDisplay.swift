// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

extension TaskPage {
    func display(now: Timestamp) -> Display {
        guard !tasks.isEmpty else { return .empty("No executions.") }
        var table = Table([
            .init(title: "TASK"), .init(title: "STATUS"), .init(title: "CREATED"),
            .init(title: "RESOURCE", shortening: .middle, minimum: 10),
            .init(title: "RESULT", shortening: .end, minimum: 6), .init(title: "TRIGGER", isOptional: true),
            .init(title: "CREATED AT", isOptional: true),
        ])
        table.rows = tasks.map { $0.row(now: now) }
        return .table(table)
    }
}

extension TaskView {
    private var statusStyle: Style {
        switch task.status {
        case .completed: .green
        case .failed: .red
        case .pending, .running, .cancelling, .cancelled: .yellow
        }
    }

    fileprivate func row(now: Timestamp) -> [Table.Cell] {
        let result = task.status.isFinal ? outcome : task.stage.rawValue
        return [
            .init(task.id.description), .init(task.status.rawValue, statusStyle),
            .init(HumanFormat.relative(task.createdAt, to: now)), .init(task.uri.text), .init(result),
            .init(task.trigger.rawValue), .init(HumanFormat.time(task.createdAt)),
        ]
    }

    /// One line about a run that has ended.
    var line: Display {
        .text("\(task.uri)  \(task.status.rawValue)  \(DisplayText.line(outcome))  \(task.id)\n")
    }

    func display(now: Timestamp) -> Display {
        func time(_ time: Timestamp?) -> String? { time.map { HumanFormat.both($0, now: now) } }
        var fields = FieldList()
        fields.add("task", task.id.description, .bold)
        fields.add("type", task.kind.rawValue)
        fields.add("resource", task.uri.text)
        fields.add("watch", ifAny: task.watch?.description)
        let stage = task.status.isFinal ? "" : ", \(task.stage.rawValue)"
        fields.add("status", task.status.rawValue + stage, statusStyle)
        if !task.status.isFinal { fields.add("progress", progress) }
        fields.add("trigger", task.trigger.rawValue)
        fields.add("scheduled for", ifAny: time(task.scheduledFor))
        fields.add("created", HumanFormat.both(task.createdAt, now: now))
        fields.add("started", ifAny: time(task.startedAt))
        fields.add("finished", ifAny: time(task.finishedAt))
        addOutcome(to: &fields)
        return .fields(fields)
    }

    private var progress: String {
        let documents = task.progress.totalDocuments.map { "\(task.progress.documents)/\($0) documents" }
        let words = documents ?? HumanFormat.count(task.progress.documents, "document")
        return "\(words), \(HumanFormat.bytes(task.progress.bytes))"
    }

    private func addOutcome(to fields: inout FieldList) {
        if let result = task.result {
            fields.add("outcome", result.outcome.rawValue)
            fields.add("documents", result.changes.words)
            fields.add("size", HumanFormat.bytes(result.bytes))
            fields.add("revision", ifAny: result.revision)
            for warning in result.warnings { fields.add("warning", warning, .yellow) }
        }
        if let error = task.error {
            fields.add("error", "\(error.code): \(error.message)", .red)
            fields.add("cause", ifAny: error.cause)
            fields.add("hint", ifAny: error.hint)
        }
    }
}
