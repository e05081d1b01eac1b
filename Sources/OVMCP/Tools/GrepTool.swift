// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import Synchronization

/// Lines that match a pattern.
struct GrepTool: Tool {
    private static let (usualLimit, maximumLimit) = (50, 200)
    private static let maximumContext = 20
    /// How much of a line is shown.
    private static let lineLength = 300

    let name = "grep"
    let summary = "Lines that match a regular expression, by document, with their numbers."
    let arguments = [
        Argument("pattern", .text, isRequired: true, also: ["query", "regex", "regexp", "text", "search"]),
        Argument("uri", .text, "Only at or below", also: ["target_uri", "path", "folder", "directory", "scope"]),
        Argument("ignore_case", .boolean, also: ["case_insensitive", "i"]),
        Argument("fixed", .boolean, "Plain text", also: ["fixed_strings", "literal", "is_literal"]),
        Argument("context", .integer(atLeast: 0), "Lines around", also: ["context_lines", "lines"]),
        Argument("include", .texts, "Globs", also: ["includes", "glob", "globs"]),
        Argument(
            "limit", .integer(atLeast: 1), "Default 50",
            also: ["count", "max_results", "max_count", "node_limit", "head_limit"]),
    ]
    let effect = ToolEffect.reading

    func run(_ arguments: ArgumentValues, _ context: ToolContext) async throws -> ToolAnswer {
        let query = Self.query(arguments)
        let found = Mutex<[GrepFile]>([])
        let summary = try await context.plane.grep(query, as: context.caller) { file in
            let file = file.cut(to: Self.lineLength)
            found.withLock { $0.append(file) }
        }
        let files = found.withLock { $0 }
        guard !files.isEmpty else { return .text(Self.nothing(summary, in: query.uri)) }
        let entries = await Self.entries(of: files, context)
        let places = await FoundPlaces(of: files.map { ($0.uri, entries[$0.uri]?.lastChecked) }, context)
        let count = "\(summary.count)\(summary.hasMore ? " or more" : "") line\(summary.count == 1 ? "" : "s")"
        var budget = LineBudget()
        _ = budget.add(
            "\(count) in \(Amount.documents(files.count)) (untrusted text), \(places.words(at: context.clock.now()))")
        var isCut = false
        for line in files.lazy.flatMap({ Self.lines(of: $0, entries[$0.uri], places) }) where !budget.add(line) {
            isCut = true
            break
        }
        var lines = budget.lines
        if isCut || summary.hasMore {
            let wider = query.limit ?? 0 < Self.maximumLimit && !isCut
            lines.append(
                "… there is more: \(wider ? "raise limit (to at most \(Self.maximumLimit)) or " : "")narrow it with "
                    + "uri, include or the pattern.")
        }
        return .text(lines.joined(separator: "\n"))
    }

    private static func query(_ arguments: ArgumentValues) -> GrepQuery {
        let uri = arguments.text("uri").flatMap { $0.isEmpty ? nil : $0 } ?? VikingURI.root.text
        var query = GrepQuery(pattern: arguments.text("pattern") ?? "", uri: uri)
        query.ignoresCase = arguments.bool("ignore_case") ?? false
        query.isFixed = arguments.bool("fixed") ?? false
        query.before = min(arguments.integer("context") ?? 0, maximumContext)
        query.after = query.before
        query.include = arguments.texts("include")
        query.limit = min(arguments.integer("limit") ?? usualLimit, maximumLimit)
        return query
    }

    /// When the documents changed and were checked; of one that is gone by now, nothing.
    private static func entries(of files: [GrepFile], _ context: ToolContext) async -> [VikingURI: Entry] {
        var entries: [VikingURI: Entry] = [:]
        for file in files { entries[file.uri] = try? await context.plane.stat(file.uri.text, as: context.caller) }
        return entries
    }

    private static func nothing(_ summary: GrepSummary, in uri: String) -> String {
        let skipped = summary.documentsSkipped > 0 ? " (\(summary.documentsSkipped) more are no text)" : ""
        return """
            No line matches in \(Amount.documents(summary.documentsScanned)) below \(uri.shown)\(skipped).
            Try ignore_case, a shorter pattern, fixed=true for plain text, or `find`, which knows other forms of words.
            """
    }

    private static func lines(of file: GrepFile, _ entry: Entry?, _ places: FoundPlaces) -> [String] {
        let changed = entry?.lastChanged.map { "  changed \($0.description.prefix(10))" } ?? ""
        return ["\(places.path(of: file.uri))\(changed)"]
            + file.lines.map { " \($0.number)\($0.isMatch ? ":" : "-") \($0.text)" }
    }
}

extension GrepFile {
    /// The same with lines that are not too long, and of which none is a control of whatever shows it.
    fileprivate func cut(to length: Int) -> GrepFile {
        let lines = lines.map { line in
            var text = String.UnicodeScalarView()
            for scalar in line.text.unicodeScalars.prefix(length) {
                if scalar.hides { continue }
                text.append(scalar == "\t" || !scalar.endsLine ? scalar : " ")
            }
            let isCut = line.text.unicodeScalars.dropFirst(length).first != nil
            return Line(number: line.number, text: String(text) + (isCut ? "…" : ""), isMatch: line.isMatch)
        }
        return GrepFile(uri: uri, lines: lines, count: count)
    }
}
