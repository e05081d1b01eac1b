// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct ReadCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Print documents.",
        usage: "ov read URI ... [--section HEADING] [--lines FIRST:LAST] [--max-tokens COUNT] [--revision REVISION]",
        discussion: Discussion.text(
            """
            Prints text, whole or a part of it. For the bytes of any document: `ov get`.

            A section is named by its heading, or by several from the outer to the inner one with > between them; \
            letters count in either case. --max-tokens ends at a blank line where that leaves at least half, else at \
            the end of a line, and says how to go on. A token is taken for four bytes of ASCII, or one other character.
            """,
            examples: [
                "ov read viking://resources/docs/guide.md",
                "ov read viking://resources/docs/guide.md --lines 101:120",
                "ov read viking://resources/docs/guide.md --section 'Install > Linux' --max-tokens 2000",
                "ov read viking://resources/docs/guide.md --revision latest~1",
            ]))

    @OptionGroup var targets: DocumentArguments

    @Option(help: ArgumentHelp("How many lines to leave out at the beginning.", valueName: "lines"))
    var offset: Int = 0

    @Option(help: ArgumentHelp("At most so many lines.", valueName: "lines"))
    var limit: Int?

    @Option(help: ArgumentHelp("Only the section under this heading.", valueName: "heading"))
    var section: String?

    @Option(help: ArgumentHelp("Only these lines, counted from 1: 20:40, 20: or :40.", valueName: "first:last"))
    var lines: String?

    @Option(help: ArgumentHelp("About so many tokens at most.", valueName: "count"))
    var maxTokens: Int?

    @Option(help: ArgumentHelp("An earlier revision: its name, its number, or latest~1.", valueName: "revision"))
    var revision: String?

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let range = try lines.map(Self.range) ?? LineRange(offset: offset, limit: limit)
        let part = DocumentPart(range: range, section: section, maximumTokens: maxTokens, revision: revision)
        let texts = try await context.withPlane { plane in
            try await targets.texts { try await plane.read($0, part, as: context.caller) }
        }
        try context.show(texts, verbatim: true)
        for text in texts { if let words = text.continuation { try context.note(words) } }
    }

    func validate() throws {
        guard lines == nil || (offset == 0 && limit == nil) else {
            throw ValidationError("--lines excludes --offset and --limit.")
        }
        if let lines { _ = try Self.range(lines) }
    }

    /// - Throws: `ValidationError` for text that names no lines.
    private static func range(_ text: String) throws -> LineRange {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        func number(_ text: Substring) throws -> Int? {
            if text.isEmpty { return nil }
            guard let number = Int(text), number > 0 else { throw malformed(lines: text) }
            return number
        }
        guard (1...2).contains(parts.count), text != ":", !text.isEmpty else { throw malformed(lines: text[...]) }
        let first = try number(parts[0]) ?? 1
        let last = parts.count == 1 ? first : try number(parts[1])
        guard last.map({ $0 >= first }) ?? true else { throw malformed(lines: text[...]) }
        return LineRange(offset: first - 1, limit: last.map { $0 - first + 1 })
    }

    private static func malformed(lines text: Substring) -> ValidationError {
        ValidationError("'\(text)' names no lines: write 20:40, 20:, :40 or 20, counted from 1.")
    }
}
