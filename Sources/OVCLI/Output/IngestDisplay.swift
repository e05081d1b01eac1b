// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

extension IngestReceipt {
    func display(_ result: TaskRecord.Result?) -> Display {
        var fields = FieldList()
        fields.add("resource", root.text)
        fields.add("source", sourcePath)
        fields.add("task", task.description)
        if let watch {
            fields.add("watch", "\(watch.id), every \(HumanFormat.interval(watch.interval))")
        }
        guard let result else {
            fields.add("status", "accepted")
            return .fields(fields)
        }
        fields.add("outcome", result.outcome.rawValue, .green)
        fields.add("documents", result.changes.words)
        fields.add("size", HumanFormat.bytes(result.bytes))
        return .fields(fields)
    }
}

extension IngestPlan {
    var display: Display {
        var text = "\(root)\n"
        for (sign, paths) in [("+", added), ("~", changed), ("-", removed), ("?", unchecked)] {
            for path in paths { text += "\(sign) \(DisplayText.line(path))\n" }
        }
        text += "\(changes.words), \(HumanFormat.bytes(bytes))\n"
        if !unchecked.isEmpty { text += "\(unchecked.count) of them could not be checked\n" }
        if preview == .verification { text += matches ? "it is exactly the source\n" : "it differs from the source\n" }
        if preview == .dryRun, let heldReason { text += "it would be held: \(DisplayText.line(heldReason))\n" }
        for warning in warnings { text += "warning: \(DisplayText.line(warning))\n" }
        return .text(text)
    }
}

extension ChangeCounts {
    var words: String { "\(added) added, \(changed) changed, \(removed) removed, \(unchanged) unchanged" }
}
