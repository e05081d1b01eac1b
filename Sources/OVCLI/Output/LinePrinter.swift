// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import Synchronization

/// Prints lines as they are found, in the form that editors and scripts know from grep: `uri:line:text`, with `-` for
/// lines that only stand around a match.
final class LinePrinter: Sendable {
    enum Style: Sendable {
        case lines, counts, addresses
    }

    private struct Progress {
        /// The document and line that were printed last.
        var last: (uri: VikingURI, line: Int)?
        var failure: (any Error)?
    }

    private let context: CommandContext
    private let style: Style
    private let hasContext: Bool
    private let progress = Mutex(Progress())

    init(context: CommandContext, style: Style, hasContext: Bool) {
        self.context = context
        self.style = style
        self.hasContext = hasContext
    }

    /// Why printing failed, if it did.
    var failure: (any Error)? { progress.withLock { $0.failure } }

    func show(_ file: GrepFile) throws {
        do {
            try context.output.write(text(of: file))
        } catch {
            progress.withLock { $0.failure = error }
            throw error
        }
    }

    private func text(of file: GrepFile) -> String {
        let uri = DisplayText.line(file.uri.text)
        switch style {
        case .addresses: return uri + "\n"
        case .counts: return "\(uri):\(file.count)\n"
        case .lines: break
        }
        return progress.withLock { progress in
            var text = ""
            for line in file.lines {
                if hasContext, let last = progress.last, last.uri != file.uri || last.line + 1 != line.number {
                    text += "--\n"
                }
                let mark = line.isMatch ? ":" : "-"
                text += "\(uri)\(mark)\(line.number)\(mark)\(printable(line.text))\n"
                progress.last = (file.uri, line.number)
            }
            return text
        }
    }

    /// A terminal gets nothing that it would act on.
    private func printable(_ text: String) -> String {
        context.output.terminal == nil ? text : DisplayText.line(text)
    }
}
