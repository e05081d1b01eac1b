// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVCore

/// Puts the global options that stand before a command behind its name, where the parser looks for them.
///
/// `ov -o json task ls -q` becomes `ov task ls -o json -q`: the order among them stays, so that the last one wins.
struct ArgumentNormalizer {
    private static let shortFlags: Set<Character> = ["c", "q", "v"]

    /// The names of the command and of what it is nested in, without `ov`.
    private(set) var path: [String] = []
    /// What the parser is to be given.
    private(set) var arguments: [String] = []

    /// - Throws: `INVALID_ARGUMENT` for a command that there is not, naming the nearest one.
    init(_ words: [String], root: any ParsableCommand.Type) throws(OVError) {
        var (hoisted, rest, command): ([String], ArraySlice<String>, any ParsableCommand.Type) = ([], words[...], root)
        while let word = rest.first, word != "--" {
            let taken = Self.globalWords(at: rest)
            if taken > 0 {
                hoisted += rest.prefix(taken)
                rest = rest.dropFirst(taken)
                continue
            }
            if path.isEmpty, word == "--version" {
                path = ["version"]
                rest = []
                break
            }
            let subcommands = command.configuration.subcommands
            if word.hasPrefix("-") || subcommands.isEmpty { break }
            if path.isEmpty, word == "help" {
                // The built-in command knows nothing but names of commands.
                arguments = Array(rest)
                return
            }
            command = try Self.subcommand(word, among: subcommands, of: path)
            path.append(command._commandName)
            rest = rest.dropFirst()
        }
        if rest.isEmpty, !command.configuration.subcommands.isEmpty, path != ["version"] {
            // A group alone shows its help, which no option changes.
            if let last = hoisted.last, GlobalOptions.valuedNames.contains(last), !Self.isValue(hoisted) {
                throw OVError(.invalidArgument, "missing value for '\(last)'", hint: "see `ov ls --help`")
            }
            hoisted = []
        }
        arguments = path + hoisted + rest
    }

    /// Whether the last of these words is the value of the one before it.
    private static func isValue(_ words: [String]) -> Bool {
        words.count > 1 && GlobalOptions.valuedNames.contains(words[words.count - 2])
    }

    /// How many words at the front are a global option with its value; zero when it is something else.
    private static func globalWords(at words: ArraySlice<String>) -> Int {
        guard let word = words.first else { return 0 }
        if GlobalOptions.valuedNames.contains(word) { return min(2, words.count) }
        if GlobalOptions.flagNames.contains(word) { return 1 }
        let name = word.prefix { $0 != "=" }
        if name.count < word.count, GlobalOptions.valuedNames.contains(String(name)) { return 1 }
        if word.hasPrefix("-o"), word.count > 2 { return 1 }
        let letters = word.dropFirst()
        return word.hasPrefix("-") && !letters.isEmpty && letters.allSatisfy(shortFlags.contains) ? 1 : 0
    }

    private static func subcommand(
        _ word: String, among subcommands: [any ParsableCommand.Type], of path: [String]
    ) throws(OVError) -> any ParsableCommand.Type {
        let found = subcommands.first { $0._commandName == word || $0.configuration.aliases.contains(word) }
        if let found { return found }
        let visible = subcommands.filter { $0.configuration.shouldDisplay }
        let names = visible.flatMap { [$0._commandName] + $0.configuration.aliases }
        let prefix = (["ov"] + path).joined(separator: " ")
        let hint = nearestName(to: word, among: names).map { "did you mean `\(prefix) \($0)`?" }
        throw OVError(
            .invalidArgument, "there is no command '\(prefix) \(DisplayText.line(word))'",
            hint: hint ?? "see `\(prefix) --help`")
    }

    /// Whether errors in the words themselves are to be shown as JSON: nothing can be parsed yet.
    static func wantsJSON(_ words: [String]) -> Bool {
        var isJSON = false
        for (index, word) in words.enumerated() {
            if word == "--" { break }
            switch word {
            case "-o", "--output": if index + 1 < words.count { isJSON = words[index + 1] == "json" }
            case "-ojson", "-o=json", "--output=json": isJSON = true
            default: continue
            }
        }
        return isJSON
    }
}
