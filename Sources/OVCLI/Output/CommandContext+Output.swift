// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem

/// What a command has to show, as people see it.
enum Display {
    case table(Table)
    case fields(FieldList)
    /// Text of the product's own making.
    case text(String)
    /// Nothing to show: the words go to standard error.
    case empty(String)
}

extension CommandContext {
    var isJSON: Bool { settings.format == .json }

    private var isStyled: Bool { settings.usesColor && output.terminal?.isCapable == true }

    /// Prints a result: as JSON what REST puts in `result`, else what `display` makes of it.
    func show(_ value: some JSONWritable, _ display: () -> Display) throws {
        guard !isJSON else { return try showJSON(value) }
        switch display() {
        case .table(let table):
            let width = output.terminal?.width
            try output.write(table.rendered(width: width, header: !settings.isCompact, styled: isStyled))
        case .fields(let fields):
            try output.write(fields.rendered(labels: !settings.isCompact, styled: isStyled))
        case .text(let text): try output.write(text)
        case .empty(let words): try note(words)
        }
    }

    private func showJSON(_ value: some JSONWritable) throws {
        // Written as it is made: a list may be larger than what this process should hold.
        var failure: (any Error)?
        var json = JSONWriter(indented: !settings.isCompact, makeInOrder: makeInOrder) { [output] bytes in
            guard failure == nil else { return }
            do { try output.write(bytes) } catch { failure = error }
        }
        if settings.isCompact {
            json.object { json in
                json.member("ok", true)
                json.member("result", value)
            }
        } else {
            value.write(to: &json)
        }
        json.newline()
        if let failure { throw failure }
        try output.write(json.bytes)
    }

    /// Says something on standard error, unless asked to be quiet.
    func note(_ text: String) throws {
        guard !settings.isQuiet else { return }
        try diagnostics.write(DisplayText.lines(text) + "\n")
    }

    /// Says what went wrong on standard error.
    func report(_ error: OVError) {
        // When standard error is gone there is nowhere left to say so.
        try? diagnostics.write(ErrorReport(error: error, isJSON: isJSON, isCompact: settings.isCompact).text)
    }
}

/// An error as standard error carries it.
struct ErrorReport {
    let error: OVError
    let isJSON: Bool
    let isCompact: Bool

    var text: String {
        guard isJSON else { return words }
        return JSONWriter.text(of: JSONBlock { $0.object { $0.member("error", error) } }, indented: !isCompact) + "\n"
    }

    private var words: String {
        var text = "ov: \(DisplayText.lines(error.message))\n"
        for field in error.details["validation_errors"]?.array ?? [] {
            guard let message = field["message"]?.string, message != error.message else { continue }
            text += "  \(DisplayText.line(message))\n"
        }
        if let hint = error.hint { text += "hint: \(DisplayText.lines(hint))\n" }
        return text
    }
}

/// JSON that a closure writes.
struct JSONBlock: JSONWritable {
    let content: (inout JSONWriter) -> Void

    func write(to json: inout JSONWriter) { content(&json) }
}

/// The elements as one JSON array.
struct JSONArray<Element: JSONWritable>: JSONWritable {
    let elements: [Element]

    init(_ elements: [Element]) { self.elements = elements }

    func write(to json: inout JSONWriter) {
        json.array { json in
            for element in elements { element.write(to: &json) }
        }
    }
}
