// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

extension ResourceHistory {
    func display(now: Timestamp) -> Display {
        guard !revisions.isEmpty else { return .empty("Nothing changed at \(uri) in the revisions that are kept.") }
        var table = Table([
            .init(title: "REVISION"), .init(title: "AT"), .init(title: "ADDED", alignsRight: true),
            .init(title: "CHANGED", alignsRight: true), .init(title: "REMOVED", alignsRight: true),
            .init(title: "DOCUMENTS", isOptional: true, alignsRight: true),
            .init(title: "SIZE", isOptional: true, alignsRight: true), .init(title: "TASK", isOptional: true),
        ])
        table.rows = revisions.map { entry in
            [
                .init(entry.revision, entry.isCurrent ? .bold : .plain), .init(HumanFormat.time(entry.at)),
                .init(String(entry.added)), .init(String(entry.changed)), .init(String(entry.removed)),
                .init(String(entry.documents)), .init(HumanFormat.bytes(entry.bytes)), .init(entry.task.description),
            ]
        }
        return .table(table)
    }

    /// What is no longer there, and why.
    var retention: String? {
        guard dropped > 0 else { return nil }
        let days = keptDays.rounded() == keptDays ? String(Int(keptDays)) : String(keptDays)
        return "\(HumanFormat.count(dropped, "earlier revision")) not kept: "
            + "the last \(keptRevisions) are, for \(days) days (revisions_per_resource, revision_days)"
    }
}

extension RevisionDiff {
    /// How many of each kind.
    var summary: String {
        let counts = DocumentDiff.Kind.allCases.map { ($0, count(of: $0)) }.filter { $0.1 > 0 }
        let lines = documents.reduce(into: (added: 0, removed: 0)) { sum, document in
            sum.added += document.addedLines ?? 0
            sum.removed += document.removedLines ?? 0
        }
        let words = counts.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")
        guard !words.isEmpty else { return "no difference" }
        return lines.added + lines.removed > 0 ? "\(words), +\(lines.added) -\(lines.removed) lines" : words
    }

    /// - Parameter isTerminal: whether nothing may be shown that a terminal acts on.
    func display(isTerminal: Bool) -> Display {
        guard !documents.isEmpty else { return .empty("No difference.") }
        switch format {
        case .names:
            return .text(documents.map { "\($0.mark) \(DisplayText.line($0.name))\n" }.joined())
        case .stat: return .table(statTable)
        case .unified:
            let text = documents.map { $0.unified ?? "\($0.mark) \($0.name)\n" }.joined()
            return .text(isTerminal ? DisplayText.lines(text) : text)
        case .sections:
            return .text(documents.map { "\($0.mark) \(DisplayText.line($0.name))\n" + $0.sectionLines }.joined())
        }
    }

    private var statTable: Table {
        var table = Table([
            .init(title: "CHANGE"), .init(title: "DOCUMENT", shortening: .middle, minimum: 20),
            .init(title: "LINES", alignsRight: true), .init(title: "SIZE", isOptional: true, alignsRight: true),
        ])
        table.rows = documents.map { document in
            let lines = document.addedLines.map { "+\($0) -\(document.removedLines ?? 0)" } ?? "-"
            let size = document.newSize ?? document.oldSize ?? 0
            return [.init(document.kind.rawValue), .init(document.name), .init(lines), .init(HumanFormat.bytes(size))]
        }
        return table
    }
}

extension DocumentDiff {
    fileprivate var name: String { movedFrom.map { "\($0) -> \(uri)" } ?? uri.text }

    /// A letter, as version control systems have it.
    fileprivate var mark: String {
        switch kind {
        case .added: "A"
        case .changed: "M"
        case .removed: "D"
        case .moved: "R"
        }
    }

    fileprivate var sectionLines: String { (sections ?? []).map { "    \($0.line)\n" }.joined() }
}

extension SectionChange {
    /// In one line.
    var line: String {
        let path = headingPath.isEmpty ? "(above all headings)" : headingPath.joined(separator: " > ")
        var words = "\(kind.rawValue) \(path)"
        if let movedFrom { words += ", from \(movedFrom.joined(separator: " > "))" }
        let last = firstLine + max(1, lines) - 1
        let range = last == firstLine ? "line \(firstLine)" : "lines \(firstLine)-\(last)"
        let place = kind == .removed ? HumanFormat.count(lines, "line") : range
        let counts = kind == .changed ? ", +\(addedLines) -\(removedLines)" : ""
        return DisplayText.line("\(words) (\(place)\(counts))")
    }
}

extension ChangePage {
    /// - Parameter isReader: whether the store keeps the reader's place.
    func display(now: Timestamp, isReader: Bool) -> Display {
        guard !items.isEmpty else {
            return isReader ? .empty("Nothing has changed.") : .text(nextCursor + "\n")
        }
        return .text(items.map { $0.lines(now: now) }.joined())
    }
}

extension DocumentChange {
    fileprivate func lines(now: Timestamp) -> String {
        var first = "\(kind.rawValue) \(uri)"
        if let movedFrom { first += ", from \(movedFrom)" }
        if let title { first += ": \(title)" }
        first += " (\(HumanFormat.relative(at, to: now)))"
        return DisplayText.line(first) + "\n" + sections.map { "    \($0.line)\n" }.joined()
    }
}

extension RevertReceipt {
    var display: Display {
        guard task != nil else { return .empty("\(uri) has what \(restored) had; nothing to do.") }
        let counts = "\(changes.added) added, \(changes.changed) changed, \(changes.removed) removed"
        return .text("\(uri) is at \(revision), with the documents of \(restored): \(counts)\n")
    }
}
