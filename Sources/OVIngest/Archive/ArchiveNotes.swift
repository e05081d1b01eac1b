// SPDX-License-Identifier: Apache-2.0

/// What a run has to say about what it did not make folders or documents of: one line for a thousand.
struct ArchiveNotes {
    private var above = Count()
    private var deep = Count()
    private var unreadable = Count()
    private var reason = ""

    private struct Count {
        var number = 0
        var first = ""

        mutating func add(_ path: String) {
            number += 1
            if number == 1 { first = path }
        }

        func words(_ one: String, _ many: String) -> String {
            number == 1 ? "1 \(one) (\(first))" : "\(number) \(many) (first: \(first))"
        }
    }

    mutating func addAbove(_ path: String) { above.add(path) }
    mutating func addDeep(_ path: String) { deep.add(path) }

    mutating func addUnreadable(_ path: String, _ error: ArchiveError) {
        unreadable.add(path)
        if unreadable.number == 1 { reason = "\(error)" }
    }

    var warnings: [FetchWarning] {
        var lines: [String] = []
        if above.number > 0 {
            lines.append(
                above.words("file lies", "files lie") + " above the folders that strip leaves off: left out")
        }
        if deep.number > 0 {
            lines.append(
                deep.words("archive lies", "archives lie") + " too deep in other archives to be unpacked: kept as it is"
            )
        }
        if unreadable.number > 0 {
            lines.append(
                unreadable.words("archive in it", "archives in it") + " cannot be unpacked and stays a file: "
                    + reason)
        }
        return lines.map { FetchWarning(path: nil, message: $0) }
    }
}
