// SPDX-License-Identifier: Apache-2.0

import OVCore

extension OVError {
    /// What went wrong and what to do next, in the words of tools rather than commands.
    package var sentence: String {
        guard let hint = toolHint else { return message }
        return "\(message)\n\(hint)"
    }

    /// The hint, with the names of tools where it has commands of a shell, which an agent may not have.
    private var toolHint: String? {
        guard let hint else { return nil }
        var words = ""
        // Every other part stands between backticks.
        for (number, part) in hint.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
            words += number.isMultiple(of: 2) ? String(part) : Self.toolName(of: String(part))
        }
        return words
    }

    private static let toolNames: [(command: String, tool: String)] = [
        ("ov task watch ls", "list_watches"), ("ov task watch rm", "cancel_watch"),
        ("ov rm -r", "forget recursive=true"),
        ("ov rm", "forget"), ("ov ls", "list"), ("ov tree", "tree"), ("ov overview", "tree"), ("ov read", "read"),
        ("ov get", "resources/read"), ("ov ingest", "add_resource"), ("ov changes", "changes"),
        ("ov find", "find"), ("ov grep", "grep"), ("ov glob", "glob"),
        ("-F", "fixed=true"),
    ]

    private static func toolName(of code: String) -> String {
        for (command, tool) in toolNames where code.hasPrefix(command) {
            return "`\(tool)\(code.dropFirst(command.count))`"
        }
        return "`\(code)`"
    }
}
