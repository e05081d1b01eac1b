// SPDX-License-Identifier: Apache-2.0

/// Collects lines as long as there is room for them in an answer.
struct LineBudget: Hashable, Sendable {
    private(set) var lines: [String] = []
    private var room: Int

    init(bytes room: Int = ToolOutput.bound) { self.room = room }

    /// - Returns: whether there was room for it. Once there was none, there is none for a shorter line either.
    mutating func add(_ line: String) -> Bool {
        let length = line.utf8.count + 1
        guard length <= room else {
            room = 0
            return false
        }
        room -= length
        lines.append(line)
        return true
    }

    var text: String { lines.joined(separator: "\n") }
}
