// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore
import Synchronization

struct GrepCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "grep",
        abstract: "Print the lines that match a pattern.",
        usage: "ov grep PATTERN [URI] [-i] [-w] [-F] [-l] [-A N] [-B N] [-C N] [-m N] ...",
        discussion: Discussion.text(
            """
            The pattern is a regular expression in the syntax of ripgrep, without look-around and back-references: \
            whatever it is, the time is in proportion to the text. Documents come in the order of their addresses. \
            Globs of --include and --exclude are relative to the URI; one without a slash means names at any depth.
            """,
            examples: [
                "ov grep 'error|warning' viking://resources/src", "ov grep -F -i 'rate limit' -C 2",
                "ov grep '^#' viking://resources/docs --include '*.md' -l",
            ]))

    @Argument(help: ArgumentHelp("What lines are to match.", valueName: "pattern"))
    var pattern: String

    @Argument(help: ArgumentHelp("The folder, resource or document to look in.", valueName: "uri"))
    var uri: String = VikingURI.root.text

    @Flag(name: [.customShort("i"), .long], help: "Case does not matter.")
    var ignoreCase = false

    @Flag(name: [.customShort("w"), .long], help: "Only where no letter or digit stands around it.")
    var wordRegexp = false

    @Flag(name: [.customShort("F"), .long], help: "The pattern is text and no expression.")
    var fixedStrings = false

    @Flag(help: "Lines that do not match.")
    var invertMatch = false

    @Flag(name: [.customShort("l"), .long], help: "Only the addresses of documents with matches.")
    var filesWithMatches = false

    @Flag(help: "Only how many lines of each document match.")
    var count = false

    @Option(
        name: [.customShort("A", allowingJoined: true), .long],
        help: ArgumentHelp("Lines behind each match.", valueName: "lines"))
    var afterContext: Int?

    @Option(
        name: [.customShort("B", allowingJoined: true), .long],
        help: ArgumentHelp("Lines before each match.", valueName: "lines"))
    var beforeContext: Int?

    @Option(
        name: [.customShort("C", allowingJoined: true), .long],
        help: ArgumentHelp("Lines around each match.", valueName: "lines"))
    var context: Int?

    @Option(
        name: [.customShort("m", allowingJoined: true), .long],
        help: ArgumentHelp("At most so many matches in a document.", valueName: "count"))
    var maxCount: Int?

    @Option(help: ArgumentHelp("At most so many matches in all.", valueName: "count"))
    var limit: Int?

    @Option(parsing: .singleValue, help: ArgumentHelp("Only documents whose path fits.", valueName: "glob"))
    var include: [String] = []

    @Option(parsing: .singleValue, help: ArgumentHelp("No documents whose path fits.", valueName: "glob"))
    var exclude: [String] = []

    @OptionGroup var global: GlobalOptions

    private var query: GrepQuery {
        var query = GrepQuery(pattern: pattern, uri: uri)
        query.ignoresCase = ignoreCase
        query.wholeWords = wordRegexp
        query.isFixed = fixedStrings
        query.isInverted = invertMatch
        query.before = beforeContext ?? context ?? 0
        query.after = afterContext ?? context ?? 0
        query.perDocument = filesWithMatches ? 1 : maxCount
        query.limit = limit
        query.countsOnly = count || filesWithMatches
        query.include = include
        query.exclude = exclude
        return query
    }

    func run(in context: CommandContext) async throws {
        let query = query
        let printer = LinePrinter(
            context: context, style: filesWithMatches ? .addresses : count ? .counts : .lines,
            hasContext: query.before > 0 || query.after > 0)
        let found = Mutex<[GrepFile]>([])
        let summary = try await context.withPlane { plane in
            try await plane.grep(query, as: context.caller) { file in
                if context.isJSON { found.withLock { $0.append(file) } } else { try printer.show(file) }
            }
        }
        if let failure = printer.failure { throw failure }
        if context.isJSON {
            try context.show(GrepResult(files: found.withLock { $0 }, summary: summary)) { .text("") }
        } else if summary.count == 0 {
            try context.note(
                "nothing matches in \(HumanFormat.count(summary.documentsScanned, "document")) below \(uri)")
        }
        if summary.hasMore { try context.note("there are more matches: raise --limit") }
    }
}
