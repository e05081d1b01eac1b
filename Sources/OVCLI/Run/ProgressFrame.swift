// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// What is known of the runs that a command waits for, as one line.
struct ProgressFrame: Hashable {
    var stage = TaskRecord.Stage.queued
    var isCancelling = false
    var progress = TaskRecord.Progress()
    var running = 0
    var finished = 0
    var total = 1
    var elapsed = Milliseconds.zero

    init() {}

    /// - Parameters:
    ///   - views: the last state of each run that is not finished.
    ///   - finished: how many are.
    init(_ views: some Collection<TaskView>, finished: Int, total: Int, elapsed: Milliseconds) {
        stage = views.map(\.stage).max { $0.order < $1.order } ?? .queued
        isCancelling = views.contains { $0.status == .cancelling }
        progress.documents = views.reduce(0) { $0 + $1.progress.documents }
        progress.bytes = views.reduce(0) { $0 + $1.progress.bytes }
        let totals = views.compactMap(\.progress.totalDocuments)
        if !views.isEmpty, totals.count == views.count { progress.totalDocuments = totals.reduce(0, +) }
        running = views.count { $0.status.isRunning }
        self.finished = finished
        self.total = total
        self.elapsed = elapsed
    }

    /// `fetching: 12 documents, 3.4 MiB, 5s`.
    var words: String {
        var parts: [String] = []
        if total > 1 { parts.append("\(finished) of \(total) runs done") }
        let documents = progress.totalDocuments.map { "\(progress.documents)/\($0) documents" }
        if stage != .queued || progress.documents > 0 {
            parts.append(documents ?? HumanFormat.count(progress.documents, "document"))
        }
        if progress.bytes > 0 { parts.append(HumanFormat.bytes(progress.bytes)) }
        parts.append(HumanFormat.duration(elapsed))
        return "\(isCancelling ? "cancelling" : stage.rawValue): \(parts.joined(separator: ", "))"
    }

    /// The line with a bar in front where the end is known, in at most `width` columns.
    func bar(width: Int) -> String {
        let room = min(30, width - words.count - 4)
        guard let fraction, room >= 5 else { return DisplayText.shorteningEnd(words, to: width - 1) }
        let filled = Int((fraction * Double(room)).rounded(.down))
        return "[\(String(repeating: "#", count: filled))\(String(repeating: "-", count: room - filled))] \(words)"
    }

    private var fraction: Double? {
        if total > 1 { return Double(finished) / Double(total) }
        guard let all = progress.totalDocuments, all > 0 else { return nil }
        return min(1, Double(progress.documents) / Double(all))
    }
}

extension TaskRecord.Stage {
    fileprivate var order: Int {
        switch self {
        case .queued: 0
        case .fetching: 1
        case .converting: 2
        case .publishing: 3
        }
    }
}
