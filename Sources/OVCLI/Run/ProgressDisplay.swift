// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Decides when progress is shown: a bar that is redrawn on a terminal, a line now and then otherwise.
struct ProgressDisplay {
    enum Form: Hashable {
        case hidden
        case bar(width: Int)
        case lines
    }

    static let frameInterval = Milliseconds(100)
    static let lineInterval = Milliseconds.seconds(5)

    let form: Form
    private var lastShown: Timestamp
    private var isDrawn = false

    init(form: Form, start: Timestamp) {
        self.form = form
        lastShown = start
    }

    /// How long to wait before looking again although nothing happened; nil for never.
    var tick: Milliseconds? {
        switch form {
        case .hidden: nil
        case .bar: .seconds(1)
        case .lines: Self.lineInterval
        }
    }

    /// What to write now, nil when it is too early.
    mutating func update(_ frame: ProgressFrame, at now: Timestamp) -> String? {
        switch form {
        case .hidden: return nil
        case .bar(let width):
            guard !isDrawn || now.since(lastShown) >= Self.frameInterval else { return nil }
            (lastShown, isDrawn) = (now, true)
            return "\r\u{1B}[K" + frame.bar(width: width)
        case .lines:
            guard now.since(lastShown) >= Self.lineInterval else { return nil }
            lastShown = now
            return frame.words + "\n"
        }
    }

    /// What to write so that something else can be.
    mutating func clear() -> String? {
        guard isDrawn else { return nil }
        isDrawn = false
        return "\r\u{1B}[K"
    }
}
