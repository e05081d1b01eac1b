// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct CompletionsCommand: GlobalCommand {
    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish

        var generator: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print the completion script for a shell.",
        usage: "ov completions SHELL",
        discussion: Discussion.text(
            "Install it where your shell looks for completions.",
            examples: [
                "ov completions bash > ~/.local/share/bash-completion/completions/ov",
                "ov completions fish > ~/.config/fish/completions/ov.fish",
            ]))
    static let needsSettings = false

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let script = OV.completionScript(for: shell.generator)
        try context.output.write(script.hasSuffix("\n") ? script : script + "\n")
    }
}
