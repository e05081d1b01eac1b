// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

extension StoreCheck {
    var display: Display {
        var fields = FieldList()
        fields.add("store", isSound ? "sound" : "damaged", isSound ? .green : .red)
        for problem in problems { fields.add("problem", "\(problem.file): \(problem.message)", .red) }
        for note in notes { fields.add("note", "\(note.file): \(note.message)") }
        fields.add("resources", String(resources))
        fields.add("revisions", String(revisions))
        fields.add("documents", String(documents))
        fields.add("packs", "\(packs), \(HumanFormat.bytes(bytes))")
        fields.add("last commit", String(sequence))
        if !isSound { fields.add("next", "ov store repair") }
        return .fields(fields)
    }
}

extension StoreRepair {
    var display: Display {
        guard !actions.isEmpty else { return .text("nothing to repair\n") }
        var fields = FieldList()
        for action in actions { fields.add("done", action) }
        for loss in lost { fields.add("lost", loss, .red) }
        for file in kept { fields.add("kept", file) }
        return .fields(fields)
    }
}

extension StoreCompaction {
    var display: Display {
        var fields = FieldList()
        fields.add("state", "\(HumanFormat.bytes(stateBytesBefore)) to \(HumanFormat.bytes(stateBytesAfter))")
        fields.add("packs removed", "\(packsRemoved), \(HumanFormat.bytes(packBytesRemoved))")
        return .fields(fields)
    }
}

extension StatusReport {
    func display(now: Timestamp) -> Display {
        var fields = FieldList()
        fields.add("home", ifAny: home)
        fields.add("version", version)
        fields.add("resources", String(resources))
        fields.add("documents", "\(documents), \(HumanFormat.bytes(documentBytes))")
        fields.add("watches", watches)
        fields.add("tasks", "\(pendingTasks) pending, \(runningTasks) running")
        fields.add("next run", nextRun.map { HumanFormat.both($0, now: now) } ?? "none")
        fields.add("state", "\(HumanFormat.bytes(stateBytes)), generation \(generation), commit \(sequence)")
        fields.add("packs", "\(packs), \(HumanFormat.bytes(packBytes))")
        fields.add("scheduler", scheduler ?? "none")
        fields.add("daemon", daemon ?? "none")
        return .fields(fields)
    }

    private var watches: String {
        var text = "\(activeWatches) active, \(pausedWatches) paused, \(suspendedWatches) suspended"
        if failingWatches > 0 { text += ", \(failingWatches) failing" }
        if dueWatches > 0 { text += ", \(dueWatches) due" }
        return text
    }
}

extension HealthReport {
    var display: Display {
        .text(isHealthy ? "ok\n" : problems.map { "problem: \(DisplayText.line($0))\n" }.joined())
    }
}
