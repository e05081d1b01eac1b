// SPDX-License-Identifier: Apache-2.0

import OVCore

/// The name of a pack: the run that made it, and a number: `7f02e980-8df9-4f27-a570-4d8428cbed8a-1`.
enum PackName {
    static func make(task: TaskID, number: Int) -> String { "\(task)-\(number)" }

    /// The run that made the pack; nil for text that is no name.
    static func task(of name: String) -> TaskID? {
        guard let hyphen = name.utf8.lastIndex(of: 45), let number = Int(name[name.index(after: hyphen)...]), number > 0
        else { return nil }
        return TaskID(String(name[..<hyphen]))
    }

    /// Names become paths, so a state file must not be able to smuggle anything else in.
    static func isValid(_ name: String) -> Bool { task(of: name) != nil }
}
