// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

extension FindResult {
    func display(now: Timestamp) -> Display {
        guard !hits.isEmpty else { return .empty("Nothing found.") }
        return .text(hits.map { $0.text(now: now) }.joined(separator: "\n"))
    }
}

extension SearchHit {
    /// Where it is, under which headings, how fresh, and what stands there.
    fileprivate func text(now: Timestamp) -> String {
        let place = lines.count == 1 ? "\(lines.lowerBound)" : "\(lines.lowerBound)-\(lines.upperBound)"
        let checked = lastChecked.map { HumanFormat.relative($0, to: now) } ?? "never"
        let heading = headings.isEmpty ? title : headings.joined(separator: " > ")
        let facts = [
            HumanFormat.bytes(Int64(size)), "changed \(HumanFormat.relative(lastChanged, to: now))",
            "checked \(checked)", "score \(HumanFormat.score(score))",
        ]
        return """
            \(DisplayText.line(uri.text)):\(place)  \(DisplayText.line(heading))
              \(facts.joined(separator: ", "))
              \(DisplayText.line(snippet))

            """
    }
}

extension HumanFormat {
    /// With two digits behind the point.
    static func score(_ value: Double) -> String {
        let hundredths = Int((min(max(value, 0), 1e9) * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
