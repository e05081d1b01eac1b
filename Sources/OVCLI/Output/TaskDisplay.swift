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
        switch status {
        case .completed: .green
        case .failed: .red
        case .pending, .running, .cancelling, .cancelled: .yellow
        }
    }

    fileprivate func row(now: Timestamp) -> [Table.Cell] {
        let result = status.isFinal ? outcome : stage.rawValue
        return [
            .init(id.description), .init(status.rawValue, statusStyle),
            .init(HumanFormat.relative(createdAt, to: now)), .init(uri.text), .init(result),
            .init(trigger.rawValue), .init(HumanFormat.time(createdAt)),
        ]
    }

    /// One line about a run that has ended.
    var line: Display {
        .text("\(uri)  \(status.rawValue)  \(DisplayText.line(outcome))  \(id)\n")
    }

    func display(now: Timestamp) -> Display {
        func time(_ time: Timestamp?) -> String? { time.map { HumanFormat.both($0, now: now) } }
        var fields = FieldList()
        fields.add("task", id.description, .bold)
        fields.add("type", kind.rawValue)
        fields.add("resource", uri.text)
        fields.add("watch", ifAny: watch?.description)
        let step = status.isFinal ? "" : ", \(stage.rawValue)"
        fields.add("status", status.rawValue + step, statusStyle)
        if !status.isFinal { fields.add("progress", progressWords) }
        fields.add("trigger", trigger.rawValue)
        fields.add("scheduled for", ifAny: time(scheduledFor))
        fields.add("created", HumanFormat.both(createdAt, now: now))
        fields.add("started", ifAny: time(startedAt))
        fields.add("finished", ifAny: time(finishedAt))
        addOutcome(to: &fields)
        return .fields(fields)
    }

    private var progressWords: String {
        let documents = progress.totalDocuments.map { "\(progress.documents)/\($0) documents" }
        let words = documents ?? HumanFormat.count(progress.documents, "document")
        return "\(words), \(HumanFormat.bytes(progress.bytes))"
    }

    private func addOutcome(to fields: inout FieldList) {
        if let result {
            fields.add("outcome", result.outcome.rawValue)
            fields.add("documents", result.changes.words)
            fields.add("size", HumanFormat.bytes(result.bytes))
            fields.add("revision", ifAny: result.revision)
            for warning in result.warnings { fields.add("warning", warning, .yellow) }
        }
        if let error {
            fields.add("error", "\(error.code): \(error.message)", .red)
            fields.add("cause", ifAny: error.cause)
            fields.add("hint", ifAny: error.hint)
        }
    }
}
