// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// What is said of a source that was accepted.
struct AddedResource: Sendable {
    private static let shownWarnings = 5

    let uri: VikingURI
    let watch: WatchView?

    init(_ receipt: IngestReceipt) {
        uri = receipt.root
        watch = receipt.watch
    }

    /// - Parameter watch: the one that keeps it current now.
    init(uri: VikingURI, watch: WatchView?) {
        self.uri = uri
        self.watch = watch
    }

    private var heading: String {
        guard let interval = watch?.interval.minutes else { return "Resource added: \(uri)" }
        return "Resource added: \(uri) (watch enabled, refresh every \(Amount.minutes(interval)) minute(s))"
    }

    private func structured(_ outcome: String, _ members: [(name: String, value: JSONValue)] = []) -> JSONValue {
        var all: [(name: String, value: JSONValue)] = [("uri", .string(uri.text)), ("outcome", .string(outcome))]
        if let interval = watch?.interval.minutes { all.append(("watch_interval", .number(interval))) }
        return .object(all + members)
    }

    func accepted() -> ToolOutput {
        ToolOutput(
            text: "\(heading)\nThe ingest goes on in the background; `list` shows when it is there.",
            structured: structured("running"))
    }

    func unfinished(_ view: TaskView, after seconds: Double) -> ToolOutput {
        let progress = view.progress
        let total = progress.totalDocuments.map { " of \($0)" } ?? ""
        let words =
            "Not finished after \(Amount.minutes(seconds)) s (\(view.stage.rawValue), \(progress.documents)\(total) "
            + "documents so far). It goes on in the background: look again later with `list`, or with `health`."
        return ToolOutput(
            text: "\(heading)\n\(words)",
            structured: structured(
                "running", [("documents", .integer(Int64(progress.documents))), ("note", .string(words))]))
    }

    func ended(_ view: TaskView) -> ToolOutput {
        if let error = view.failure() { return failed(error) }
        var lines = [heading, view.outcome]
        guard let result = view.result else { return ToolOutput(text: heading, structured: structured("updated")) }
        lines[1] += ", \(Amount.bytes(result.bytes))"
        let warnings = result.warnings.prefix(Self.shownWarnings).map(\.onOneLine)
        lines += warnings.map { "warning: \($0)" }
        let rest = result.warnings.count - warnings.count
        if rest > 0 { lines.append("… \(rest) more warnings") }
        let changes = result.changes
        var members: [(name: String, value: JSONValue)] = [
            ("added", .integer(Int64(changes.added))), ("changed", .integer(Int64(changes.changed))),
            ("removed", .integer(Int64(changes.removed))), ("unchanged", .integer(Int64(changes.unchanged))),
            ("bytes", .integer(result.bytes)),
        ]
        if !warnings.isEmpty { members.append(("warnings", .array(warnings.map { .string($0) }))) }
        return ToolOutput(
            text: lines.joined(separator: "\n"), structured: structured(result.outcome.rawValue, members))
    }

    private func failed(_ error: OVError) -> ToolOutput {
        var output = ToolOutput.error(error)
        if watch != nil {
            output = ToolOutput(
                text: "\(output.text)\nThe watch on \(uri) is there and will try again; `cancel_watch` ends it.")
            output.isError = true
        }
        return output
    }
}
