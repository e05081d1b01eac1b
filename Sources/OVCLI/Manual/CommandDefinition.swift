// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A command as the parser describes it in its help dump, for the manual.
struct CommandDefinition {
    struct Argument {
        let isPositional: Bool
        let takesValue: Bool
        let isOptional: Bool
        let isRepeating: Bool
        /// With their dashes.
        let names: [String]
        let valueName: String
        let defaultValue: String?
        let abstract: String
    }

    let name: String
    /// With the names of what it is nested in: `ov task watch ls`.
    let path: [String]
    let aliases: [String]
    let abstract: String
    let discussion: String
    let arguments: [Argument]
    let subcommands: [CommandDefinition]

    /// Reads the dump of a command tree, without what is hidden and without the built-in help.
    /// - Throws: `INTERNAL` when the dump is not what it is known to be.
    init(dump: String) throws(OVError) {
        guard let command = (try? JSONValue(parsing: Array(dump.utf8)))?["command"] else {
            throw OVError(.internal, "the parser's help dump cannot be read")
        }
        self.init(command, in: [], depth: 0)
    }

    private init(_ value: JSONValue, in parents: [String], depth: Int) {
        name = value["commandName"]?.string ?? ""
        path = parents + [name]
        aliases = value["aliases"]?.array?.compactMap(\.string) ?? []
        abstract = value["abstract"]?.string ?? ""
        discussion = value["discussion"]?.string ?? ""
        arguments = (value["arguments"]?.array ?? [])
            .filter { $0["shouldDisplay"]?.bool == true }.map(Argument.init)
        let path = path
        let nested = depth > 8 ? [] : value["subcommands"]?.array ?? []
        subcommands =
            nested
            .filter { $0["shouldDisplay"]?.bool == true && $0["commandName"]?.string != "help" }
            .map { CommandDefinition($0, in: path, depth: depth + 1) }
    }

    /// What of the discussion stands above its examples.
    var words: String {
        discussion.split(separator: "\n\n\(Discussion.heading)", maxSplits: 1).first.map(String.init) ?? discussion
    }

    var examples: [String] {
        let parts = discussion.split(separator: "\(Discussion.heading)\n", maxSplits: 1)
        guard parts.count == 2 else { return [] }
        return parts[1].split(separator: "\n").map { String($0.drop { $0 == " " }) }
    }

    /// The command and all below it that do something themselves, in order.
    var leaves: [CommandDefinition] { subcommands.isEmpty ? [self] : subcommands.flatMap(\.leaves) }

    func subcommand(_ name: String) -> CommandDefinition? { subcommands.first { $0.name == name } }
}

extension CommandDefinition.Argument {
    init(_ value: JSONValue) {
        isPositional = value["kind"]?.string == "positional"
        takesValue = value["kind"]?.string != "flag"
        isOptional = value["isOptional"]?.bool ?? false
        isRepeating = value["isRepeating"]?.bool ?? false
        names = (value["names"]?.array ?? []).map { name in
            (name["kind"]?.string == "long" ? "--" : "-") + (name["name"]?.string ?? "")
        }
        valueName = value["valueName"]?.string ?? ""
        defaultValue = value["defaultValue"]?.string
        abstract = value["abstract"]?.string ?? ""
    }
}
