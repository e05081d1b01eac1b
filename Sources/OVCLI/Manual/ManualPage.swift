// SPDX-License-Identifier: Apache-2.0

import OVCore

/// One page of the manual: what a group of commands is for, and each of them.
struct ManualPage {
    static let date = "2026-11-23"

    /// `ov-task`.
    let name: String
    let abstract: String
    let words: String
    let commands: [CommandDefinition]
    /// In place of the synopses of the commands.
    var synopsis: String?
    /// Sections of this page alone, between the commands and the exit status.
    var extra: (inout Roff) -> Void = { _ in }
    let seeAlso: [String]

    var fileName: String { "\(name).1" }

    var text: String {
        var roff = Roff(title: name, date: Self.date, source: "ov \(productVersion)")
        roff.section("Name")
        roff.line("\(Roff.escaped(name)) \\- \(Roff.escaped(abstract))")
        roff.section("Synopsis")
        roff.line(synopsis ?? commands.map(\.synopsis).joined(separator: "\n.br\n"))
        roff.section("Description")
        roff.words(words)
        if commands.contains(where: { $0.path.count > 1 }) {
            roff.section("Commands")
            for command in commands { append(command, to: &roff) }
        }
        extra(&roff)
        roff.section("Exit status")
        for row in ExitStatus.meanings { roff.item(Roff.bold(String(row.status)), row.meaning + ".") }
        roff.section("Examples")
        for command in commands where !command.examples.isEmpty { roff.example(command.examples) }
        roff.section("See also")
        roff.line(seeAlso.map { "\(Roff.bold($0))(1)" }.joined(separator: ",\n"))
        return roff.text
    }

    private func append(_ command: CommandDefinition, to roff: inout Roff) {
        roff.subsection(command.path.joined(separator: " "))
        roff.words(command.abstract + (command.words.isEmpty ? "" : "\n\n" + command.words))
        if !command.aliases.isEmpty {
            roff.line(".PP")
            roff.words("Alias: \(command.aliases.joined(separator: ", ")).")
        }
        for argument in command.own { roff.item(argument.term, argument.meaning) }
    }
}

extension CommandDefinition {
    /// What it takes beyond the global options and the request for help.
    var own: [Argument] {
        arguments.filter { !$0.isGlobal && !$0.names.contains("--help") }
    }

    var global: [Argument] { arguments.filter(\.isGlobal) }

    /// `ov read [--offset lines] uri ...`, with markup.
    var synopsis: String {
        let options = own.filter { !$0.isPositional }.map(\.synopsis)
        let positionals = own.filter(\.isPositional).map(\.synopsis)
        return ([Roff.bold(path.joined(separator: " "))] + options + positionals).joined(separator: "\n")
    }
}

extension CommandDefinition.Argument {
    fileprivate var synopsis: String {
        var text = isPositional ? Roff.italic(valueName) : Roff.bold(names.last ?? "")
        if !isPositional, takesValue { text += " " + Roff.italic(valueName) }
        if isOptional { text = "[\(text)]" }
        return isRepeating ? text + "\\&..." : text
    }

    var isGlobal: Bool { names.contains { GlobalOptions.names.contains($0) } && !isPositional }

    var term: String {
        if isPositional { return Roff.italic(valueName) }
        let joined = names.map(Roff.bold).joined(separator: ", ")
        return takesValue ? "\(joined) \(Roff.italic(valueName))" : joined
    }

    var meaning: String {
        guard let defaultValue, !defaultValue.isEmpty else { return abstract }
        return "\(abstract) Default: \(defaultValue)."
    }
}
