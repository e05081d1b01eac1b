// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct GetCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Write the bytes of a document to a file.",
        usage: "ov get URI PATH [--force]",
        discussion: Discussion.text(
            "A folder as PATH gets a file of the document's name; '-' is standard output.",
            examples: [
                "ov get viking://resources/docs/logo.png .", "ov get viking://resources/docs/guide.md - | wc -w",
            ]))

    @Argument(help: ArgumentHelp("The document.", valueName: "uri"))
    var uri: String

    @Argument(help: ArgumentHelp("A file, a folder, or '-'.", valueName: "path"), completion: .file())
    var path: String

    @Flag(help: "Replace a file that is there already.")
    var force = false

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let document = try await context.withPlane { try await $0.download(uri, as: context.caller) }
        guard path != "-" else { return try context.output.write(document.bytes) }
        let file = try ExportedFile(path: path, name: document.uri.name, in: context.workingDirectory)
        try file.write(document.bytes, replacing: force)
        let receipt = ExportReceipt(uri: document.uri, path: file.path, bytes: document.bytes.count)
        try context.show(receipt) {
            .text("\(DisplayText.line(file.path))  \(HumanFormat.bytes(Int64(document.bytes.count)))\n")
        }
    }
}

/// What was written where.
private struct ExportReceipt: JSONWritable {
    let uri: VikingURI
    let path: String
    let bytes: Int

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uri", uri)
            json.member("path", path)
            json.member("bytes", bytes)
        }
    }
}
