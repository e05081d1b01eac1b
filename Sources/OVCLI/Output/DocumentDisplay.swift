// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

extension EntryList {
    func display(of uri: String, now: Timestamp, abstracts: Bool) -> Display {
        guard !entries.isEmpty else { return .empty("Nothing in \(uri).") }
        var columns: [Table.Column] = [
            .init(title: "NAME", shortening: .middle, minimum: 12), .init(title: "SIZE", alignsRight: true),
            .init(title: "DOCUMENTS", isOptional: true, alignsRight: true), .init(title: "CHANGED"),
            .init(title: "CHECKED"), .init(title: "CHANGED AT", isOptional: true),
        ]
        if abstracts { columns.append(.init(title: "ABSTRACT", shortening: .end, minimum: 10)) }
        var table = Table(columns)
        table.rows = entries.map { $0.row(now: now, abstract: abstracts) }
        return .table(table)
    }
}

extension Entry {
    fileprivate func row(now: Timestamp, abstract showsAbstract: Bool) -> [Table.Cell] {
        func time(_ time: Timestamp?) -> String { time.map { HumanFormat.relative($0, to: now) } ?? "-" }
        let shown = relativePath.isEmpty ? name : relativePath
        let row: [Table.Cell] = [
            .init(isFolder ? shown + "/" : shown, isFolder ? .bold : .plain), .init(HumanFormat.bytes(size)),
            .init(isFolder ? String(documents) : ""), .init(time(lastChanged)), .init(time(lastChecked)),
            .init(lastChanged.map(HumanFormat.time) ?? "-"),
        ]
        return showsAbstract ? row + [.init(abstract)] : row
    }

    func display(now: Timestamp) -> Display {
        var fields = FieldList()
        fields.add("uri", uri.text, .bold)
        fields.add("kind", isFolder ? "folder" : "document")
        fields.add("size", size < 1024 ? HumanFormat.bytes(size) : "\(HumanFormat.bytes(size)) (\(size) bytes)")
        if isFolder { fields.add("documents", String(documents)) }
        fields.add("media type", ifAny: mediaType)
        fields.add("last changed", lastChanged.map { HumanFormat.both($0, now: now) } ?? "-")
        fields.add("last checked", lastChecked.map { HumanFormat.both($0, now: now) } ?? "-")
        fields.add("abstract", ifAny: abstract)
        return .fields(fields)
    }
}

extension RemovalReceipt {
    var display: Display {
        .text(removed.map { "removed \($0)\n" }.joined() + "\(HumanFormat.count(documents, "document")) gone\n")
    }
}

extension DocumentArguments {
    /// The texts of all, in the order in which they were named.
    func texts(_ read: (String) async throws -> DocumentText) async throws -> [DocumentText] {
        var texts: [DocumentText] = []
        for uri in uris { texts.append(try await read(uri)) }
        return texts
    }
}

extension CommandContext {
    /// Prints texts: one as a JSON string or as itself, several as objects or under a heading each. How fresh they
    /// are goes to standard error, so that nobody takes for new what is not.
    /// - Parameter verbatim: whether they are documents, of which a pipe gets every byte, and nothing else.
    func show(_ texts: [DocumentText], verbatim: Bool) throws {
        try showTexts(texts, verbatim: verbatim)
        for text in texts { try note(text.freshness(now: clock.now())) }
    }

    private func showTexts(_ texts: [DocumentText], verbatim: Bool) throws {
        if let only = texts.first, texts.count == 1 {
            return try show(only.text) { .text(verbatim ? printable(only.text) : endingLine(printable(only.text))) }
        }
        let objects = texts.map { text in
            JSONBlock { json in
                json.object { json in
                    json.member("uri", text.uri)
                    json.member("text", text.text)
                }
            }
        }
        try show(JSONArray(objects)) {
            .text(texts.map { "==> \($0.uri) <==\n\(endingLine(printable($0.text)))" }.joined(separator: "\n"))
        }
    }

    /// A pipe gets the text byte for byte; a terminal gets nothing that it would act on.
    private func printable(_ text: String) -> String {
        output.terminal == nil ? text : endingLine(DisplayText.lines(text))
    }

    private func endingLine(_ text: String) -> String { text.isEmpty || text.hasSuffix("\n") ? text : text + "\n" }
}

extension DocumentText {
    /// How to go on with what a bound left out.
    var continuation: String? {
        guard let rest else { return nil }
        let revision = revision.map { " --revision \($0)" } ?? ""
        return "\(HumanFormat.count(rest.count, "more line")): "
            + "ov read \(uri) --lines \(rest.lowerBound + 1):\(rest.upperBound)\(revision)"
    }

    fileprivate func freshness(now: Timestamp) -> String {
        func time(_ time: Timestamp?) -> String { time.map { HumanFormat.relative($0, to: now) } ?? "never" }
        return "\(uri): checked \(time(lastChecked)), changed \(time(lastChanged))"
    }
}
